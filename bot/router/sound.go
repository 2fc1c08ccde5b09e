package router

import (
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// sound refuses what nobody means to type: a command with hundreds of words,
// unless a text takes them, and a name=value that the command does not know.
func (r *Router) sound(t *turn, c *call) error {
	text := slices.ContainsFunc(c.command.Args, func(a bot.Arg) bool { return a.Type == bot.ArgText && !a.Keyed })
	if c.words > mostTokens && !text {
		return crm.Fail(crm.CodeInvalid, "command.long", "n", mostTokens)
	}
	if c.strange == "" {
		return nil
	}
	var known []string
	for _, a := range c.command.Args {
		if words := t.Words.List("arg." + a.Name); len(words) > 0 {
			known = append(known, words[0])
		}
	}
	if len(known) == 0 {
		return nil
	}
	return crm.Fail(crm.CodeInvalid, "arg.unknown", "name", short(c.strange), "known", t.Words.Enum(known))
}

// optional says whether a command runs without anything: what is wrong with
// its arguments is told and not asked for.
func optional(c *bot.Command) bool {
	return !takesSubject(c) && !slices.ContainsFunc(c.Args, func(a bot.Arg) bool { return a.Need != bot.Optional })
}
