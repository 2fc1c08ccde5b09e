package storage

// The statements on the way of every message, as SQLite is told them (bound.go).
// What is looked up by many keys gets them as one array of JSON, and is looked up
// key by key: CROSS JOIN keeps that order, where IN would first make a table of
// them. A bare ? as LIMIT, or beside a column whose index has a condition on it,
// would be planned anew each time: hence the sums.
const (
	liteDue        = `SELECT 1 FROM inbox AS i WHERE ` + ready + ` LIMIT 1`
	liteLine       = `SELECT i.* FROM inbox AS i WHERE ` + ready + ` ORDER BY i.place, i.id LIMIT 0 + ?`
	liteIdentities = `SELECT i.* FROM json_each(?) AS k CROSS JOIN identities AS i
	ON i.platform = k.value ->> 0 AND i.install = k.value ->> 1 AND i.sender = k.value ->> 2`
	liteAddresses = `SELECT w.platform AS at_platform, w.install AS at_install, w.chat AS at_chat, w.topic AS at_topic, v.*
	FROM json_each(?) AS k CROSS JOIN addresses AS w
	ON w.platform = k.value ->> 0 AND w.install = k.value ->> 1 AND w.chat = k.value ->> 2 AND w.topic = k.value ->> 3
	CROSS JOIN conversations AS v ON v.id = w.conversation_id`
	liteContacts = `SELECT c.* FROM json_each(?) AS k CROSS JOIN contacts AS c ON c.id = k.value`
	liteSessions = `SELECT s.* FROM json_each(?) AS k CROSS JOIN sessions AS s
	ON s.conversation_id = k.value ->> 0 AND s.sender = k.value ->> 1`
	liteValues = `SELECT v.* FROM json_each(?) AS k CROSS JOIN kept_values AS v
	ON v.name = k.value AND (v.expires = 0 OR v.expires + 0 > ?)`
	liteObstacles = `SELECT o.conversation_id AS conversation, '' AS platform, '' AS install FROM json_each(?) AS k CROSS JOIN outbox AS o
	ON o.status = 0 AND o.conversation_id = k.value
UNION ALL SELECT 0, h.platform, h.install FROM holds AS h WHERE h.until > ?`
	liteFinish = `UPDATE inbox SET status = 1 WHERE id = ? AND status = 0`
	liteSend   = `DELETE FROM outbox WHERE id = ? AND owner = ? AND status = 0`
	liteTell   = `UPDATE parts SET native = ?, state = iif(state = 'delivered' AND ? = 'accepted', state, ?), error = ?, updated = ?
	WHERE message_id = ? AND position = ?`
	liteWords = `INSERT OR REPLACE INTO search_words (rowid, words) SELECT s.id, k.value ->> 2 FROM json_each(?) AS k
	CROSS JOIN search AS s ON s.kind = k.value ->> 0 AND s.record_id = k.value ->> 1`
)
