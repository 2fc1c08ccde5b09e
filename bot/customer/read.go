package customer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"crmbot/bot"
	"crmbot/bot/grammar"
)

// readNeed takes a need of nothing but a quantity for one: what it is of is
// still to be asked.
func readNeed(_ *bot.Request, typed string) bot.Reading {
	if need := trimNeed(typed); isQuantity(need) {
		return bot.Reading{Values: map[string]string{"quantity": need}}
	} else if need != typed {
		return bot.Reading{Values: map[string]string{"need": need}}
	}
	return bot.Reading{}
}

// longestQuantity bounds what says how much, in runes.
const longestQuantity = 100

var tooMany = regexp.MustCompile(`[0-9]{10,}`)

// readQuantity turns away what is no quantity, and finds a number to call.
func readQuantity(r *bot.Request, typed string) bot.Reading {
	text := grammar.Normal(typed)
	phone, at, ok := grammar.FindPhone(text, r.Company.Country)
	rest := text
	if ok {
		rest = text[:at.Start] + text[at.End:]
	}
	if strings.HasPrefix(text, "-") || tooMany.MatchString(rest) || len([]rune(text)) > longestQuantity {
		return bot.Reading{Wrong: "quantity.bad"}
	}
	if ok {
		return bot.Reading{Values: map[string]string{"quantity": typed, "phone": phone}}
	}
	return bot.Reading{}
}

// mail is an e-mail address as people type it.
var mail = regexp.MustCompile(`[^\s@]+@[^\s@]+\.[^\s@]+`)

// otherWay says whether a text names a way to reach somebody that is no phone
// number.
func otherWay(r *bot.Request, typed string) bool {
	text := grammar.Normal(typed)
	return mail.MatchString(text) || slices.ContainsFunc(r.Words.Every("words.reach"), func(w string) bool {
		return strings.Contains(strings.ToLower(text), w)
	})
}

// readPhone finds a number in what was said. Another way to reach the person is
// kept as it is; the second text without a number is no answer to insist on.
func readPhone(r *bot.Request, typed string) bot.Reading {
	if phone, _, ok := grammar.FindPhone(typed, r.Company.Country); ok {
		return bot.Reading{Values: map[string]string{"phone": phone}}
	}
	if _, ok := grammar.Phone(typed, r.Company.Country); ok {
		return bot.Reading{}
	}
	if otherWay(r, typed) {
		return bot.Reading{Values: map[string]string{"via": typed}, Skip: true}
	}
	if r.Session.Form != nil && r.Session.Form.Tries > 0 {
		return bot.Reading{Skip: true}
	}
	return bot.Reading{}
}

// readCompany takes a phone number for one, not for a company, and a lone digit
// for none.
func readCompany(r *bot.Request, typed string) bot.Reading {
	phone, at, ok := grammar.FindPhone(typed, r.Company.Country)
	if !ok {
		n, chosen := Choice(r, typed)
		return bot.Reading{Skip: chosen && n < 10} // the number of a list, not a company
	}
	rest := strings.Trim(typed[:at.Start]+typed[at.End:], between)
	reading := bot.Reading{Values: map[string]string{"phone": phone}}
	if strings.IndexFunc(rest, unicode.IsLetter) >= 0 {
		reading.Values["company"] = rest
	}
	return reading
}

// readKind takes a number for the button at that place, and keeps what somebody
// tells instead of choosing. Who still does not choose has a question.
func readKind(r *bot.Request, typed string) bot.Reading {
	choices := troubleKinds()
	if n, ok := Choice(r, typed); ok && n <= len(choices) {
		return bot.Reading{Values: map[string]string{"kind": choices[n-1]}}
	}
	f := r.Session.Form
	if f == nil || f.Values["text"] == "" {
		return bot.Reading{Values: map[string]string{"text": typed}, Otherwise: true}
	}
	return bot.Reading{Values: map[string]string{"kind": choices[len(choices)-1], "text": f.Values["text"] + "\n" + typed}, Otherwise: true}
}
