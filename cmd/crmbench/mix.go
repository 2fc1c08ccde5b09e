//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"crmbot/cmd/crmbot/articles"
)

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
	"Is there parking at your factory?", "你们厂里能停大车吗？", // a miss
}

// mix is the words of messages by their number.
type mix struct {
	questions []string
	chats     int
	alone     bool // every message from a chat of its own
}

// newMix reads the ways to ask from the articles of a folder.
func newMix(folder string, chats int) (*mix, error) {
	all, err := articles.Read(os.DirFS(folder))
	if err != nil {
		return nil, err
	}
	m := &mix{chats: chats}
	for _, a := range all {
		m.questions = append(m.questions, a.Title)
		m.questions = append(m.questions, a.Phrasings...)
	}
	if len(m.questions) == 0 {
		return nil, fmt.Errorf("no articles in %s", folder)
	}
	return m, nil
}

// words is the chat and the text of a message.
func (m *mix) words(number int) (chat int64, text string) {
	lone := loneChat + int64(number)
	if kind := number % 10; kind >= 7 {
		return lone, others[(kind-7)*2+number/10%2]
	}
	text = m.questions[number%len(m.questions)]
	if m.alone {
		return lone, text
	}
	return firstChat + int64(number%m.chats), text
}

// samples is the folder of the sample company's articles, seen from the top of
// the repository.
func samples(root string) string {
	return filepath.Join(root, "cmd", "crmbot", "sample", "articles")
}
