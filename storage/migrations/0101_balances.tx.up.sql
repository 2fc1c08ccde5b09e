-- What may still be sent in a conversation where a platform grants rights to
-- write. A row of the outbox that waits for the person has the cause
-- "window_closed"; a conversation has few of them.
CREATE TABLE IF NOT EXISTS balances (
  conversation_id BIGINT PRIMARY KEY,
  state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS outbox_person ON outbox (conversation_id) WHERE status = 0 AND cause = 'window_closed';
