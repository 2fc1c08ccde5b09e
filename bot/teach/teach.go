// Package teach is how the knowledge base learns what it does not know.
//
// Every question that a customer asked is on record, with what the bot made of
// it. A job (Jobs) goes over the fresh ones every few minutes: it puts those
// that ask alike together, and looks up what a colleague answered in the end.
// Out of that comes a short list, on "misses" or once a week by itself: what was
// asked, by how many, what was answered, and one button that makes the question
// a way to ask for the right article. Pressing it is all that teaching takes;
// every replica knows it seconds later.
//
// Nothing is learned without a colleague. What customers press is a hint which
// article to offer first, and no more: what the bot was not sure of is a list of
// its own, with what they chose.
//
// Health is how well the knowledge base does, in figures and in plain words.
package teach

import (
	"time"

	"crmbot/bot"
	"crmbot/bot/knowledge"
	"crmbot/bot/knowledge/index"
	"crmbot/bot/pipeline"
	"crmbot/crm"
)

// The kinds of the jobs.
const (
	LearnJob  = "teach.learn"  // compares fresh questions and looks up what was answered
	WeeklyJob = "teach.weekly" // tells the keepers of the week's misses, once it is time
)

// Commands are what the people who work here can ask for, for router.Options. m is
// the matcher that answers customers.
func Commands(m *knowledge.Matcher) []bot.Command {
	t := &teacher{mind: m, matcher: m}
	commands := []bot.Command{
		{Name: "misses", Query: true, Run: t.misses, Args: []bot.Arg{
			{Name: "since", Type: bot.ArgText},
			{Name: "from", Type: bot.ArgWord, Keyed: true, Ours: true},
			{Name: "list", Type: bot.ArgWord, Keyed: true, Ours: true},
		}},
		{Name: "knowledge", Query: true, Run: t.health},
		{Name: "notice.article.near", Hidden: true, Subject: crm.KindArticle, Run: t.near},
		{Name: weeklyNotice, Hidden: true, Run: t.tellWeek, Args: []bot.Arg{{Name: "at", Type: bot.ArgWord, Keyed: true}}},
		{Name: "teach.add", Hidden: true, Roles: keepers, Subject: crm.KindArticle, Run: t.add, Args: asked()},
		{Name: "teach.draft", Hidden: true, Run: t.draft, Args: asked()},
		{Name: "teach.ignore", Hidden: true, Roles: keepers, Run: t.ignore, Args: asked()},
	}
	for i := range commands {
		commands[i].For = crm.AudienceStaff
	}
	return commands
}

// Jobs are the functions of the jobs, by kind, for pipeline.Options: see Periods.
// m is the matcher that answers customers; of the company they read who keeps the
// knowledge base and when the week is told, at every run. They fail with what the
// store returns, and come back.
func Jobs(m *knowledge.Matcher, company *bot.Company) map[string]pipeline.JobFunc {
	t := &teacher{mind: m}
	return map[string]pipeline.JobFunc{LearnJob: t.learn, WeeklyJob: weekly(company)}
}

// Periods is how often each of the jobs comes back by itself.
func Periods() map[string]time.Duration {
	return map[string]time.Duration{LearnJob: 3 * time.Minute, WeeklyJob: 10 * time.Minute}
}

// keepers may teach.
var keepers = []crm.Role{crm.RoleAdmin, crm.RoleManager, crm.RoleService}

// asked is the argument that names a question.
func asked() []bot.Arg { return []bot.Arg{{Name: "question", Type: bot.ArgWord, Keyed: true}} }

// mind is what a Matcher knows of texts and articles.
type mind interface {
	knowledge.Finder
	// Sketcher is how texts are taken apart, to compare each with many.
	Sketcher() func(text string) index.Sketch
	// Says is the published article that says the same as a colleague's words,
	// nil if none surely does.
	Says(reply string) *crm.Article
}

// teacher does what the commands and the job say.
type teacher struct {
	mind    mind
	matcher *knowledge.Matcher // the same; nil for the job
}
