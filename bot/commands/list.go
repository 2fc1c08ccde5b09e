package commands

import (
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// paged is the argument by which a list goes on.
var paged = bot.Arg{Name: "page", Type: bot.ArgWord, Keyed: true}

// page is the part of a list that was asked for.
func page(r *bot.Request) crm.Page {
	n, err := strconv.Atoi(r.Args.String("page"))
	if err != nil || n < 1 || n > 1000 {
		n = 1
	}
	return crm.Page{Limit: shown, Offset: (n - 1) * shown}
}

// list is rows, in markup, under a heading with the total, and a button for
// what follows. The words are under the name of the command that lists them.
func list(r *bot.Request, command string, rows []string, total int) *bot.Reply {
	if len(rows) == 0 {
		return bot.Text(r.Words.T(command + ".none"))
	}
	lines := []string{r.Words.N(command+".title", total)}
	reply := &bot.Reply{}
	for _, x := range rows {
		lines = append(lines, "- "+x)
	}
	at := page(r)
	if rest := total - at.Offset - len(rows); rest > 0 && len(rows) > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  markup.Plain(r.Words.N("list.more", rest)),
			Action: command + " page=" + strconv.Itoa(at.Offset/shown+2),
		})
	}
	reply.Text = strings.Join(lines, "\n")
	return reply
}

// entry writes a row: the reference in bold, then the parts that say
// something, escaped.
func entry(ref crm.Ref, parts ...string) string {
	return "**" + ref.String() + "**" + markup.Escape(strings.TrimPrefix(titled(ref, parts...), ref.String()))
}

// named is a row of something without a reference of its own.
func named(name string, parts ...string) string {
	text := string(markup.Bold(name))
	if more := joined(parts...); more != "" {
		text += " " + markup.Escape(more)
	}
	return text
}
