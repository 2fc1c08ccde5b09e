// Package playground is the page of crmbot demo: a customer on the left, and
// beside him the desk at which he is answered, with those who work there behind
// tabs. Steps on top say what to try, and under every chat are a few things to
// say at a click.
//
// The chats are the company's own pages in frames. A click asks a frame to say
// something in the person's place, or to put it into the field of the thread
// that is open; there is no other way into the conversation than the one that
// visitors use.
package playground

import (
	"embed"
	"io"
	"net/http"
	"net/url"
	"strings"

	"crmbot/bot/locale"
	"crmbot/bot/markup"
)

//go:embed page
var files embed.FS

//go:embed page/page.html
var skeleton string

// Seat is one person of the demo.
type Seat struct {
	// Role chooses the words: playground.<Role>.name and .role, and what there
	// is to say under words.playground.<Role>. "customer", "service", "sales",
	// "manager". The first seat stays in sight on a wide screen.
	Role  string
	Path  string // of the chat page
	Token string // signs the person in there; "" is an anonymous visitor
}

// seat is a Seat in a language.
type seat struct {
	Role, Name, Job string
	Frame           string
	Prompts         []prompt
}

// prompt is something to say. As is who reads it in a thread, "" in the chat
// with the bot.
type prompt struct{ As, Text string }

// page is what the page says.
type page struct {
	Lang, Title, Lead, People, Language string
	Languages                           []language
	Seats                               []seat
	Try                                 string
	Steps                               []step
	Next                                []markup.Span
}

type language struct{ Tag, Name string }

// step is something to try.
type step struct {
	Seat int // in whose place
	Who  string
	What []markup.Span
}

// Handler serves the page at / and its files beside it.
func Handler(seats []Seat, words *locale.Catalog) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; frame-src 'self'; "+
			"img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Cache-Control", "no-store") // it holds tokens
		h.Set("Referrer-Policy", "no-referrer")
		_, _ = io.WriteString(w, draw(seats, words, speaks(words, r)).html())
	})
	mux.Handle("GET /playground.css", file("page/playground.css", "text/css; charset=utf-8"))
	mux.Handle("GET /playground.js", file("page/playground.js", "text/javascript; charset=utf-8"))
	return mux
}

// draw is the page in a language.
func draw(seats []Seat, words *locale.Catalog, lang string) page {
	w := words.Words(lang)
	p := page{
		Lang: w.Lang(), Title: w.Label("playground.title"), Lead: w.Label("playground.lead"),
		People: w.Label("playground.people"), Language: w.Label("playground.language"), Try: w.Label("playground.try"),
	}
	for _, line := range markup.Parse(w.T("playground.next")) {
		p.Next = append(p.Next, line.Spans...)
	}
	for _, tag := range words.Languages() {
		p.Languages = append(p.Languages, language{tag, words.Words(tag).Label("language.name")})
	}
	for _, s := range seats {
		frame := s.Path + "?lang=" + url.QueryEscape(w.Lang())
		if s.Token != "" {
			frame += "#token=" + url.QueryEscape(s.Token)
		}
		p.Seats = append(p.Seats, seat{
			Role: s.Role, Name: w.Label("playground." + s.Role + ".name"), Job: w.Label("playground." + s.Role + ".role"),
			Frame: frame, Prompts: prompts(w.List("words.playground." + s.Role)),
		})
	}
	p.steps(w.List("playground.steps"))
	return p
}

// prompts reads "note: …", "reply: …" and "bot: …" as what is said in a thread.
func prompts(lines []string) []prompt {
	ways := map[string]string{"note": "note", "reply": "customer", "bot": "bot"}
	var all []prompt
	for _, line := range lines {
		p := prompt{Text: line}
		if sign, text, ok := strings.Cut(line, ": "); ok && ways[sign] != "" {
			p = prompt{ways[sign], text}
		}
		all = append(all, p)
	}
	return all
}

// steps reads lines "role: what to try". What concerns nobody here is left out.
func (p *page) steps(lines []string) {
	for _, line := range lines {
		role, what, _ := strings.Cut(line, ": ")
		for i, s := range p.Seats {
			if s.Role == role {
				p.Steps = append(p.Steps, step{i, s.Name, markup.Parse(what)[0].Spans})
			}
		}
	}
}

// speaks is the language that is asked for, else the browser's first that we
// have.
func speaks(words *locale.Catalog, r *http.Request) string {
	for tag := range strings.SplitSeq(r.FormValue("lang")+","+r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		if lang, ok := words.Match(tag); ok {
			return lang
		}
	}
	return ""
}

func file(name, mime string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		body, err := files.ReadFile(name)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", mime)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body)
	})
}
