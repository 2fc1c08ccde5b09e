package markup

import "strings"

// Parse reads markup. It never fails, and takes time in proportion to the
// length.
func Parse(s string) Doc {
	p := parser{}
	doc := make(Doc, 0, strings.Count(s, "\n")+1)
	for line := range strings.SplitSeq(s, "\n") {
		rest, item := strings.CutPrefix(line, "- ")
		doc = append(doc, Line{Item: item, Spans: p.read(rest)})
	}
	return doc
}

// parser reads one line after the other. open is the stack of constructs that
// have begun; the spans of the line itself are those of open[0].
type parser struct {
	line   string
	at     int
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
	if !strings.ContainsAny(line, "\\*_`[") {
		return []Span{{Text: line}}
	}
	p.line, p.at, p.noCode = line, 0, false
	p.open = append(p.open[:0], opened{spans: make([]Span, 0, 4)})
	for p.at < len(line) {
		p.step()
	}
	for len(p.open) > 1 {
		p.giveUp()
	}
	p.top().flush()
	return p.open[0].spans
}

// step reads what stands at the current place.
func (p *parser) step() {
	rest := p.line[p.at:]
	switch {
	case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte(special, rest[1]) >= 0:
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
	var text strings.Builder
	if !p.noCode {
		for i := p.at + 1; i < len(p.line); i++ {
			c := p.line[i]
			if c == '`' && text.Len() > 0 {
				p.at = i + 1
				p.top().add(Span{Kind: Mono, Text: text.String()})
				return
			}
			if c == '`' {
				break // "``" is no code
			}
			if c == '\\' && i+1 < len(p.line) && strings.IndexByte(special, p.line[i+1]) >= 0 {
				i++
			}
			text.WriteByte(p.line[i])
		}
		p.noCode = text.Len() > 0
	}
	p.text("`", 1)
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
	var b strings.Builder
	for i := from; i < len(p.line) && i-from < maxURL; i++ {
		c := p.line[i]
		switch {
		case c == ')':
			return b.String(), i + 1
		case c == ' ':
			return "", 0
		case c == '\\' && i+1 < len(p.line) && strings.IndexByte(special, p.line[i+1]) >= 0:
			i++
			c = p.line[i]
		}
		b.WriteByte(c)
	}
	return "", 0
}

func (p *parser) spaceAt(i int) bool {
	return i < 0 || i >= len(p.line) || p.line[i] == ' '
}
