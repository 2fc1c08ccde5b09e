package router

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/crm"
)

// hasShape says whether values of a type can be told by how they look.
func hasShape(t bot.ArgType) bool {
	switch t {
	case bot.ArgWord, bot.ArgText, bot.ArgUser, bot.ArgTeam:
		return false
	}
	return true
}

// unmistakable says whether a text that looks like the type cannot well be
// part of a sentence: "13800000000", "28万", but not "3" or "A".
func unmistakable(t bot.ArgType, raw string) bool {
	digits, others := 0, 0
	for _, r := range raw {
		if unicode.IsDigit(r) {
			digits++
		} else if !unicode.IsSpace(r) {
			others++
		}
	}
	switch t {
	case bot.ArgPhone:
		return digits >= 7
	case bot.ArgMoney:
		return digits > 0 && others > 0
	case bot.ArgDay, bot.ArgMoment, bot.ArgPeriod:
		return others > 0
	case bot.ArgIntent:
		return false
	}
	return true
}

// looksLike says whether raw can be a value of the argument. It asks no
// database.
func (r *Router) looksLike(t *turn, a bot.Arg, raw string) bool {
	if a.Type == bot.ArgRef || !hasShape(a.Type) {
		ref, ok := r.matcher.Ref(raw)
		return a.Type != bot.ArgRef || ok && slices.Contains(a.Kinds, ref.Kind)
	}
	_, ok := r.plainValue(t, a, raw)
	return ok || a.Type == bot.ArgMoment && isPast(raw, t.Now)
}

// isPast says whether a text is a day that is over: no time to come, and no
// other word either.
func isPast(raw string, now time.Time) bool {
	day, ok := grammar.Day(raw, now)
	return ok && day < now.Format(time.DateOnly)
}

// plainValue reads a value that needs no database.
func (r *Router) plainValue(t *turn, a bot.Arg, raw string) (any, bool) {
	switch a.Type {
	case bot.ArgWord, bot.ArgText:
		return raw, raw != ""
	case bot.ArgMoney:
		return pass(grammar.Money(raw, r.company.Currency))
	case bot.ArgMoment:
		return pass(grammar.Moment(raw, t.Now))
	case bot.ArgDay:
		return pass(grammar.Day(raw, t.Now))
	case bot.ArgPhone:
		return pass(grammar.Phone(raw, r.company.Country))
	case bot.ArgStage:
		return pass(r.stage(raw))
	case bot.ArgSource:
		return pass(r.source(raw))
	case bot.ArgIntent:
		return pass(r.intentLevel(raw))
	case bot.ArgChoice:
		return pass(r.choiceOf(a, raw))
	case bot.ArgLanguage:
		return pass(r.languageOf(raw))
	case bot.ArgPeriod:
		return r.period(t, raw)
	}
	return nil, false
}

func pass[T any](v T, ok bool) (any, bool) { return v, ok }

// stage is the key of a stage by its name or by another word for it.
func (r *Router) stage(raw string) (string, bool) {
	if s, ok := r.company.Stages.Find(raw); ok {
		return s.Key, true
	}
	for _, s := range r.company.Stages {
		if r.isWord("stage."+s.Key, customer.Normal(raw)) {
			return s.Key, true
		}
	}
	return "", false
}

func (r *Router) source(raw string) (string, bool) {
	raw = customer.Normal(raw)
	for _, s := range r.company.Sources {
		if customer.Normal(s.Name) == raw || slices.ContainsFunc(s.Words, func(w string) bool { return customer.Normal(w) == raw }) {
			return s.Name, true
		}
	}
	return "", false
}

func (r *Router) intentLevel(raw string) (crm.Intent, bool) {
	raw = customer.Normal(raw)
	for _, level := range []crm.Intent{crm.IntentHigh, crm.IntentMiddle, crm.IntentLow} {
		if raw == strings.ToLower(string(level)) || r.isWord("intent."+string(level), raw) {
			return level, true
		}
	}
	return "", false
}

func (r *Router) choiceOf(a bot.Arg, raw string) (string, bool) {
	raw = customer.Normal(raw)
	for _, choice := range a.Choices {
		if raw == choice || r.isWord(a.Name+"."+choice, raw) {
			return choice, true
		}
	}
	return "", false
}

func (r *Router) languageOf(raw string) (string, bool) {
	lang, ok := r.languages[customer.Normal(raw)]
	return lang, ok
}

func (r *Router) period(t *turn, raw string) (any, bool) {
	from, to, ok := grammar.Days(raw, t.Now)
	if !ok {
		return nil, false
	}
	p := bot.Period{From: from, To: to, Label: strings.TrimSpace(raw)}
	if at, err := time.ParseInLocation(time.DateOnly, from, t.Now.Location()); err == nil {
		p.FromAt = at.UTC()
	}
	if at, err := time.ParseInLocation(time.DateOnly, to, t.Now.Location()); err == nil {
		p.ToAt = at.AddDate(0, 0, 1).UTC()
	}
	return p, true
}

// resolve reads the value of an argument, by search where it is a name. Its
// errors: CodeInvalid with the sentence that explains what is expected,
// CodeNotFound for a name that nobody has, *severalError for one that many have.
func (r *Router) resolve(ctx context.Context, t *turn, a bot.Arg, raw string) (any, error) {
	switch a.Type {
	case bot.ArgRef:
		if a.Fresh {
			return r.recordOrName(ctx, t, a, raw)
		}
		return r.record(ctx, t, a.Kinds, raw)
	case bot.ArgTeam:
		return r.team(ctx, t, a.Name, raw)
	case bot.ArgUser:
		return r.user(ctx, t, raw)
	}
	if v, ok := r.plainValue(t, a, raw); ok {
		return v, nil
	}
	key := wrongKey(a.Type)
	if own := "bad." + a.Name; t.Words.Has(own) {
		key = own
	}
	if a.Type == bot.ArgMoment && isPast(raw, t.Now) {
		key = "time.past"
	}
	return nil, crm.Fail(crm.CodeInvalid, key, "text", short(raw), "stage", short(raw)).In(a.Name)
}

// wrongKey is the sentence for a text that is no value of a type.
func wrongKey(t bot.ArgType) string {
	switch t {
	case bot.ArgPhone:
		return "phone.bad"
	case bot.ArgDay:
		return "day.bad"
	case bot.ArgIntent:
		return "intent.bad"
	case bot.ArgStage:
		return "stage.unknown"
	}
	return "bad." + string(t)
}

// short is a text that may stand in a sentence about it.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// record finds the one record that raw means.
func (r *Router) record(ctx context.Context, t *turn, kinds []crm.Kind, raw string) (crm.Ref, error) {
	if ref, ok := r.matcher.Ref(raw); ok {
		if len(kinds) > 0 && !slices.Contains(kinds, ref.Kind) {
			return crm.Ref{}, crm.Fail(crm.CodeInvalid, "bad.kind", "ref", ref.String(), "kinds", r.nouns(t, kinds))
		}
		return ref, nil
	}
	hits, err := t.CRM.Records.Find(ctx, t.Actor, raw, kinds, 9)
	if err != nil {
		return crm.Ref{}, err
	}
	hits = closest(current(ctx, t, hits), raw)
	same := slices.DeleteFunc(slices.Clone(hits), func(h crm.Hit) bool {
		return customer.Normal(h.Title) != customer.Normal(raw)
	})
	switch {
	case len(same) == 1:
		return same[0].Ref, nil
	case len(hits) == 1 && calledSo(hits[0], raw):
		return hits[0].Ref, nil
	case len(hits) > 0:
		return crm.Ref{}, r.several(t, hits)
	}
	return crm.Ref{}, crm.Fail(crm.CodeNotFound, "find.nobody", "text", short(raw))
}

// calledSo says whether a lone hit may be taken for what was meant. What has a
// sentence for a title is not called by the beginning of one of its words:
// "ana" is nobody's ticket about an analysis.
func calledSo(h crm.Hit, text string) bool {
	switch h.Ref.Kind {
	case crm.KindTicket, crm.KindActivity, crm.KindArticle:
	default:
		return true
	}
	title, text := customer.Normal(h.Title), customer.Normal(text)
	if strings.ContainsFunc(text, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		return strings.Contains(title, text)
	}
	words := strings.FieldsFunc(title, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	return strings.Contains(" "+strings.Join(words, " ")+" ", " "+text+" ")
}

func (r *Router) nouns(t *turn, kinds []crm.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = t.Words.Noun(k)
	}
	return t.Words.Enum(words)
}

// user finds the one colleague that raw means.
func (r *Router) user(ctx context.Context, t *turn, raw string) (crm.UserID, error) {
	if ref, ok := crm.ParseRef(raw); ok && ref.Kind == crm.KindUser {
		u, err := t.CRM.Users.User(ctx, crm.UserID(ref.ID))
		if err != nil {
			return 0, err
		}
		return u.ID, nil
	}
	if t.User != nil && r.isWord("words.me", customer.Normal(raw)) {
		return t.User.ID, nil
	}
	found, err := t.CRM.Users.Named(ctx, raw)
	if err != nil {
		return 0, err
	}
	switch len(found) {
	case 0:
		return 0, crm.Fail(crm.CodeNotFound, "find.nobody", "text", short(raw))
	case 1:
		return found[0].ID, nil
	}
	var hits []crm.Hit
	for _, u := range found[:min(9, len(found))] {
		hits = append(hits, crm.Hit{Ref: crm.Ref{Kind: crm.KindUser, ID: int64(u.ID)}, Title: u.Name, Note: u.Handle})
	}
	return 0, r.several(t, hits)
}
