package customer

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/grammar"
)

// longestName bounds what somebody is called, and longestIntroduction a Chinese
// name with its company before it, in runes.
const (
	longestName         = 40
	longestIntroduction = 18
)

// knownName says that we know what the person is called, or that he would
// rather not say.
func knownName(r *bot.Request) string {
	if r.Contact != nil && r.Contact.Name != "" || r.Identity != nil && r.Identity.Name != "" {
		return " "
	}
	return keptBack(r, "name")
}

// introduce keeps what somebody says he is called.
func introduce(ctx context.Context, r *bot.Request, name string) error {
	if name == "" || r.Contact == nil || r.Contact.Name != "" {
		return nil
	}
	c, err := r.CRM.Contacts.Introduce(ctx, r.Contact.ID, name)
	if err == nil {
		r.Contact = c
	}
	return err
}

// readName finds the name in "I'm Ana" or "叫我王女士", and takes in a company or
// a number that is said with it. The second text that is no name is no answer
// to insist on.
func readName(r *bot.Request, typed string) bot.Reading {
	values := map[string]string{}
	rest := grammar.Normal(typed)
	if phone, at, ok := grammar.FindPhone(rest, r.Company.Country); ok {
		values["phone"] = phone
		rest = rest[:at.Start] + " " + rest[at.End:]
	}
	name, company := nameIn(r, rest)
	switch {
	case isName(r, name):
		values["name"] = name
		if company != "" {
			values["company"] = company
		}
		return bot.Reading{Values: values}
	case len(values) > 0 || r.Session.Form != nil && r.Session.Form.Tries > 0:
		return bot.Reading{Values: values, Skip: true}
	}
	return bot.Reading{Wrong: "name.bad"}
}

// Called is the name in what somebody says he is called: "my name is Wang
// Fang", "我叫王芳". It is false if there is none.
func Called(r *bot.Request, typed string) (string, bool) {
	name, _ := nameIn(r, grammar.Normal(typed))
	return name, isName(r, name)
}

// nameIn is the name in an answer, and the company behind or before it.
func nameIn(r *bot.Request, text string) (name, company string) {
	text = strings.TrimSpace(strings.Join(strings.Fields(spoken(text)), " "))
	for range most {
		core := bare(r, text)
		if core == text {
			break
		}
		text = core
	}
	if isHan(text) && len([]rune(text)) > longestIntroduction {
		return text, ""
	}
	for _, way := range r.Words.Every("words.name.from") {
		if name, company, ok := parted(way, text); ok {
			return name, company
		}
	}
	return text, ""
}

// bare takes the words off that stand around a name, once at each end.
func bare(r *bot.Request, text string) string {
	cut := func(key string, at func(text, word string) (string, bool)) {
		words := r.Words.Every(key)
		slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
		for _, w := range words {
			if len([]rune(w)) < 2 { // a lone 那 may be a family name
				continue
			}
			if rest, ok := at(text, w); ok && strings.Trim(rest, between) != "" {
				text = rest
				break
			}
		}
		text = strings.Trim(text, between)
	}
	for _, key := range []string{"words.polite.before", "words.name.before"} {
		cut(key, headOff)
	}
	for _, key := range []string{"words.polite.after", "words.name.after"} {
		cut(key, tailOff)
	}
	return text
}

func headOff(text, word string) (string, bool) {
	if len(text) <= len(word) || !strings.EqualFold(text[:len(word)], word) {
		return "", false
	}
	rest := text[len(word):]
	return rest, isHan(word) || !wordAt(strings.ToLower(rest))
}

func tailOff(text, word string) (string, bool) {
	if len(text) <= len(word) || !strings.EqualFold(text[len(text)-len(word):], word) {
		return "", false
	}
	rest := text[:len(text)-len(word)]
	return rest, isHan(word) || !wordBefore(strings.ToLower(rest))
}

// parted reads a text by a pattern of a name and a company: "{name} from
// {company}", "{company}的{name}".
func parted(way, text string) (name, company string, ok bool) {
	open, shut := strings.Index(way, "}"), strings.LastIndex(way, "{")
	if open < 0 || shut < open {
		return "", "", false
	}
	mark := way[open+1 : shut]
	i := strings.Index(strings.ToLower(text), mark)
	if i < 0 || len(strings.ToLower(text)) != len(text) {
		return "", "", false
	}
	before, after := strings.Trim(text[:i], between), strings.Trim(text[i+len(mark):], between)
	if before == "" || after == "" {
		return "", "", false
	}
	if strings.HasPrefix(way, "{name}") {
		return before, after, true
	}
	return after, before, true
}

// isName says whether a text can be what somebody is called: letters, not too
// many, and no word that answers something else.
func isName(r *bot.Request, text string) bool {
	if n := len([]rune(text)); n == 0 || n > longestName || strings.ContainsAny(text, "@/\\\n") {
		return false
	}
	if len(strings.Fields(text)) > 5 || strings.IndexFunc(text, unicode.IsLetter) < 0 || strings.IndexFunc(text, unicode.IsDigit) >= 0 {
		return false
	}
	if isHan(text) && len([]rune(text)) > 12 {
		return false
	}
	for _, kind := range courtesies {
		if slices.ContainsFunc(r.Words.Every("words.courtesy."+string(kind)), func(w string) bool { return Normal(w) == Normal(text) }) {
			return false
		}
	}
	return true
}
