package markup

import "strings"

// Parse reads markup. It never fails, and takes time in proportion to the
// length.
func Parse(s string) Doc {
	doc := make(Doc, 0, strings.Count(s, "\n")+1)
	p := parser{room: make([]Span, 0, cap(doc)+min(marks(s), marksMost))}
	for line := range strings.SplitSeq(s, "\n") {
		rest, item := strings.CutPrefix(line, "- ")
		doc = append(doc, Line{Item: item, Spans: p.read(rest)})
	}
	return doc
}

// marks is how many spans the lines of a text may have besides one each: two for
// a construct and what stands behind it.
func marks(s string) int {
	return strings.Count(s, "**") + strings.Count(s, "_") + strings.Count(s, "`") + 2*strings.Count(s, "](")
}

// marksMost is for how many of them there is room from the start.
const marksMost = 16

// parser reads one line after the other. open is the stack of constructs that
// have begun; the spans of the line itself are those of open[0].
type parser struct {
	line   string
	at     int
	room   []Span // empty: where the spans of the next line go
	open   []opened
	noCode bool // no backtick follows that could close one
}

// opened is a construct that waits for its end; mark is how it began, to be
// put back as text if the end never comes.
type opened struct {
	kind  SpanKind
	mark  string
	spans []Span
	words string // text after the spans, while it is one piece
	more  []byte // the same, once it is several
}

// add appends a span that is not words.
func (o *opened) add(s Span) {
	o.flush()
	o.spans = append(o.spans, s)
}

// flush makes the words so far a span.
func (o *opened) flush() {
	text := o.words
	if o.more != nil {
		text = string(o.more)
	}
	if text != "" {
		o.spans = append(o.spans, Span{Text: text})
	}
	o.words, o.more = "", nil
}

// empty says whether nothing stands in the construct yet.
func (o *opened) empty() bool { return len(o.spans) == 0 && o.words == "" && len(o.more) == 0 }

// read makes spans of a line.
func (p *parser) read(line string) []Span {
	if line == "" {
		return nil
	}
	if !strings.ContainsAny(line, begins) {
		return p.settle(append(p.room, Span{Text: line}))
	}
	p.line, p.at, p.noCode = line, 0, false
	if p.open == nil {
		p.open = make([]opened, 0, 2)
	}
	p.open = append(p.open[:0], opened{spans: p.room})
	for p.at < len(line) {
		p.step()
	}
	for len(p.open) > 1 {
		p.giveUp()
	}
	p.top().flush()
	return p.settle(p.open[0].spans)
}

// settle returns the spans of a line, which stand in the room or in a larger one:
// those of the next line go behind them.
func (p *parser) settle(spans []Span) []Span {
	n := len(spans)
	p.room = spans[n:]
	return spans[:n:n]
}

// step reads what stands at the current place.
func (p *parser) step() {
	rest := p.line[p.at:]
	switch {
	case ordinary(rest):
		p.text(rest[1:2], 2)
	case strings.HasPrefix(rest, "**"):
		p.toggle(Strong, "**", true, true)
	case rest[0] == '_':
		p.toggle(Slant, "_", !wordBefore(p.line, p.at) && !p.spaceAt(p.at+1), !wordAfter(p.line, p.at+1) && !p.spaceAt(p.at-1))
	case rest[0] == '`':
		p.code()
	case rest[0] == '[':
		if p.depth(Anchor) > 0 {
			p.text("[", 1)
			return
		}
		p.open = append(p.open, opened{kind: Anchor, mark: "["})
		p.at++
	case strings.HasPrefix(rest, "]("):
		p.link()
	default:
		n := strings.IndexAny(rest[1:], "\\*_`[]") + 1
		if n == 0 {
			n = len(rest)
		}
		p.text(rest[:n], n)
	}
}

// text adds plain text to the innermost construct and moves on by n bytes.
func (p *parser) text(s string, n int) {
	p.at += n
	top := p.top()
	switch {
	case top.more != nil:
		top.more = append(top.more, s...)
	case top.words == "":
		top.words = s
	default:
		top.more = append(append(make([]byte, 0, 2*(len(top.words)+len(s))), top.words...), s...)
	}
}

// top is the innermost construct.
func (p *parser) top() *opened { return &p.open[len(p.open)-1] }

// pop takes the innermost construct off the stack.
func (p *parser) pop() opened {
	top := *p.top()
	top.flush()
	p.open = p.open[:len(p.open)-1]
	return top
}

// toggle ends the construct if one is open and may end here, else begins one.
func (p *parser) toggle(kind SpanKind, mark string, mayOpen, mayClose bool) {
	at := p.depth(kind)
	switch {
	case at > 0 && mayClose && (len(p.open)-1 > at || !p.open[at].empty()):
		for len(p.open)-1 > at {
			p.giveUp()
		}
		p.at += len(mark)
		p.close("")
	case at == 0 && mayOpen:
		p.open = append(p.open, opened{kind: kind, mark: mark})
		p.at += len(mark)
	default:
		p.text(mark, len(mark))
	}
}

// depth is where on the stack a construct of the kind is open, 0 if none is.
func (p *parser) depth(kind SpanKind) int {
	for i := len(p.open) - 1; i > 0; i-- {
		if p.open[i].kind == kind {
			return i
		}
	}
	return 0
}

// close ends the innermost construct.
func (p *parser) close(url string) {
	done := p.pop()
	p.top().add(Span{Kind: done.kind, URL: url, Spans: done.spans})
}

// giveUp makes the innermost construct the text it was typed as.
func (p *parser) giveUp() {
	failed := p.pop()
	p.text(failed.mark, 0)
	for _, s := range failed.spans {
		if s.Kind == Words {
			p.text(s.Text, 0)
			continue
		}
		p.top().add(s)
	}
}

// code reads `…`.
func (p *parser) code() {
	if from := p.at + 1; !p.noCode && from < len(p.line) && p.line[from] != '`' { // "``" is no code
		if end := ending(p.line[from:], '`'); end >= 0 {
			p.at = from + end + 1
			p.top().add(Span{Kind: Mono, Text: unescaped(p.line[from : from+end])})
			return
		}
		p.noCode = true
	}
	p.text("`", 1)
}

// ending is where a character stands that no backslash makes ordinary, -1 if it
// does not.
func ending(s string, mark byte) int {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == mark:
			return i
		case ordinary(s[i:]):
			i++
		}
	}
	return -1
}

// ordinary says whether a text begins with a special character that a backslash
// makes ordinary.
func ordinary(s string) bool {
	return len(s) > 1 && s[0] == '\\' && strings.IndexByte(special, s[1]) >= 0
}

// unescaped is a text without those backslashes.
func unescaped(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if ordinary(s[i:]) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// maxURL bounds how far the end of an address is looked for.
const maxURL = 2048

// link ends a label if a fit address follows.
func (p *parser) link() {
	at := p.depth(Anchor)
	if at == 0 || len(p.open)-1 == at && p.open[at].empty() {
		p.text("]", 1)
		return
	}
	url, end := p.address(p.at + 2)
	if !allowed(url) { // no link: its bracket is not open for another one
		for len(p.open) > at {
			p.giveUp()
		}
		p.text("]", 1)
		return
	}
	for len(p.open)-1 > at {
		p.giveUp()
	}
	p.at = end
	p.close(url)
}

// address reads up to the closing parenthesis. It returns "" if there is none.
func (p *parser) address(from int) (url string, end int) {
	rest := p.line[from:min(from+maxURL, len(p.line))]
	n := ending(rest, ')')
	if n < 0 || strings.IndexByte(rest[:n], ' ') >= 0 {
		return "", 0
	}
	return unescaped(rest[:n]), from + n + 1
}

func (p *parser) spaceAt(i int) bool {
	return i < 0 || i >= len(p.line) || p.line[i] == ' '
}
