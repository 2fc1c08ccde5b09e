//go:build linux

package main

// The mix is what customers write in a day of a shop: of ten messages seven ask
// what an article answers, one asks for a price, one reports trouble and one is
// about something nobody has written down. Each has one reply. What opens a form
// comes from a chat of its own, as the next line of such a chat would be its
// answer.
const (
	firstChat = 1_000     // of those who ask questions
	loneChat  = 1_000_000 // of those who write once, with the number of the message added
)

var others = []string{
	"How much is maltose syrup?", "麦芽糖浆多少钱", // a price
	"The bags arrived torn", "到货包装破了", // trouble
	"who won the football match?", "谁赢了足球比赛？", // a miss
}

// mix is the words of messages by their number.
type mix struct {
	questions []string
	chats     int
	alone     bool // every message from a chat of its own
	often     int  // one of so many is from firstChat, 0 for no more than from others
}

// words is the chat and the text of a message.
func (m *mix) words(number int) (chat int64, text string) {
	lone := loneChat + int64(number)
	if kind := number % 10; kind >= 7 {
		return lone, others[(kind-7)*2+number/10%2]
	}
	nth := number/10*7 + number%10 // of those who ask what an article answers
	text = m.questions[nth%len(m.questions)]
	switch {
	case m.alone:
		return lone, text
	case m.often > 0 && number%m.often == 0:
		return firstChat, text
	}
	return firstChat + int64(nth%m.chats), text
}

// first is the words of a message that asks whether somebody is there.
func (m *mix) first(number int) (int64, string) { return loneChat + int64(number), m.questions[0] }
