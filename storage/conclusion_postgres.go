package storage

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// concluding is the statement that writes a bot.Conclusion.
func (h *hot) concluding() string {
	last := 0 // argument
	insert := func(table string, b bulk, values, more string) string {
		from := b.unnest(last + 1)
		last += len(b.fields)
		return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY v.n%s", table, b.names(""), values, from, more)
	}
	// A row of the outbox names a message of the same statement by its place below
	// zero: sorted, the IDs of the messages are in their order. It goes to who wants
	// to send it unless something waits before it. What the plan must not get wrong
	// is said so that it cannot: one row is looked for by a limit, not by EXISTS,
	// which may read all that waits, and "+ 0" keeps an index of all that waits out.
	outbox := strings.NewReplacer(
		`v."message_id"`, "CASE WHEN v.message_id < 0 THEN (SELECT x.ids FROM x)[-v.message_id] ELSE v.message_id END",
		`v."owner"`, `CASE WHEN v.owner = ''
	OR (SELECT p.id FROM outbox AS p WHERE p.conversation_id = v.conversation_id AND p.status = 0 LIMIT 1) IS NOT NULL
	OR (SELECT h.until FROM holds AS h WHERE h.platform = v.platform AND h.install = v.install AND h.until > v.created LIMIT 1) IS NOT NULL
	THEN '' ELSE v.owner END`,
	).Replace(h.outbox.names("v."))
	return "WITH m AS (" + insert("messages", h.messages, h.messages.names("v."), " RETURNING id") + `),
x AS (SELECT array_agg(id ORDER BY id) AS ids FROM m),
o AS (` + insert("outbox", h.outbox, outbox, " RETURNING id, owner, message_id, position, created") + `),
p AS (INSERT INTO parts (message_id, position, native, state, error, updated)
	SELECT message_id, position, '', '` + string(crm.DeliveryQueued) + `', '', to_timestamp(created / 1000.0) FROM o WHERE message_id <> 0),
b AS (` + insert("buttons", h.buttons, h.buttons.names("v."), "") + `),
s AS (` + insert("sessions", h.sessionRows, h.sessionRows.names("v."),
		" ON CONFLICT (conversation_id, sender) DO UPDATE SET state = excluded.state, updated = excluded.updated") + `),
q AS (` + insert("questions", h.questions, h.questions.names("v."), " ON CONFLICT (key) DO NOTHING") + `),
` + fmt.Sprintf(`w AS (UPDATE conversations AS v SET
	last_in_at = CASE WHEN k.heard THEN $%[4]d::timestamptz ELSE v.last_in_at END,
	last_out_at = CASE WHEN k.said THEN $%[4]d::timestamptz ELSE v.last_out_at END
	FROM unnest($%[1]d::bigint[], $%[2]d::boolean[], $%[3]d::boolean[]) AS k (id, heard, said) WHERE v.id = k.id),
i AS (UPDATE inbox AS i SET status = %[6]d FROM unnest($%[5]d::bigint[]) AS k (id) WHERE i.id = k.id AND i.status + 0 = %[7]d RETURNING 1)`,
		last+1, last+2, last+3, last+4, last+5, done, waiting) + `
SELECT array_to_string(ARRAY(SELECT id FROM m ORDER BY id), ',') AS messages,
	array_to_string(ARRAY(SELECT CASE WHEN owner = '' THEN 0 ELSE o.id END FROM o ORDER BY o.id), ',') AS lent,
	(SELECT count(*) FROM i) AS done`
}

// conclude writes it all in one statement: once to the database and back, with
// nothing to read or plan.
func (d *DB) conclude(ctx context.Context, c *bot.Conclusion) error {
	args, err := d.concluded(c)
	if err != nil {
		return err
	}
	var written []struct {
		Messages, Lent string
		Done           int
	}
	if err := d.collect(ctx, &written, d.hot.conclude, args...); err != nil {
		return err
	}
	messages, lent := numbers(written[0].Messages), numbers(written[0].Lent)
	if len(messages) != len(c.Messages) || len(lent) != len(c.Outbox) {
		return crm.Fail(crm.CodeInternal, "error.internal").Because(fmt.Errorf("storage: %d messages and %d rows were written of %d and %d",
			len(messages), len(lent), len(c.Messages), len(c.Outbox)))
	}
	for i, m := range c.Messages {
		m.ID = crm.MessageID(messages[i])
	}
	for i, row := range c.Outbox {
		if at := c.Of[i]; at >= 0 {
			row.Message = c.Messages[at].ID
		}
		if row.ID = lent[i]; row.ID == 0 {
			row.Owner = ""
		}
	}
	return fenced(written[0].Done, len(c.Done))
}

// concluded are the arguments.
func (d *DB) concluded(c *bot.Conclusion) ([]any, error) {
	messages, outbox := make([]*messageRow, len(c.Messages)), make([]*outboxRow, len(c.Outbox))
	for i, m := range c.Messages {
		messages[i] = &messageRow{Message: *m}
	}
	for i, r := range c.Outbox {
		m, err := d.outboxModel(r)
		if err != nil {
			return nil, err
		}
		if outbox[i], m.Owner = m, r.Owner; c.Of[i] >= 0 {
			m.MessageID = crm.MessageID(-1 - c.Of[i])
		}
	}
	buttons, err := buttonRows(c.Buttons)
	if err != nil {
		return nil, err
	}
	sessions, err := d.sessionRows(c.Sessions)
	if err != nil {
		return nil, err
	}
	spoke := unique(slices.Concat(c.In, c.Out))
	return d.statements.arguments(func(a *arguments) {
		arrays(a, d.hot.messages, messages)
		arrays(a, d.hot.outbox, outbox)
		arrays(a, d.hot.buttons, buttons)
		arrays(a, d.hot.sessionRows, sessions)
		arrays(a, d.hot.questions, questionRows(c.Questions, d.now()))
		a.texts(integers(spoke), flags(spoke, c.In), flags(spoke, c.Out), stamped(c.At), integers(c.Done))
	}), nil
}

// flags say of each conversation whether it is one of some, as one array.
func flags(all, some []crm.ConversationID) string {
	is := make(map[crm.ConversationID]bool, len(some))
	for _, id := range some {
		is[id] = true
	}
	return texts(all, func(id crm.ConversationID) string { return strconv.FormatBool(is[id]) })
}

// numbers are those of "1,2,3".
func numbers(list string) []int64 {
	var all []int64
	for s := range strings.SplitSeq(list, ",") {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil { // none are ""
			all = append(all, n)
		}
	}
	return all
}
