// Package crm is the business: what a small company knows about the people it
// sells to, and the rules by which that knowledge may change.
//
// A stranger writes and becomes a Contact. A wish to buy becomes a Lead, which
// is worked, qualified and converted into an Account, a Contact and an
// Opportunity; the Opportunity walks through its stages until it is won or
// lost. Trouble becomes a Ticket. What was done, and what is to be done, is an
// Activity. What the company can answer by itself is an Article, and what was
// asked of it is a Question, from which the articles learn. Everything said is a
// Message of a Conversation, and every change leaves an Event.
//
// The package imports the standard library only. It knows no chat platform, no
// SQL and no language: errors carry a code for machines and a key for people,
// and the sentence is written elsewhere. Types carry tags for the database as
// inert strings. Stores are interfaces here and code in package storage.
//
// Each noun has one file: its type, its states and its rules. Services hold
// the rules that need a store, take the Actor as a parameter and check what
// this person may see and do before anything else; a record out of scope does
// not exist.
package crm
