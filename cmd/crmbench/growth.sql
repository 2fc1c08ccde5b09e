-- What a company has after Days days: Contacts contacts and Messages messages.
-- Message n is of the pair (n+1)/2; a pair is what a person wrote and what was
-- answered. One pair in Every is of conversation 1, the long one; the others are
-- spread over all the rest, so that what belongs together does not lie together.
-- Numbers that the load uses begin at 1, so those here begin far above.

-- teams
INSERT INTO teams (id, name, created)
SELECT n, 'Team ' || n, {{at "0"}} FROM {{series "1" "3"}};

-- users
INSERT INTO users (id, handle, name, role, team_id, language, active, version, created, updated)
SELECT n, 'user' || n, 'User ' || n, CASE n % 4 WHEN 0 THEN 'manager' WHEN 1 THEN 'service' ELSE 'sales' END, 1 + n % 3, 'en', TRUE, 1, {{at "0"}}, {{at "0"}}
FROM {{series "1" "20"}};

-- accounts
INSERT INTO accounts (id, name, name_key, phone, website, city, owner_id, team_id, version, created, updated)
SELECT n, 'Company ' || n, 'company ' || n, '', '', 'Berlin', 1 + n % 20, 1 + n % 3, 1, {{at (of "n" "Contacts / 20")}}, {{at (of "n" "Contacts / 20")}}
FROM {{series "1" "Contacts / 20"}};

-- contacts
INSERT INTO contacts (id, name, phone, email, title, account_id, language, intent, source_name, source_raw, latest_source_name, latest_source_raw,
  claimed, owner_id, team_id, version, created, updated)
SELECT n, {{name "n"}}, CASE WHEN n % 2 = 0 THEN '1' || (3000000000 + n) ELSE '' END, '', '', CASE WHEN n % 20 = 0 THEN n / 20 END, CASE WHEN n % 2 = 0 THEN 'en' ELSE 'zh-CN' END,
  '', '', '', '', '', '', CASE WHEN n % 5 = 0 THEN 1 + n % 20 END, CASE WHEN n % 5 = 0 THEN 1 + n % 3 END, 1, {{at (of "n" "Contacts")}}, {{at (of "n" "Contacts")}}
FROM {{series "1" "Contacts"}};

-- identities
INSERT INTO identities (id, platform, install, sender, contact_id, name, language, chat, created, updated)
SELECT n, 'telegram', 'support', {{chat "n"}}, n, {{name "n"}}, 'en', {{chat "n"}}, {{at (of "n" "Contacts")}}, {{at (of "n" "Contacts")}}
FROM {{series "1" "Contacts"}};

-- conversations
INSERT INTO conversations (id, platform, install, chat, topic, direct, audience, contact_id, language, status, assignee_id, last_in_at, last_out_at,
  created, updated, waits_since, asked_at, step)
SELECT n, 'telegram', 'support', {{chat "n"}}, '', TRUE, 'customers', n, CASE WHEN n % 2 = 0 THEN 'en' ELSE 'zh-CN' END, {{status}},
  CASE WHEN {{status}} IN ('waiting', 'handed_off') THEN 1 + n % 20 END, {{at (of "n" "Contacts")}}, {{at (of "n" "Contacts")}}, {{at "0"}}, {{at (of "n" "Contacts")}},
  CASE WHEN {{status}} = 'waiting' THEN {{at (of "n" "Contacts")}} END, CASE WHEN {{status}} = 'waiting' THEN {{at (of "n" "Contacts")}} END, ''
FROM {{series "1" "Contacts"}};

-- addresses
INSERT INTO addresses (platform, install, chat, topic, conversation_id, created)
SELECT 'telegram', 'support', {{chat "n"}}, '', n, {{at "0"}} FROM {{series "1" "Contacts"}};

-- messages
INSERT INTO messages (id, conversation_id, direction, author_kind, author_id, audience, kind, body, detail, native, language, reply_to, event_id, happened, received)
SELECT n, {{talk "((n + 1) / 2)"}}, CASE WHEN n % 2 = 1 THEN 'in' ELSE 'out' END,
  CASE WHEN n % 2 = 1 THEN 'contact' WHEN {{person "(n / 2)"}} THEN 'user' ELSE 'bot' END,
  CASE WHEN n % 2 = 1 THEN {{talk "((n + 1) / 2)"}} WHEN {{person "(n / 2)"}} THEN 1 + n % 20 ELSE 0 END, 'customer', 'text',
  CASE WHEN n % 2 = 1 THEN CASE n % 3 WHEN 0 THEN 'where is your office located' WHEN 1 THEN '你们厂里能停大车吗？' ELSE 'What is the minimum order for maltose syrup in bags?' END
    ELSE 'You are welcome from Monday to Friday. The factory is at 18 Corn Road, Weifang, forty minutes from the station; we come and pick you up. Tell us two days before a visit.' END,
  CASE WHEN n % 2 = 1 THEN '' ELSE '{"v":1,"text":"You are welcome from Monday to Friday. The factory is at **18 Corn Road, Weifang**, forty minutes from the station; we come and pick you up. Tell us two days before a visit.","buttons":[{"label":"Solved","action":"b:A' || {{hex "n"}}
    || '"},{"label":"Not helpful","action":"b:B' || {{hex "n"}} || '"},{"label":"A person","action":"b:C' || {{hex "n"}} || '"}],"cites":{"article":' || (1 + n % 80) || ',"version":1},"op":"post"}' END,
  CASE WHEN n % 2 = 1 THEN CAST(1000000000 + n AS TEXT) ELSE '' END, 'en', '', CAST(1000000000 + (n + 1) / 2 AS TEXT), {{at (of "n" "Messages")}}, {{at (of "n" "Messages")}}
FROM {{series "1" "Messages"}};

-- parts
INSERT INTO parts (id, message_id, position, native, state, error, updated)
SELECT n, 2 * n, 0, CAST(1000000000 + n AS TEXT), 'accepted', '', {{at (of "n" "Pairs")}} FROM {{series "1" "Pairs"}};

-- revisions
INSERT INTO revisions (id, message_id, body, at)
SELECT n, 401 * n, 'before', {{at "0"}} FROM {{series "1" "Messages / 500"}};

-- media
INSERT INTO media (id, message_id, position, name, mime, size, hash, native, state, error, created)
SELECT n, 200 * n - 1, 0, 'a.jpg', 'image/jpeg', 100000, {{hex "n"}}, 'f' || n, 'stored', '', {{at "0"}} FROM {{series "1" "Messages / 200"}};

-- releases
INSERT INTO releases (id, conversation_id, user_id, source, body, original, state, due, message_id, delivery, why, live, created, updated)
SELECT n, {{talk "(3 * n)"}}, 1 + n % 20, '', 'You are welcome.', '', 'sent', {{at "0"}}, 6 * n, 'accepted', '', FALSE, {{at "0"}}, {{at "0"}}
FROM {{series "1" "Pairs / 50"}};

-- threads
INSERT INTO threads (id, conversation_id, platform, install, chat, topic, head, state, cursor, opened, created, updated)
SELECT n, n, 'slack', 'team', 'C1', CAST(n AS TEXT), '', CASE WHEN n % 4 = 0 THEN 'open' ELSE 'closed' END, 0, {{at "0"}}, {{at "0"}}, {{at "0"}}
FROM {{series "1" "Contacts / 50"}};

-- surveys
INSERT INTO surveys (id, contact_id, conversation_id, user_id, rating, comment, created, updated)
SELECT n, 50 * n, 50 * n, 1 + n % 20, 1 + n % 5, '', {{at (of "n" "Contacts / 50")}}, {{at "0"}} FROM {{series "1" "Contacts / 50"}};

-- questions
INSERT INTO questions (id, key, conversation_id, contact_id, text, language, knowledge, probability, top, band, article_id, article_version, outcome, reply,
  state, taught_id, asked, created, updated)
SELECT n, {{hex "n"}}, {{talk "n"}}, {{talk "n"}}, 'where is your office located', 'en', 81, 0.83, '[{"p": 0.83, "article": 78, "version": 1}]',
  CASE WHEN n % 10 = 0 THEN 'handed_off' WHEN n % 20 = 5 THEN 'suggested' ELSE 'answered' END, CASE WHEN n % 10 <> 0 THEN 1 + n % 80 END, 1,
  CASE WHEN n % 10 IN (3, 6) THEN 'solved' WHEN n % 20 = 7 THEN 'not_helpful' ELSE '' END, '',
  CASE WHEN n % 1999 <> 0 AND (n % 10 = 0 OR n % 20 IN (5, 7)) THEN 'taught' ELSE '' END, CASE WHEN n % 10 = 0 THEN 1 END, {{at (of "n" "Pairs")}}, {{at (of "n" "Pairs")}}, {{at (of "n" "Pairs")}}
FROM {{series "1" "Pairs"}} WHERE n % 10 <> 1;

-- sessions
INSERT INTO sessions (conversation_id, sender, state, updated)
SELECT n, {{chat "n"}}, '{"v":1,"asked":"where is your office located","question":"' || {{hex "n"}} || '","question_at":"2026-11-22T12:24:05.425235Z","values":{"answered":"' || {{hex "n"}} || '"}}',
  {{millis (of "Contacts - n % (Contacts * 7 / Days)" "Contacts")}}
FROM {{series "1" "Contacts"}} WHERE n % 3 = 0;

-- buttons
INSERT INTO buttons (id, conversation_id, reader, action, label, once, used_by, used_at, expires)
SELECT {{letter "n % 3"}} || {{hex "(2 * (n / 3))"}}, {{talk "(n / 3)"}}, '', 'solved key=' || {{hex "(n / 3)"}}, 'Solved', 0, '', 0, {{millis (of "(n / 3)" "Pairs")}} + 2592000000
FROM {{series "3 * (Pairs - Pairs * 37 / Days)" "3 * Pairs"}};

-- inbox: a week of what is done, and what is due in some weeks
INSERT INTO inbox (event, chat, shard, kind, waits, payload, received, seq, place, due, status)
SELECT 'telegram|support|' || (1000000000 + n), 'telegram|support|' || {{chat (talk "n")}}, n % 32, 'text', 1,
  '{"v":1,"event":"' || (1000000000 + n) || '","seq":1,"kind":"text","address":{"platform":"telegram","install":"support","chat":"' || {{chat (talk "n")}} || '"},"direct":true,"sender":{"id":"' || {{chat (talk "n")}}
    || '","name":"User","language":"en"},"message":"' || (1000000000 + n) || '","text":"where is your office located","at":"2026-11-22T12:24:05.404852Z"}',
  {{millis (of "n" "Pairs")}}, n, {{millis (of "n" "Pairs")}}, {{millis (of "n" "Pairs")}}, 1
FROM {{series "Pairs - Pairs * 7 / Days" "Pairs"}};
INSERT INTO inbox (event, chat, shard, kind, waits, payload, received, seq, place, due, status)
SELECT 'telegram|support|follows:' || (1000000000 + n), 'telegram|support|' || {{chat "n"}}, n % 32, 'system', 1,
  '{"v":1,"event":"follows:' || n || '","kind":"system","address":{"platform":"telegram","install":"support","chat":"' || {{chat "n"}} || '"},"direct":true,"action":"form.idle wish 1","at":"2026-11-22T12:24:05.404852Z"}',
  {{millis (of "Pairs" "Pairs")}}, 0, {{millis (of "Pairs" "Pairs")}} + 2592000000, {{millis (of "Pairs" "Pairs")}} + 2592000000, 0
FROM {{series "2" "Contacts / 20"}};

-- outbox: what could not be sent
INSERT INTO outbox (conversation_id, message_id, position, platform, install, audience, author, payload, created, due, status, cause)
SELECT n, 2 * n, 0, 'telegram', 'support', 'customers', 'bot', '{"v":1,"op":"post"}', {{millis (of "Pairs" "Pairs")}}, 0, 2, 'recipient_gone' FROM {{series "1" "Contacts / 1000"}};

-- strays
INSERT INTO strays (platform, install, reason, raw, at)
SELECT 'telegram', 'support', 'unknown', {{bytes}}, {{millis (of "n" "Pairs")}} FROM {{series "Pairs - Contacts / 100" "Pairs"}};

-- kept_values
INSERT INTO kept_values (name, value, expires)
SELECT 'grown/' || n, 'x', CASE WHEN n % 2 = 0 THEN {{millis (of "Pairs" "Pairs")}} + n ELSE 0 END FROM {{series "1" "Contacts / 100"}};

-- leads
INSERT INTO leads (id, name, company, phone, email, need, status, intent, source_name, source_raw, latest_source_name, latest_source_raw, contact_id, lost_reason,
  owner_id, team_id, version, created, updated)
SELECT n, {{name "n"}}, '', '1' || (3000000000 + n), '', '', CASE n / 20 % 20 WHEN 0 THEN 'new' WHEN 1 THEN 'working' WHEN 2 THEN 'qualified' WHEN 3 THEN 'converted' ELSE 'lost' END, 'B', '', '', '', '',
  5 * n, '', 1 + n % 20, 1 + n % 3, 1, {{at (of "n" "Contacts / 5")}}, {{at (of "n" "Contacts / 5")}}
FROM {{series "1" "Contacts / 5"}};

-- opportunities
INSERT INTO opportunities (id, name, account_id, contact_id, stage, probability, amount_minor, amount_currency, close_on, closed_at, lost_reason, source, intent,
  owner_id, team_id, version, created, updated)
SELECT n, 'Deal ' || n, n, 20 * n, CASE WHEN n % 10 = 0 THEN 'proposal' ELSE 'won' END, CASE WHEN n % 10 = 0 THEN 50 ELSE 100 END, 100 * n, 'CNY', {{day (of "n" "Contacts / 20")}},
  CASE WHEN n % 10 <> 0 THEN {{at (of "n" "Contacts / 20")}} END, '', '', 'B', 1 + n % 20, 1 + n % 3, 1, {{at (of "n" "Contacts / 20")}}, {{at (of "n" "Contacts / 20")}}
FROM {{series "1" "Contacts / 20"}};

-- activities
INSERT INTO activities (id, kind, subject_kind, subject_id, contact_id, body, due_at, done_at, told_at, owner_id, team_id, version, created, updated)
SELECT n, CASE WHEN n % 2 = 0 THEN 'plan' ELSE 'note' END, 'contact', 1 + n % Contacts, 1 + n % Contacts, 'called', CASE WHEN n % 2 = 0 THEN {{at (of "n" "Contacts / 4")}} END,
  CASE WHEN n % 2 = 0 AND n % 100 <> 0 THEN {{at (of "n" "Contacts / 4")}} END, CASE WHEN n % 2 = 0 THEN {{at (of "n" "Contacts / 4")}} END, 1 + n % 20, 1 + n % 3, 1,
  {{at (of "n" "Contacts / 4")}}, {{at (of "n" "Contacts / 4")}}
FROM {{series "1" "Contacts / 4"}};

-- tickets
INSERT INTO tickets (id, kind, title, body, status, priority, due_at, contact_id, conversation_id, solution, solved_at, closed_at, owner_id, team_id, version, created, updated)
SELECT n, 'request', 'Ticket ' || n, '', CASE WHEN n % 100 = 0 THEN 'open' ELSE 'closed' END, 'normal', {{at (of "n" "Contacts / 10")}}, 10 * n, 10 * n, '',
  {{at (of "n" "Contacts / 10")}}, {{at (of "n" "Contacts / 10")}}, 1 + n % 20, 1 + n % 3, 1, {{at (of "n" "Contacts / 10")}}, {{at (of "n" "Contacts / 10")}}
FROM {{series "1" "Contacts / 10"}};

-- events
INSERT INTO events (id, at, actor_kind, actor_id, subject_kind, subject_id, verb, act, "before", "after")
SELECT n, {{at (of "n" "Contacts / 2")}}, 'user', 1 + n % 20, 'contact', 1 + n % Contacts, 'changed', {{hex "n"}}, '', 1 FROM {{series "1" "Contacts / 2"}};

-- search
INSERT INTO search (id, kind, record_id, owner_id, team_id, title, note, title_key, phone_key{{if postgres}}, words{{end}}, updated)
SELECT n, 'contact', n, CASE WHEN n % 5 = 0 THEN 1 + n % 20 END, CASE WHEN n % 5 = 0 THEN 1 + n % 3 END, {{name "n"}}, '', {{name "n"}}, CASE WHEN n % 2 = 0 THEN '1' || (3000000000 + n) ELSE '' END
  {{if postgres}}, CAST({{words "n"}} AS tsvector){{end}}, {{at (of "n" "Contacts")}}
FROM {{series "1" "Contacts"}};
INSERT INTO search (id, kind, record_id, owner_id, team_id, title, note, title_key, phone_key{{if postgres}}, words{{end}}, updated)
SELECT Contacts + n, 'lead', n, 1 + n % 20, 1 + n % 3, {{name "n"}}, '', {{name "n"}}, '1' || (3000000000 + n){{if postgres}}, CAST({{words "n"}} AS tsvector){{end}}, {{at (of "n" "Contacts / 5")}}
FROM {{series "1" "Contacts / 5"}};
{{if not postgres}}
-- search_words
INSERT INTO search_words (rowid, words) SELECT n, {{words "n"}} FROM {{series "1" "Contacts"}};
INSERT INTO search_words (rowid, words) SELECT Contacts + n, {{words "n"}} FROM {{series "1" "Contacts / 5"}};
{{end}}
