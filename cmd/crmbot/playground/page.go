package playground

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"crmbot/bot/markup"
)

// html puts the page into the places that its file names in braces. Whatever is
// text there is escaped.
func (p page) html() string {
	var languages, steps, tabs, seats elements
	for _, l := range p.Languages {
		current := ""
		if l.Tag == p.Lang {
			current = ` aria-current="true"`
		}
		languages.add(`<a href="/?lang=%[1]s" lang="%[1]s"`+current+`>%[2]s</a>`, l.Tag, l.Name)
	}
	for _, s := range p.Steps {
		steps.add(`<li data-seat="%s"><b>%s</b> `, strconv.Itoa(s.Seat), s.Who)
		steps.spans(s.What)
		steps.add("</li>\n")
	}
	for i, s := range p.Seats {
		tabs.add(`<button type="button" role="tab" id="tab-%[1]s" class="%[2]s" aria-controls="seat-%[1]s" aria-selected="false">`+
			`<b>%[3]s</b> <span>%[4]s</span><i></i></button>`+"\n", strconv.Itoa(i), s.Role, s.Name, s.Job)
		seats.seat(i, s)
	}
	var next elements
	next.spans(p.Next)
	return strings.NewReplacer(
		"{{lang}}", html.EscapeString(p.Lang), "{{title}}", html.EscapeString(p.Title), "{{lead}}", html.EscapeString(p.Lead),
		"{{language}}", html.EscapeString(p.Language), "{{try}}", html.EscapeString(p.Try), "{{people}}", html.EscapeString(p.People),
		"{{languages}}", languages.String(), "{{steps}}", steps.String(), "{{tabs}}", tabs.String(), "{{seats}}", seats.String(),
		"{{next}}", next.String(),
	).Replace(skeleton)
}

// elements are a part of the page.
type elements struct{ strings.Builder }

// add writes elements with texts in them.
func (e *elements) add(format string, texts ...string) {
	escaped := make([]any, len(texts))
	for i, s := range texts {
		escaped[i] = html.EscapeString(s)
	}
	fmt.Fprintf(e, format, escaped...)
}

func (e *elements) spans(all []markup.Span) {
	for _, s := range all {
		if s.Kind == markup.Mono {
			e.add("<code>%s</code>", s.Text)
		} else {
			e.add("%s", s.Text)
		}
	}
}

// seat is one chat with its frame and what there is to say.
func (e *elements) seat(i int, s seat) {
	e.add(`<section id="seat-%[1]s" class="seat %[2]s" role="tabpanel" aria-labelledby="tab-%[1]s">`+"\n", strconv.Itoa(i), s.Role)
	if i == 0 {
		e.add("<h2><b>%s</b> <span>%s</span></h2>\n", s.Name, s.Job)
	}
	e.add(`<iframe src="%s" title="%s"></iframe>`+"\n"+`<div class="prompts">`, s.Frame, s.Name)
	for _, p := range s.Prompts {
		if p.As != "" {
			e.add(`<button type="button" data-as="%s">%s</button>`, p.As, p.Text)
		} else {
			e.add(`<button type="button">%s</button>`, p.Text)
		}
	}
	e.add("</div>\n</section>\n")
}
