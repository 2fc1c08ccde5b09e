package telegram

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"crmbot/bot"
)

// content is what a message says in words.
func (m *message) content() string {
	switch {
	case m.Text != "":
		return linked(m.Text, m.Entities)
	case m.Caption != "":
		return linked(m.Caption, m.CaptionEntities)
	case m.Sticker != nil:
		return m.Sticker.Emoji
	case m.Dice != nil:
		return m.Dice.Emoji
	case m.Contact != nil:
		return strings.TrimSpace(fullName(m.Contact.FirstName, m.Contact.LastName) + " " + m.Contact.Phone)
	case m.Venue != nil:
		return m.Venue.Title + "\n" + m.Venue.Address
	case m.Location != nil:
		return fmt.Sprintf("%.6f, %.6f", m.Location.Latitude, m.Location.Longitude)
	case m.Poll != nil:
		return list(m.Poll.Question, m.Poll.Options)
	case m.Checklist != nil:
		return list(m.Checklist.Title, m.Checklist.Tasks)
	case m.Rich != nil:
		return m.Rich.text()
	}
	return ""
}

// linked is a text with the addresses that lie behind its words put after them.
// Telegram counts places in UTF-16 units; one that is not in the text is left
// out.
func linked(text string, entities []entity) string {
	var links []entity
	for _, e := range entities {
		if e.Type == "text_link" && e.URL != "" && e.Offset >= 0 && e.Length > 0 {
			links = append(links, e)
		}
	}
	if len(links) == 0 {
		return text
	}
	slices.SortStableFunc(links, func(x, y entity) int { return x.end() - y.end() })
	units := utf16.Encode([]rune(text))
	var out []uint16
	done := 0
	for _, l := range links {
		if l.Offset > len(units) || l.Length > len(units)-l.Offset {
			continue
		}
		if label := string(utf16.Decode(units[l.Offset:l.end()])); strings.Contains(l.URL, strings.TrimSpace(label)) {
			continue // it says where it leads
		}
		out = append(out, units[done:l.end()]...)
		out = append(out, utf16.Encode([]rune(" ("+l.URL+")"))...)
		done = l.end()
	}
	return string(utf16.Decode(append(out, units[done:]...)))
}

// names says whether a message mentions somebody who has no name to type.
func (m *message) names(id int64) bool {
	means := func(e entity) bool { return e.Type == "text_mention" && e.User != nil && e.User.ID == id }
	return slices.ContainsFunc(m.Entities, means) || slices.ContainsFunc(m.CaptionEntities, means)
}

// named are the others whom a message calls by name, each once: by their id
// where Telegram tells it, else as it was typed.
func (m *message) named(id int64, us *self) []bot.SenderID {
	if len(m.Entities)+len(m.CaptionEntities) == 0 {
		return nil
	}
	var all []bot.SenderID
	text := utf16.Encode([]rune(first(m.Text, m.Caption)))
	for _, e := range append(slices.Clone(m.Entities), m.CaptionEntities...) {
		who := ""
		switch {
		case e.Type == "text_mention" && e.User != nil && e.User.ID != id:
			who = number(e.User.ID)
		case e.Type == "mention" && e.Offset >= 0 && e.Length > 1 && e.Offset < len(text) && e.Length <= len(text)-e.Offset:
			who = bot.Clean(string(utf16.Decode(text[e.Offset:e.end()])))
		}
		if who != "" && !us.is(strings.TrimPrefix(who, "@")) && !slices.Contains(all, bot.SenderID(who)) {
			all = append(all, bot.SenderID(who))
		}
	}
	return all
}

// first is the first of two texts that is not empty.
func first(text, other string) string {
	if text != "" {
		return text
	}
	return other
}

// text is what the blocks say, a line for each.
func (r *rich) text() string {
	var lines []string
	for _, raw := range r.Blocks {
		var block any
		if json.Unmarshal(raw, &block) == nil {
			if line := said(block, false); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return strings.Join(lines, "\n")
}

// said collects the texts in a block: a string is one where a text belongs.
func said(v any, isText bool) string {
	var b strings.Builder
	switch v := v.(type) {
	case string:
		if isText {
			return v
		}
	case []any:
		for _, x := range v {
			b.WriteString(said(x, isText))
		}
	case map[string]any:
		b.WriteString(said(v["text"], true))
		for _, nested := range []string{"blocks", "items", "cells", "caption"} {
			b.WriteString(said(v[nested], false))
		}
	}
	return b.String()
}

func list(title string, items []labelled) string {
	lines := []string{title}
	for _, item := range items {
		lines = append(lines, "- "+item.Text)
	}
	return strings.Join(lines, "\n")
}

func (m *message) files() []bot.File {
	if n := len(m.Photo); n > 0 {
		best := m.Photo[n-1] // Telegram lists the sizes from small to large
		return []bot.File{{MIME: "image/jpeg", Size: best.Size, Native: best.ID}}
	}
	for _, f := range []*file{m.LivePhoto, m.Animation, m.Document, m.Video, m.VideoNote, m.Audio, m.Voice, m.Sticker} {
		if f != nil && f.ID != "" {
			return []bot.File{{Name: bot.Clean(f.Name), MIME: bot.Clean(f.MIME), Size: f.Size, Native: f.ID}}
		}
	}
	return nil
}

func sender(u user, c chat) bot.Sender {
	s := bot.Sender{ID: bot.SenderID(number(u.ID)), Name: fullName(u.FirstName, u.LastName), Language: bot.Clean(u.Language)}
	if s.Name == "" {
		s.Name = bot.Clean(u.Username)
	}
	if c.private() {
		s.Chat = bot.ChatID(number(c.ID))
	}
	return s
}

func fullName(first, last string) string {
	return bot.Clean(strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last)))
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func unix(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
