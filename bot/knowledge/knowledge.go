// Package knowledge answers questions from the articles that the company has
// published.
//
// Everybody else sees one interface, Finder: a question goes in, and out comes
// either an article that surely answers it, or at most three that might.
// Being sure has a high price here, because a wrong answer costs a customer. An
// article is the answer when somebody wrote down this very question. It is also
// the answer when it is so likely that, among all answers of its kind, no more
// are wrong than the company allows; how likely that is, the index has learned
// from the articles themselves (see package index). What an index weighs lightly
// and a customer does not, such as a number or a negation, still stops it. The
// rest are suggestions to pick from, or nothing at all.
//
// Matcher is the Finder. Everything that it answers from is one state in memory
// that never changes; when the knowledge base does, another state takes its
// place. Every process makes the same of the same articles, and keeps what it
// has learned for the next start. Finding is pure computation and takes a
// fraction of a millisecond.
package knowledge

import (
	"context"

	"crmbot/crm"
)

// Finder answers a question. Its errors: CodeUnavailable when the articles
// could not be read yet.
type Finder interface {
	Find(ctx context.Context, q Question) (Answer, error)
}

// Question is what somebody asks and the language he reads.
type Question struct {
	Text     string
	Language string    // "en", "zh-CN"
	Vector   []float32 // of the text, by the Embedder that made the phrasings' ones; nil for none
	Want     Want
}

// Want is how much of an Answer is wanted: for less, less is looked at.
type Want int

// What is wanted of an Answer.
const (
	// Everything is what Answer says.
	Everything Want = iota
	// Alone is nothing beside an article that somebody wrote this very question
	// down for: Top is that article alone then, and there are no Suggestions.
	Alone
	// Verbatim is nothing but an article that somebody wrote this question, or a
	// part of it, down for: where there is none, nothing else is looked for.
	Verbatim
)

// Answer is what was found, in the reader's language where there is a choice.
// Article is set only when it surely answers the question; Suggestions are at
// most three, best first, and none of them is Article: beside it they are what
// comes next.
type Answer struct {
	Article     *crm.Article
	Suggestions []*crm.Article
	// Likely says that the question is nothing but a tag of the first
	// suggestion, and of no other article.
	Likely bool
	// Band is what to do, Exact that somebody wrote down this very question.
	Band  crm.Band
	Exact bool
	// Top are the candidates that were weighed, best first, at most three.
	Top []crm.Candidate
	// Version is that of the knowledge base that was searched.
	Version int64
}
