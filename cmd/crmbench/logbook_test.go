//go:build linux

package main

import (
	"testing"
	"time"
)

func TestLogbookFindsWhatIsMissingDoubledAndOutOfOrder(t *testing.T) {
	t.Parallel()
	began := time.Now()
	at := func(n int) time.Time { return began.Add(time.Duration(n) * time.Millisecond) }
	say := func(number int, chat int64, sent, acked int) *message {
		return &message{number: number, chat: chat, sent: at(sent), acked: at(acked), status: 200}
	}
	messages := []*message{
		say(1, 7, 0, 10), say(2, 7, 11, 20), // one after the other, but the other way round in there
		say(3, 8, 0, 10), say(4, 8, 9, 20), // under way together
		say(5, 9, 0, 1),   // missing
		say(6, 9, 2, 3),   // twice
		say(7, 9, 0, 10),  // in its order
		say(8, 10, 0, 10), // refused, and not there
	}
	messages[7].status = 503
	l := logbook{1: {12}, 2: {11}, 3: {14}, 4: {13}, 6: {15, 16}, 7: {17}}
	var f figure
	l.check(messages, &f)
	if f.Unlogged != 1 || f.Relogged != 1 || l.disorder(messages) != 1 {
		t.Errorf("%+v, %d in disorder", f, l.disorder(messages))
	}
}
