package crm

import (
	"strings"
	"time"
)

// ArticleStatus is whether the bot may answer with an article.
type ArticleStatus string

// The states of an article.
const (
	ArticleDraft     ArticleStatus = "draft"
	ArticlePublished ArticleStatus = "published"
	ArticleArchived  ArticleStatus = "archived"
)

// Article is one answer of the knowledge base, in one language.
type Article struct {
	ID        ArticleID `bun:",pk,autoincrement,identity"`
	Slug      string    // names the same article in every language; unique with Language
	Language  string    // "en", "zh-CN"
	Title     string    // a question or a heading; counts as a phrasing
	Phrasings []string  `bun:"type:jsonb"` // how people ask for it
	Tags      []string  `bun:"type:jsonb"`
	Body      string    // the answer, in the markup of bot.Reply
	Status    ArticleStatus
	Version   int64
	Created   time.Time
	Updated   time.Time
}

// Ref is the article's reference.
func (a *Article) Ref() Ref { return Ref{KindArticle, int64(a.ID)} }

// ArticleFilter selects articles. Zero fields do not filter.
type ArticleFilter struct {
	Status   ArticleStatus
	Language string
	Slug     string
	Page     Page
}

func (a *Article) owned() (UserID, TeamID) { return 0, 0 }
func (a *Article) revision() *int64        { return &a.Version }
func (a *Article) label() (string, string) { return a.Title, a.Slug }

func (a *Article) fields() map[string]string {
	return map[string]string{
		"slug": a.Slug, "language": a.Language, "title": a.Title, "body": a.Body, "status": string(a.Status),
		"phrasings": strings.Join(a.Phrasings, "\n"), "tags": strings.Join(a.Tags, "\n"),
	}
}
