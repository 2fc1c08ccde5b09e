package crm

import (
	"slices"
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
	AuthorID  UserID    `bun:",nullzero"`  // who wrote it first, 0 for an import
	Proposal  *Proposal `bun:"type:jsonb"` // a change that waits for approval, nil for none
	Version   int64
	Created   time.Time
	Updated   time.Time
}

// Proposal is the content that somebody would like an article to have.
type Proposal struct {
	Title     string    `json:"title"`
	Phrasings []string  `json:"phrasings,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	Body      string    `json:"body"`
	By        UserID    `json:"by"`
	At        time.Time `json:"at"`
}

// ArticleVersion is an article as it was or is, and who left it so.
type ArticleVersion struct {
	Article *Article
	By      UserID // 0 for an import or the program
	At      time.Time
}

// Ref is the article's reference.
func (a *Article) Ref() Ref { return Ref{KindArticle, int64(a.ID)} }

// ArticleFilter selects articles, newest first. Zero fields do not filter.
type ArticleFilter struct {
	Status   ArticleStatus
	Language string
	Slug     string
	Author   UserID
	Text     string // whose title, phrasings, tags or slug have all its words
	Waiting  bool   // for approval: drafts, and those with a Proposal
	Proposed bool   // those with a Proposal
	Page     Page
}

// same says whether the content that an approval lets out is the same.
func (a *Article) same(b *Article) bool {
	return a.Title == b.Title && a.Body == b.Body && slices.Equal(a.Phrasings, b.Phrasings) && slices.Equal(a.Tags, b.Tags)
}

// proposal is the content of an article as what somebody would like.
func (a *Article) proposal(by UserID, at time.Time) *Proposal {
	return &Proposal{Title: a.Title, Phrasings: a.Phrasings, Tags: a.Tags, Body: a.Body, By: by, At: at}
}

// Article is a with the content that is proposed, or a itself where nothing is.
func (p *Proposal) Article(a *Article) *Article {
	if p == nil {
		return a
	}
	x := *a
	x.Title, x.Phrasings, x.Tags, x.Body, x.Proposal = p.Title, tidyList(p.Phrasings), tidyList(p.Tags), p.Body, nil
	return &x
}

func (a *Article) owned() (UserID, TeamID) { return 0, 0 }
func (a *Article) revision() *int64        { return &a.Version }
func (a *Article) label() (string, string) { return a.Title, a.Slug }

func (a *Article) fields() map[string]string {
	return map[string]string{
		"slug": a.Slug, "language": a.Language, "title": a.Title, "body": a.Body, "status": string(a.Status),
		"phrasings": strings.Join(a.Phrasings, "\n"), "tags": strings.Join(a.Tags, "\n"), "proposal": a.Proposal.text(),
	}
}

// text is what is proposed, as people read it.
func (p *Proposal) text() string {
	if p == nil {
		return ""
	}
	return p.Title + "\n" + p.Body
}
