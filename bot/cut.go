package bot

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"crmbot/bot/markup"
)

// Length is the length of a text in the unit; runes for "".
func (u Unit) Length(s string) int {
	switch u {
	case Bytes:
		return len(s)
	case UTF16:
		n := 0
		for _, r := range s {
			n += max(utf16.RuneLen(r), 1)
		}
		return n
	}
	return utf8.RuneCountInString(s)
}

// Cells is about how many columns of a type of even width a text takes: what is
// not Latin counts double.
func Cells(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2E7F {
			n++
		}
	}
	return n
}

// Cut shortens a plain text to the limit and ends it with "…" then. It never
// cuts within a character or an emoji.
func (l Limit) Cut(s string) string {
	if l.Max <= 0 || l.Unit.Length(s) <= l.Max {
		return s
	}
	runes := []rune(s)
	n := min(len(runes)-1, l.Max) // no character is shorter than one
	for n > 0 && l.Unit.Length(string(runes[:n])+"…") > l.Max {
		n--
	}
	n = whole(runes, n)
	if short := strings.TrimSpace(string(runes[:n])) + "…"; l.Unit.Length(short) <= l.Max {
		return short
	}
	return ""
}

// cut makes parts of a text that fit, in markup. It cuts between lines, a line
// that is too long between sentences or words, and drops only the white space
// there.
func cut(doc markup.Doc, fits func(string) bool) []string {
	var parts []string
	doc = append(markup.Doc(nil), doc...)
	for len(doc) > 0 {
		if blank(doc[0]) {
			doc = doc[1:]
			continue
		}
		n := longest(doc, fits)
		if n == 0 {
			head, tail := cutLine(doc[0], fits)
			if !blank(head) {
				parts = append(parts, head.String())
			}
			doc[0] = tail
			continue
		}
		part := doc[:n]
		for blank(part[len(part)-1]) {
			part = part[:len(part)-1]
		}
		parts = append(parts, part.String())
		doc = doc[n:]
	}
	return parts
}

// longest is how many lines fit together. It tries twice as many each time,
// then halves, so that the text is not measured anew with every line.
func longest(doc markup.Doc, fits func(string) bool) int {
	low, high := 0, 1 // low lines fit, high do not
	for high <= len(doc) && fits(doc[:high].String()) {
		low, high = high, 2*high
	}
	high = min(high, len(doc)+1)
	for high-low > 1 {
		if middle := (low + high) / 2; fits(doc[:middle].String()) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// blank says whether nothing is to be seen of a line but perhaps its mark.
func blank(l markup.Line) bool { return unseen(l.Spans) }

func unseen(spans []markup.Span) bool {
	for _, s := range spans {
		if s.Kind == markup.Anchor || strings.TrimSpace(s.Text) != "" || !unseen(s.Spans) {
			return false
		}
	}
	return true
}

// cutLine takes as much off the beginning of a line as fits, at least one
// character.
func cutLine(line markup.Line, fits func(string) bool) (head, tail markup.Line) {
	runes := []rune(lineText(line.Spans))
	low, high := 0, len(runes) // the first low characters fit, high do not
	for high-low > 1 {
		middle := (low + high) / 2
		spans, _ := split(line.Spans, middle)
		if fits(markup.Line{Item: line.Item, Spans: spans}.String()) {
			low = middle
		} else {
			high = middle
		}
	}
	at := whole(runes, breakAt(runes, low))
	first, rest := split(line.Spans, at)
	if len(first) == 0 {
		if loose, ok := unlinked(line.Spans); ok { // a link longer than a message
			return cutLine(markup.Line{Item: line.Item, Spans: loose}, fits)
		}
		at = max(low, 1)
		first, rest = split(line.Spans, at)
	}
	return markup.Line{Item: line.Item, Spans: trim(first, false)}, markup.Line{Spans: trim(rest, true)}
}

// lineText is the text that positions in a line count: links by their label.
func lineText(spans []markup.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
		b.WriteString(lineText(s.Spans))
	}
	return b.String()
}

// breakAt finds a good place at or before n: after a sentence, else after a
// comma or space, in the last part of what there is; else n.
func breakAt(runes []rune, n int) int {
	if n >= len(runes) {
		return n
	}
	for _, ends := range []string{"。！？；.!?;", "，、,： "} {
		for i := n; i > n/2; i-- {
			r := runes[i-1]
			if !strings.ContainsRune(ends, r) {
				continue
			}
			if r < unicode.MaxASCII && r != ' ' && runes[i] != ' ' {
				continue // 12.5 and 12,500 stay whole
			}
			return i
		}
	}
	return n
}

// whole moves a place back to where a character with its marks, or an emoji
// made of several, begins.
func whole(runes []rune, n int) int {
	for i := n; i > 0 && i > n-16; i-- {
		if i >= len(runes) || !joins(runes[i-1], runes[i]) {
			return i
		}
	}
	return n
}

// joins says whether b is drawn together with a before it.
func joins(a, b rune) bool {
	const zeroWidthJoiner = '\u200d'
	return a == zeroWidthJoiner || b == zeroWidthJoiner || unicode.IsMark(b) ||
		b >= '\U0001F3FB' && b <= '\U0001F3FF' || isFlag(a) && isFlag(b)
}

func isFlag(r rune) bool { return r >= '\U0001F1E6' && r <= '\U0001F1FF' }

// split cuts spans after n characters. A link is never cut: it goes to the
// side where it begins to be too long.
func split(spans []markup.Span, n int) (head, tail []markup.Span) {
	for i, s := range spans {
		size := utf8.RuneCountInString(s.Text + lineText(s.Spans))
		if size <= n {
			n -= size
			continue
		}
		head = append(head, spans[:i]...)
		if n == 0 || s.Kind == markup.Anchor {
			return head, append(tail, spans[i:]...)
		}
		left, right := s, s
		if len(s.Spans) > 0 {
			left.Spans, right.Spans = split(s.Spans, n)
			if len(left.Spans) == 0 {
				return head, append(tail, spans[i:]...)
			}
		} else {
			runes := []rune(s.Text)
			left.Text, right.Text = string(runes[:n]), string(runes[n:])
		}
		return append(head, left), append(append(tail, right), spans[i+1:]...)
	}
	return spans, nil
}

// trim drops white space at the beginning of spans, or at their end, and the
// constructs that nothing is left of.
func trim(spans []markup.Span, start bool) []markup.Span {
	spans = append([]markup.Span(nil), spans...)
	for len(spans) > 0 {
		i := len(spans) - 1
		if start {
			i = 0
		}
		s := &spans[i]
		switch {
		case s.Kind == markup.Anchor:
			return spans
		case len(s.Spans) > 0:
			s.Spans = trim(s.Spans, start)
		case start:
			s.Text = strings.TrimLeftFunc(s.Text, unicode.IsSpace)
		default:
			s.Text = strings.TrimRightFunc(s.Text, unicode.IsSpace)
		}
		if s.Text != "" || len(s.Spans) > 0 {
			return spans
		}
		spans = append(spans[:i], spans[i+1:]...)
	}
	return nil
}

// unlinked makes the first link among spans the text of its label and address.
func unlinked(spans []markup.Span) ([]markup.Span, bool) {
	out := append([]markup.Span(nil), spans...)
	for i, s := range out {
		if s.Kind == markup.Anchor {
			out[i] = markup.Span{Text: s.Plain()}
			return out, true
		}
		if inner, ok := unlinked(s.Spans); ok {
			out[i].Spans = inner
			return out, true
		}
	}
	return out, false
}
