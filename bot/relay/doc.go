// Package relay carries words between a customer and the colleagues who answer
// him.
//
// A customer's conversation is shown in threads: places where colleagues work,
// each a conversation of its own. Only a conversation's own events write it, so
// the two sides speak through events. What the customer said is fetched by the
// thread (thread.catch): it reads the customer's conversation behind its cursor
// and shows each line once, in order, however long the place was away and
// however often it is told to look. What a colleague writes is a note, unless he
// lets it go: then a crm.Release is held for a while, can be stopped, and is at
// last carried out by the customer's conversation itself (relay.send).
//
// This is the only package that sets bot.Post.Release. Nothing else that a
// person wrote can reach a customer; the database refuses it.
package relay
