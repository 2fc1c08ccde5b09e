package storage

import (
	"fmt"
	"strings"

	"crmbot/bot"
)

// hot are the statements on the way of every message, as Postgres is told them:
// read once for each connection, and planned every second (postgres.go). What is
// looked up by arrays of keys is looked up row by row, by its index.
type hot struct {
	add        string // rows to the inbox
	lock, line string // shards, and what waits in them
	settle     string
	addresses  string
	identities string
	contacts   string
	sessions   string
	conclude   string

	inbox, messages, outbox, buttons, sessionRows, questions bulk
}

func newHot(d *DB) *hot {
	h := &hot{
		inbox:       d.bulk(inboxRow{}, "id"),
		messages:    d.bulk(messageRow{}, "id"),
		outbox:      d.bulk(outboxRow{}, "id"),
		buttons:     d.bulk(buttonRow{}),
		sessionRows: d.bulk(sessionRow{}),
		questions:   d.bulk(questionRow{}, "id"),
	}
	columns := func(model any, alias string) string { return d.bulk(model).names(alias + ".") }
	h.add = `WITH added AS (INSERT INTO inbox (` + h.inbox.names("") + `) SELECT ` + h.inbox.names("v.") + ` FROM ` + h.inbox.unnest(1) + ` ORDER BY v.n
	ON CONFLICT (event) DO NOTHING RETURNING 1)
SELECT count(*) FROM added`
	due := strings.ReplaceAll(ready, "?", "$1::bigint")
	h.lock = fmt.Sprintf(`SELECT s.id FROM shards AS s, LATERAL (
	SELECT i.place FROM inbox AS i WHERE %s AND i.shard = s.id ORDER BY i.place, i.id LIMIT 1) AS oldest
ORDER BY oldest.place, s.id LIMIT %d FOR UPDATE OF s SKIP LOCKED`, due, bot.ShardsAtOnce)
	h.line = `SELECT ` + columns(inboxRow{}, "i") + ` FROM unnest($2::bigint[]) AS s (id), LATERAL (
	SELECT * FROM inbox AS i WHERE ` + due + ` AND i.shard = s.id ORDER BY i.place, i.id LIMIT $3) AS i
ORDER BY i.place, i.id LIMIT $3`
	h.addresses = `SELECT w.platform AS at_platform, w.install AS at_install, w.chat AS at_chat, w.topic AS at_topic, ` +
		columns(conversationRow{}, "v") + lookup("addresses", "w", "platform text", "install text", "chat text", "topic text") +
		`, LATERAL (SELECT * FROM conversations AS x WHERE x.id = w.conversation_id LIMIT 1) AS v`
	h.identities = `SELECT ` + columns(identityRow{}, "i") + lookup("identities", "i", "platform text", "install text", "sender text")
	h.contacts = `SELECT ` + columns(contactRow{}, "c") + lookup("contacts", "c", "id bigint") + ` ORDER BY c.id`
	h.sessions = `SELECT ` + columns(sessionRow{}, "s") + lookup("sessions", "s", "conversation_id bigint", "sender text")
	h.settle = settling
	h.conclude = h.concluding()
	return h
}

// batch are the statements of the transaction that handles a batch of events.
func (h *hot) batch() []string {
	return []string{h.lock, h.line, h.addresses, h.identities, h.contacts, h.sessions, h.conclude}
}

// lookup finds the rows of a table by arrays of its keys ("column type").
func lookup(table, alias string, keys ...string) string {
	var arrays, columns, same []string
	for i, key := range keys {
		column, kind, _ := strings.Cut(key, " ")
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, kind))
		columns = append(columns, column)
		same = append(same, fmt.Sprintf("x.%[1]s = k.%[1]s", column))
	}
	return fmt.Sprintf(" FROM unnest(%s) AS k (%s), LATERAL (SELECT * FROM %s AS x WHERE %s LIMIT 1) AS %s",
		strings.Join(arrays, ", "), strings.Join(columns, ", "), table, strings.Join(same, " AND "), alias)
}

// settling takes rows out of the outbox that were sent ($1, of owner $2) and says
// so beside the parts they have become. What the person's device has proved stays.
const settling = `WITH gone AS (
	DELETE FROM outbox WHERE id = ANY ($1::bigint[]) AND owner = $2 AND status + 0 = 0 RETURNING id),
told AS (
	UPDATE parts AS p SET native = v.native, error = '', updated = v.updated,
		state = CASE WHEN p.state = 'delivered' AND v.state = 'accepted' THEN p.state ELSE v.state END
	FROM gone JOIN unnest($1::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[])
		AS v (id, message_id, position, native, state, updated) ON v.id = gone.id
	WHERE p.message_id = v.message_id AND p.position = v.position)
SELECT count(*) AS settled FROM gone`
