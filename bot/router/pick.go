package router

import (
	"context"
	"errors"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// mostPicks bounds a list to pick from.
const mostPicks = 8

// newMark stands before the name of a record that is to be made, whoever is
// called so already.
const newMark = "+"

// severalError is a typed name that may mean several things. It is asked back
// as a list: pressed, or answered by number or name. fresh is the name that a
// new one would have, "" where none can be made.
type severalError struct {
	picks []bot.Pick
	more  bool
	fresh string
	key   string // the question over the list
}

func (*severalError) Error() string { return "several records have that name" }

// several is a list of records to pick from.
func (r *Router) several(t *turn, hits []crm.Hit) *severalError {
	e := &severalError{key: "form.which", more: len(hits) > mostPicks}
	for _, h := range hits[:min(len(hits), mostPicks)] {
		h.Note = crm.LocalPhone(h.Note, r.company.Country)
		e.picks = append(e.picks, bot.Pick{Label: hitLabel(t.Words, h), Value: h.Ref.String()})
	}
	return e
}

// pick asks which of several is meant. Pressing one is the same line with it in
// place of the name.
func (r *Router) pick(t *turn, c *call, a bot.Arg, e *severalError) *bot.Reply {
	t.keep(c, a.Name, false, false)
	picks := slices.Clone(e.picks)
	if e.fresh != "" {
		picks = append(picks, bot.Pick{Label: t.Words.Label("pick.new", "name", e.fresh), Value: newMark + e.fresh})
	}
	t.Session.Form.Picks = picks
	reply := bot.Text(t.Words.T(e.key, "name", e.fresh))
	if e.more {
		reply.Text += "\n" + t.Words.T("form.more")
	}
	r.addPicks(t, c, a, reply)
	return reply
}

// addPicks puts the list that is open under a reply.
func (r *Router) addPicks(t *turn, c *call, a bot.Arg, reply *bot.Reply) {
	t.picking, t.ran = true, c.with(a.Name, c.unclear)
	for _, p := range t.Session.Form.Picks {
		reply.Buttons = append(reply.Buttons, bot.Button{Label: p.Label, Action: c.with(a.Name, p.Value).line(), Once: true})
	}
	reply.Buttons = append(reply.Buttons, r.formControl(t, c, a.Name, "cancel"))
}

// with is the same call with another value for an argument.
func (c *call) with(name, value string) *call {
	out := &call{command: c.command, values: map[string]string{}}
	for k, v := range c.values {
		out.values[k] = v
	}
	if value != "" {
		out.values[name] = value
	}
	return out
}

// stillPicking asks once more which of the list is meant, after a word about
// what was wrong, if anything was.
func (r *Router) stillPicking(t *turn, c *call, a bot.Arg, wrong error) *bot.Reply {
	picks := t.Session.Form.Picks
	t.keep(c, a.Name, false, wrong != nil)
	t.Session.Form.Picks = picks
	reply := bot.Text(t.Words.T("form.which"))
	if wrong != nil {
		reply.Text = t.Words.Error(wrong) + "\n" + reply.Text
	}
	r.addPicks(t, c, a, reply)
	return reply
}

// picked is what an answer to a list means: the value of that number, else the
// answer itself.
func picked(r *bot.Request, f *bot.FormState, answer string) string {
	n, ok := customer.Choice(r, answer)
	if !ok || n > len(f.Picks) {
		return answer
	}
	return f.Picks[n-1].Value
}

// isPicking says whether this is the answer to a list for the argument.
func (t *turn) isPicking(name string) bool {
	f := t.Session.Form
	return t.answering && f != nil && f.Asking == name && len(f.Picks) > 0
}

func hitLabel(w *locale.Words, h crm.Hit) string {
	label := w.Called(h.Title)
	if h.Ref.Kind != crm.KindUser {
		label = h.Ref.String() + " " + label
	}
	if h.Note != "" && customer.Normal(h.Note) != customer.Normal(h.Title) {
		label += " · " + h.Note
	}
	return label
}

// recordOrName finds the record that raw means, or takes it for the name of a
// new one. In answer to a list, a name that nobody has is a slip.
func (r *Router) recordOrName(ctx context.Context, t *turn, a bot.Arg, raw string) (any, error) {
	if name, ok := strings.CutPrefix(raw, newMark); ok && strings.TrimSpace(name) != "" && !allDigits(name) {
		return strings.TrimSpace(name), nil
	}
	ref, err := r.record(ctx, t, a.Kinds, raw)
	if err == nil {
		return ref, nil
	}
	var many *severalError
	if errors.As(err, &many) {
		many.key, many.fresh = "pick.which", raw
		return nil, many
	}
	if crm.CodeOf(err) == crm.CodeNotFound && !t.isPicking(a.Name) {
		return raw, nil
	}
	return nil, err
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789 -") == "" }

// closest leaves out what was found by its company alone, if something else has
// the text in its own name.
func closest(hits []crm.Hit, text string) []crm.Hit {
	text = customer.Normal(text)
	has := func(s string) bool { return strings.Contains(customer.Normal(s), text) }
	if !slices.ContainsFunc(hits, func(h crm.Hit) bool { return has(h.Title) }) {
		return hits
	}
	return slices.DeleteFunc(slices.Clone(hits), func(h crm.Hit) bool { return !has(h.Title) && has(h.Note) })
}

// team is the name of the team that raw means: by its name or one of its words,
// in any case. Where there is no team yet it is the first.
func (r *Router) team(ctx context.Context, t *turn, name, raw string) (string, error) {
	if fresh, ok := strings.CutPrefix(raw, newMark); ok {
		return strings.TrimSpace(fresh), nil
	}
	teams, err := t.Store.Teams(ctx)
	if err != nil || len(teams) == 0 {
		return raw, err
	}
	wanted := customer.Normal(raw)
	unknown := &severalError{key: "team.unknown", fresh: raw}
	for i, team := range teams {
		called := customer.Normal(team.Name)
		if called == wanted || slices.Contains(strings.Fields(called), wanted) {
			return team.Name, nil
		}
		if i < mostPicks {
			unknown.picks = append(unknown.picks, bot.Pick{Label: team.Name, Value: team.Name})
		}
	}
	if t.isPicking(name) {
		return "", crm.Fail(crm.CodeNotFound, "find.nobody", "text", short(raw))
	}
	return "", unknown
}
