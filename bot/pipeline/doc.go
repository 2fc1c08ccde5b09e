// Package pipeline carries a message from the platform to its answer and keeps
// the promises on the way.
//
// What arrives is checked and written to the inbox by one flusher, which takes
// whatever came in while it wrote the last lot; only then does Receive return
// (inbox.go, group.go). Workers take the shards of the inbox, a few at a time:
// with one at a time a thin stream of events costs as many transactions as
// events. All that they have waiting becomes one: who and where is read in
// bulk, the handler is called for each event in the order of its conversation,
// and what it wants said is written in bulk, with what was asked of the knowledge
// base and the mark that the events are done (worker.go, batch.go, load.go,
// answer.go, question.go, write.go). A handler that writes does so in a savepoint,
// so a failing event takes back its own changes and nothing else; it is tried
// alone, three times, and then parked.
//
// What is said under a label can be changed later, wherever it is by then: in the
// same batch, in the outbox, on the platform in one part or in several (post.go,
// aim.go). Where colleagues answer customers everybody is staff (place.go). What
// became of an operation is told, in the transaction that writes it down, to the
// conversation that asked for it and to the thread of whoever let the words go
// (news.go); threads.go lists the threads for those who see them.
//
// A platform may ask within a request. Consult calls its handler over a store
// that only reads (consult.go). Await hands the request what its event led to,
// wherever that was handled: the line of a conversation has one taker at a time,
// a sender or a request (await.go, lease.go).
//
// Senders take the head of each conversation from the outbox, many at once,
// and write down what became of it before they take the next (sender.go,
// fate.go, rate.go). What can go at once is not looked for: its batch leases it
// to a free slot and hands it over (lend.go). Where a platform grants rights to write, each message is
// paid for before it goes, several that wait go as one, and what cannot go is
// told to the person outside the chat or to who wrote it (lot.go, window.go).
// Somebody's home page is shown anew after a change (home.go).
// Jobs are work outside a conversation (job.go, house.go).
// A Host is what adapters see of all this (host.go).
//
// The promises. What Receive accepted is never lost. An event is handled once:
// its changes, its answer and the mark that it is done are one transaction.
// Every operation is sent at least once; when a process dies, at most the one
// in each slot is in doubt and is sent again by another. When a platform leaves
// us in doubt (Ambiguous), the bot's own words are sent once more under the
// same key and then called unknown, and a person's words are called unknown at
// once, because only a person can say whether a repetition would hurt.
// No more is sent than was granted, whoever dies when: what was paid for and
// not sent is lost, never spent twice.
package pipeline
