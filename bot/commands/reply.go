package commands

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/crm"
)

// shown is how many rows a list shows at once.
const shown = 8

// changed is the answer to a change of a record: a sentence, an Undo button
// that takes back this very change, and what is likely to come next.
func changed(r *bot.Request, ref crm.Ref, version int64, text string, next ...bot.Button) *bot.Reply {
	return &bot.Reply{Text: text, Buttons: append([]bot.Button{undoButton(r, ref, version)}, next...)}
}

// together makes all that a command changes one act, so that undo takes it
// back whole.
func together(ctx context.Context, r *bot.Request) context.Context {
	return crm.InAct(ctx, r.Conversation.ID.String()+"/"+r.EventID)
}

// undoButton takes back the change that brought the record to that version.
func undoButton(r *bot.Request, ref crm.Ref, version int64) bot.Button {
	return bot.Button{
		Label:  r.Words.Label("button.undo"),
		Action: fmt.Sprintf("undo ref=%s version=%d", ref, version),
		Once:   true,
	}
}

// press is a button with the label of a key.
func press(r *bot.Request, key, action string) bot.Button {
	return bot.Button{Label: r.Words.Label("button." + key), Action: action}
}

// card collects the fields of a record, leaving out the empty ones.
type card struct {
	bot.Card
	r *bot.Request
}

func newCard(r *bot.Request, ref crm.Ref, names ...string) *card {
	return &card{Card: bot.Card{Title: titled(ref, names...)}, r: r}
}

// titled is a record as people speak of it: "LEAD-1 张伟 · 融氏".
func titled(ref crm.Ref, names ...string) string {
	return chained(ref.String(), " ", names)
}

// joined puts a dot between the parts that say something.
func joined(parts ...string) string { return chained("", "", parts) }

// chained puts parts behind a text: the first that says something after mark,
// the others after a dot. What stands in brackets is set apart by them.
func chained(text, mark string, parts []string) string {
	for _, p := range parts {
		switch {
		case p == "":
			continue
		case text == "", strings.HasPrefix(p, "（") && strings.HasSuffix(p, "）"):
			text += p
		case strings.HasPrefix(p, "(") && strings.HasSuffix(p, ")"):
			text += " " + p
		default:
			text += mark + p
		}
		mark = " · "
	}
	return text
}

func (c *card) field(key, value string) {
	if value != "" {
		c.Fields = append(c.Fields, bot.Field{Name: c.r.Words.Label("field." + key), Value: value})
	}
}

func (c *card) button(key, action string) {
	c.Buttons = append(c.Buttons, press(c.r, key, action))
}

func (c *card) reply() *bot.Reply { return &bot.Reply{Cards: []bot.Card{c.Card}} }

// cut shortens a text to one line of at most n runes.
func cut(text string, n int) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	runes := []rune(line)
	if len(runes) <= n {
		return line
	}
	return string(runes[:n-1]) + "…"
}

// userName is what a User is called, "" for nobody.
func userName(ctx context.Context, r *bot.Request, id crm.UserID) string {
	if id == 0 {
		return ""
	}
	if r.User != nil && r.User.ID == id {
		return r.User.Name
	}
	u, err := r.CRM.Users.User(ctx, id)
	if err != nil {
		return id.String()
	}
	return u.Name
}

// ownerName is userName, with a word for nobody.
func ownerName(ctx context.Context, r *bot.Request, id crm.UserID) string {
	if name := userName(ctx, r, id); name != "" {
		return name
	}
	return r.Words.Label("owner.none")
}

// accountName is what a company is called, "" for none or out of sight.
func accountName(ctx context.Context, r *bot.Request, id crm.AccountID) string {
	if id == 0 {
		return ""
	}
	a, err := r.CRM.Accounts.Account(ctx, r.Actor, id)
	if err != nil {
		return ""
	}
	return a.Name
}

// contactName is what a person is called, "" for none or out of sight.
func contactName(ctx context.Context, r *bot.Request, id crm.ContactID) string {
	if id == 0 {
		return ""
	}
	c, err := r.CRM.Contacts.Contact(ctx, r.Actor, id)
	if err != nil {
		return ""
	}
	return r.Words.Called(c.Name)
}

// stageName is what a stage is called in the reader's language.
func stageName(r *bot.Request, key string) string {
	for _, s := range r.Company.Stages {
		if s.Key == key {
			return spoken(s.Names, r.Words.Lang(), key)
		}
	}
	return key
}

// spoken picks the name in a language, else the one in English, else other.
func spoken(names map[string]string, lang, other string) string {
	for _, l := range []string{lang, "en"} {
		if name := names[l]; name != "" {
			return name
		}
	}
	return other
}

// choiceName is the first word of a choice, the one to show.
func choiceName(r *bot.Request, arg, choice string) string {
	if words := r.Words.List(arg + "." + choice); len(words) > 0 {
		return words[0]
	}
	return choice
}

// intentName is an intent level as people read it: "A (high)".
func intentName(r *bot.Request, level crm.Intent) string {
	words := r.Words.List("intent." + string(level))
	if len(words) < 2 {
		return string(level)
	}
	return r.Words.Label("intent.level", "level", words[0], "word", words[1])
}

// phone is a number as it is dialled here.
func phone(r *bot.Request, number string) string { return crm.LocalPhone(number, r.Company.Country) }

// assigned tells a new owner, unless he did it himself.
func assigned(r *bot.Request, to crm.UserID, notice string, ref crm.Ref) {
	if to != r.Actor.User {
		r.Tell(to, notice+" "+ref.String())
	}
}

// latin says whether a word is written in Latin letters.
func latin(word string) bool {
	for _, r := range word {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}

// either is the first of two that says something.
func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
