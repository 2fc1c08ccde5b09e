//go:build linux

package main

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
)

// logbook is what a database kept: by the number of a message the ids of its
// rows, one if all is well.
type logbook map[int][]int64

// readLogbook reads rows of a message's number and an id, both as text or not.
func readLogbook(ctx context.Context, db *sql.DB, query string) (logbook, error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // it was only read
	out := logbook{}
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		number, err1 := strconv.Atoi(name)
		id, err2 := strconv.ParseInt(text, 10, 64)
		if err1 == nil && err2 == nil { // else it is of no message of the crowd
			out[number] = append(out[number], id)
		}
	}
	return out, rows.Err()
}

// check counts what was acknowledged and is not there, or is there twice.
func (l logbook) check(messages []*message, f *figure) {
	for _, m := range messages {
		switch n := len(l[m.number]); {
		case n > 1:
			f.Relogged++
		case n == 0 && m.status == 200:
			f.Unlogged++
		}
	}
}

// disorder counts the messages that stand before one of their own chat which
// was acknowledged when they were not even sent. Of those that were under way
// at the same time nobody knows the order: the platform has many connections.
func (l logbook) disorder(messages []*message) int {
	chats := map[int64][]*message{}
	for _, m := range messages {
		if m.status == 200 && len(l[m.number]) > 0 {
			chats[m.chat] = append(chats[m.chat], m)
		}
	}
	n := 0
	for _, chat := range chats {
		for _, late := range chat {
			if slices.ContainsFunc(chat, func(early *message) bool {
				return early.acked.Before(late.sent) && l[early.number][0] > l[late.number][0]
			}) {
				n++
			}
		}
	}
	return n
}
