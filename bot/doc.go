// Package bot is the conversation: what was said, and what to answer.
//
// This is the path of one message. An adapter verifies what a platform sent
// and makes an Inbound of it. The Inbox keeps it in the database and only then
// the platform gets its acknowledgement. A worker (package pipeline) takes the
// conversations of one shard, and for each event, in order, finds out who
// speaks, logs the message and hands a Request to the router (package router).
// The router decides what the words mean: a button, a command, a field of a
// form, a question for the knowledge base, a wish, or nothing it knows. A
// Handler does the work through crm.Services and returns a Reply. It never
// sends: the Reply is fitted to the platform's Features and becomes rows of the
// outbox, in the same transaction as everything the handler changed. A sender
// takes the rows in order and gives them to the adapter, and what became of
// them is written beside the message.
//
// This package itself holds the types on those seams and no behaviour but
// Fit. It knows no platform by name and no SQL.
package bot
