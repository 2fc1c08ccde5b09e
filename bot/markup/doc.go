package markup

import "strings"

// Doc is parsed markup: its lines from top to bottom. An empty line has no
// spans.
type Doc []Line

// Line is one line. Item is true for lines of a list; their "- " is not among
// the spans.
type Line struct {
	Item  bool
	Spans []Span
}

// SpanKind says what a Span is.
type SpanKind int

// The kinds of span.
const (
	Words  SpanKind = iota // Text
	Strong                 // **…**: Spans
	Slant                  // _…_: Spans
	Mono                   // `…`: Text
	Anchor                 // […](…): Spans are the label, URL the address
)

// Span is a piece of a line. Text is plain, never markup.
type Span struct {
	Kind  SpanKind
	Text  string
	URL   string
	Spans []Span
}

// Plain is the text without the constructs.
func (d Doc) Plain() string {
	var b strings.Builder
	for i, l := range d {
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.Item {
			b.WriteString("- ")
		}
		for _, s := range l.Spans {
			s.plain(&b)
		}
	}
	return b.String()
}

// Plain is the span's text without the constructs.
func (s Span) Plain() string {
	var b strings.Builder
	s.plain(&b)
	return b.String()
}

func (s Span) plain(b *strings.Builder) {
	b.WriteString(s.Text)
	start := b.Len()
	for _, inner := range s.Spans {
		inner.plain(b)
	}
	if s.Kind == Anchor && b.String()[start:] != s.URL {
		b.WriteByte(' ')
		b.WriteString(s.URL)
	}
}

// String is the Doc as markup again: Parse of it gives the same Doc.
func (d Doc) String() string {
	var b strings.Builder
	for i, l := range d {
		if i > 0 {
			b.WriteByte('\n')
		}
		l.markup(&b)
	}
	return b.String()
}

// String is the line as markup.
func (l Line) String() string {
	var b strings.Builder
	l.markup(&b)
	return b.String()
}

func (l Line) markup(b *strings.Builder) {
	if l.Item {
		b.WriteString("- ")
	}
	for i, s := range l.Spans {
		text := Escape(s.Text)
		if s.Kind == Words && (i > 0 || l.Item) && strings.HasPrefix(text, `\- `) {
			text = text[1:] // Escape cannot know that the text does not begin a line
		}
		s.markup(b, text)
	}
}

// markup writes a span whose text is escaped already.
func (s Span) markup(b *strings.Builder, text string) {
	begin, end := "", ""
	switch s.Kind {
	case Strong:
		begin, end = "**", "**"
	case Slant:
		begin, end = "_", "_"
	case Mono:
		begin, end = "`", "`"
	case Anchor:
		begin, end = "[", "]("+escapeURL(s.URL)+")"
	}
	b.WriteString(begin)
	b.WriteString(text)
	for _, x := range s.Spans {
		x.markup(b, Escape(x.Text))
	}
	b.WriteString(end)
}

func escapeURL(url string) string {
	var b strings.Builder
	for _, c := range []byte(url) {
		if strings.IndexByte(special, c) >= 0 && c != '-' && c != '_' && c != '*' {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}
