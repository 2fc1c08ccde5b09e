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

// row is one line of a list, in markup, with the record it opens.
type row struct {
	ref  crm.Ref
	text string
}

// list is rows under a heading with the total, and a button for what follows.
// line is the command line that lists them.
func list(r *bot.Request, key, line string, rows []row, total int) *bot.Reply {
	if total == 0 {
		return bot.Text(r.Words.T(key + ".none"))
	}
	lines := []string{r.Words.N(key+".title", total)}
	reply := &bot.Reply{}
	for _, x := range rows {
		lines = append(lines, "- "+x.text)
	}
	at := page(r)
	if rest := total - at.Offset - len(rows); rest > 0 && len(rows) > 0 {
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label:  markup.Plain(r.Words.N("list.more", rest)),
			Action: line + " page=" + strconv.Itoa(at.Offset/shown+2),
		})
	}
	reply.Text = strings.Join(lines, "\n")
	return reply
}

// entry writes a row: the reference in bold, then the parts that say
// something, escaped.
func entry(ref crm.Ref, parts ...string) row {
	return row{ref: ref, text: "**" + ref.String() + "** " + markup.Escape(joined(parts...))}
}

// named is a row of something without a reference of its own.
func named(name string, parts ...string) row {
	text := string(markup.Bold(name))
	if more := joined(parts...); more != "" {
		text += " " + markup.Escape(more)
	}
	return row{text: text}
}
