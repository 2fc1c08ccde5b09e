package router

import (
	"context"
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/bot/customer"
	"crmbot/bot/grammar"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// help is made from the commands: what this person may use, by noun, in the
// words of his language.
func (r *Router) help(_ context.Context, req *bot.Request) (*bot.Reply, error) {
	if req.User == nil {
		return r.customerHelp(req), nil
	}
	groups, names := r.groups(req)
	about := customer.Normal(req.Args.String("about"))
	if about == "" && req.Thread != nil {
		return r.threadHelp(req), nil
	}
	if about == "" {
		return r.overview(req, groups, names), nil
	}
	for _, name := range names {
		if r.isGroup(name, about) {
			return bot.Text(strings.Join(r.lines(req, r.topic(groups, names, name)), "\n")), nil
		}
	}
	var found []*bot.Command
	for _, name := range names {
		for _, c := range groups[name] {
			if c.Name == about || r.isWord("command."+c.Name, about) || r.isWord("command."+c.Name+".after", about) {
				found = append(found, c)
			}
		}
	}
	if len(found) > 0 {
		return bot.Text(strings.Join(r.lines(req, found), "\n")), nil
	}
	reply := r.overview(req, groups, names)
	reply.Text = req.Words.T("help.unknown", "about", short(about))
	if near := r.nearTopics(groups, names, req, about); len(near) > 0 {
		reply.Text, reply.Buttons = req.Words.T("help.near", "about", short(about)), near
	}
	return reply, nil
}

// related are the everyday commands that belong to a noun by what they do.
var related = map[string][]string{string(crm.KindActivity): {"note", "plan", "today"}}

// topic is every command of a group, and those of others that are about its
// noun.
func (r *Router) topic(groups map[string][]*bot.Command, names []string, group string) []*bot.Command {
	out := slices.Clone(groups[group])
	kind := crm.Kind(group)
	for _, name := range names {
		if name == group || !slices.Contains(kinds, kind) {
			continue
		}
		for _, c := range groups[name] {
			if c.Subject == kind || slices.Contains(c.Subjects, kind) || slices.Contains(related[group], c.Name) {
				out = append(out, c)
			}
		}
	}
	return out
}

// nearTopics are the topics that a mistyped one may mean, as buttons.
func (r *Router) nearTopics(groups map[string][]*bot.Command, names []string, req *bot.Request, about string) []bot.Button {
	var out []bot.Button
	add := func(topic string) {
		if !slices.ContainsFunc(out, func(b bot.Button) bool { return b.Label == topic }) {
			out = append(out, bot.Button{Label: topic, Action: "help " + quoted(topic)})
		}
	}
	for _, name := range names {
		if grammar.Near(about, strings.ToLower(groupTitle(req.Words, name))) {
			add(groupTitle(req.Words, name))
		}
	}
	for _, line := range r.matcher.Nearest(about, 3) {
		for _, name := range names {
			if slices.ContainsFunc(groups[name], func(c *bot.Command) bool { return r.isWord("command."+c.Name, customer.Normal(line)) }) {
				add(line)
			}
		}
	}
	return out[:min(len(out), 3)]
}

// The groups that are no noun: what is used every day, and what is about the
// chat itself.
const (
	daily   = "daily"
	chat    = "chat"
	workers = "user"
)

// groups are the commands this person may use, by the first part of their
// name.
func (r *Router) groups(req *bot.Request) (map[string][]*bot.Command, []string) {
	groups, names := map[string][]*bot.Command{}, []string{daily}
	for _, c := range r.order {
		if c.Hidden || permitted(&turn{Request: req}, c) != nil || !req.Words.Has("help."+c.Name) {
			continue
		}
		name, _, _ := strings.Cut(c.Name, ".")
		switch {
		case c.For == "" || c.Name == "me" || c.Name == "name" || c.Name == "undo":
			name = chat
		case name != workers && !slices.Contains(kinds, crm.Kind(name)):
			name = daily
		}
		if groups[name] == nil && name != daily {
			names = append(names, name)
		}
		groups[name] = append(groups[name], c)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return groups, names
}

func rank(group string) int {
	switch group {
	case daily:
		return 0
	case workers:
		return 2
	case chat:
		return 3
	}
	return 1
}

// isGroup says whether a normal text names the group.
func (r *Router) isGroup(name, about string) bool {
	about = strings.TrimSuffix(about, "s")
	return name == about || r.isWord("noun."+name, about) || r.isWord("words.help."+name, about)
}

// groupTitle is what a group is called.
func groupTitle(w *locale.Words, name string) string {
	if w.Has("noun." + name) {
		return w.Label("noun." + name)
	}
	return first(w, "words.help."+name, name)
}

// some is how many examples of a group the overview shows.
const some = 5

// overview is one line for each group, with examples of what can be typed.
func (r *Router) overview(req *bot.Request, groups map[string][]*bot.Command, names []string) *bot.Reply {
	lines := []string{req.Words.T("help.title")}
	reply := &bot.Reply{}
	for _, name := range names {
		title := groupTitle(req.Words, name)
		reply.Buttons = append(reply.Buttons, bot.Button{Label: title, Action: "help " + quoted(title)})
		var examples []string
		for _, c := range groups[name] {
			if len(examples) < some || name == daily {
				examples = append(examples, usage(req, c))
			}
		}
		if len(groups[name]) > len(examples) {
			examples = append(examples, "…")
		}
		lines = append(lines, "**"+title+"**: "+strings.Join(examples, " · "))
	}
	reply.Text = strings.Join(append(lines, req.Words.T("help.more")), "\n")
	return reply
}

// usage is an example of the command, as code.
func usage(req *bot.Request, c *bot.Command) string {
	text := ""
	if req.Words.Has("usage." + c.Name) {
		text = req.Words.Label("usage." + c.Name)
	} else if words := req.Words.List("command." + c.Name); len(words) > 0 {
		text = words[0]
	}
	return "`" + strings.ReplaceAll(text, "`", "") + "`"
}

// lines are the commands with what they do.
func (r *Router) lines(req *bot.Request, commands []*bot.Command) []string {
	var out []string
	for _, c := range commands {
		out = append(out, "- "+usage(req, c)+" "+req.Words.T("help."+c.Name))
	}
	return out
}

// customerHelp says what a customer can do here, with a button for each.
func (r *Router) customerHelp(req *bot.Request) *bot.Reply {
	reply := bot.Text(req.Words.T("help.customer.nameless"))
	if r.company.Name != "" {
		reply.Text = req.Words.T("help.customer", "company", r.company.Name)
	}
	for _, c := range r.order {
		if c.For == crm.AudienceCustomers && !c.Hidden && req.Words.Has("button."+c.Name) {
			reply.Buttons = append(reply.Buttons, bot.Button{Label: req.Words.Label("button." + c.Name), Action: c.Name})
		}
	}
	return reply
}
