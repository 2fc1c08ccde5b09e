// Package knowledge answers questions from the articles that the company has
// published.
//
// Everybody else sees one interface, Finder: a question goes in, and out comes
// either an article that surely answers it, or at most three that might.
// Being sure has a high price here, because a wrong answer costs a customer:
// an article is the answer when somebody wrote down this very question, or one
// that differs in nothing that matters. The rest are suggestions to pick from.
//
// Matcher is the Finder of today. It keeps all articles in an index in memory
// that never changes; a new index takes its place when the knowledge base did.
// Finding is pure computation and takes time linear in the question.
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
	Language string // "en", "zh-CN"
}

// Answer is what was found. Article is set only when it surely answers the
// question; Suggestions are at most three, best first, and none of them is
// Article.
type Answer struct {
	Article     *crm.Article
	Suggestions []*crm.Article
	// Likely says that the question is nothing but a tag of the first
	// suggestion, and of no other article.
	Likely bool
}
