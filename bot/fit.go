package bot

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/bot/markup"
)

// Fit makes of a Reply the messages that a platform can show, in order. What
// the Features do not have becomes text: a card its title and lines, a table
// its Lines, files their names, buttons a numbered list where there are none, or
// Reply.Numbers (Options says which number means what; nothing else is added).
// Text longer than Features.Text is cut between lines, sentences or words, never
// within a link or other construct; measure is the adapter's. The last message with
// words carries the buttons, the first one what the Reply says about its place.
// Buttons beyond Features.Buttons are left out, labels are cut to
// Features.Label. Each file is a message of its own, behind the words; a single
// one goes with the words if they fit into Features.Caption.
//
// It is pure and adds no words. An empty Reply gives no message.
func Fit(r *Reply, f Features, measure func(markup string) int) []*Reply {
	if r.Empty() {
		return nil
	}
	if measure == nil {
		unit := f.Text.Unit
		measure = func(text string) int { return unit.Length(markup.Plain(text)) }
	}
	t := &fitting{features: f, measure: measure}
	t.cards(r)
	t.table(r.Table)
	t.files(r.Files)
	t.buttons(r)
	t.attach()
	t.finish(r)
	return t.pieces
}

// Options are the buttons of a Reply that do something, in the order in which
// Fit numbers them where a platform has none: those of the cards, then its
// own.
func Options(r *Reply) []Button {
	var out []Button
	for _, b := range allButtons(r) {
		if b.Action != "" {
			out = append(out, b)
		}
	}
	return out
}

// Numbered is the list in which Fit names the Options where a platform has no
// buttons, with the links, or Reply.Numbers in its place; "" where a Reply has
// no Options.
func Numbered(r *Reply) string {
	if len(Options(r)) == 0 {
		return ""
	}
	return listed(r)
}

// listed is what names the buttons where there are none.
func listed(r *Reply) string {
	if r.Numbers != "" {
		return r.Numbers
	}
	return numbered(allButtons(r))
}

// Unnumbered is a text that ends with such a list, with only the links of it.
func Unnumbered(text, list string) string {
	words, found := strings.CutSuffix(text, list)
	if !found || list == "" {
		return text
	}
	lines := []string{strings.TrimRight(words, "\n")}
	for _, line := range strings.Split(list, "\n") {
		if strings.HasPrefix(line, "[") {
			lines = append(lines, line)
		}
	}
	return strings.TrimLeft(strings.Join(lines, "\n"), "\n")
}

func allButtons(r *Reply) []Button {
	if len(r.Cards) == 0 {
		return r.Buttons
	}
	var out []Button
	for _, c := range r.Cards {
		out = append(out, named(c, r.Cards)...)
	}
	return append(out, r.Buttons...)
}

// fitting is one run of Fit. The last piece is the one being filled; text is
// what belongs to it and has not been cut yet.
type fitting struct {
	features Features
	measure  func(string) int
	pieces   []*Reply
	text     []string // blocks, with an empty line between them
	attached []File
	spoken   int // the last piece with words
}

// fits says whether a platform takes a text.
func (t *fitting) fits(text string) bool {
	return t.features.Text.Max <= 0 || t.measure(text) <= t.features.Text.Max
}

// say adds a block of text.
func (t *fitting) say(block string) {
	if block = strings.Trim(block, "\n"); strings.TrimSpace(block) != "" {
		t.text = append(t.text, block)
	}
}

// flush cuts the text so far into pieces.
func (t *fitting) flush() {
	if len(t.text) == 0 {
		return
	}
	text := strings.Join(t.text, "\n\n")
	t.text = nil
	if text == strings.TrimSpace(text) && t.fits(text) { // as nearly every one does: it stays as it is
		t.pieces = append(t.pieces, &Reply{Text: text})
		return
	}
	for _, part := range cut(markup.Parse(text), t.fits) {
		t.pieces = append(t.pieces, &Reply{Text: part})
	}
}

// last is the piece being filled, a new one if there is none.
func (t *fitting) last() *Reply {
	t.flush()
	if len(t.pieces) == 0 {
		t.pieces = append(t.pieces, &Reply{})
	}
	return t.pieces[len(t.pieces)-1]
}

// cards adds the text and the cards, drawn or as lines.
func (t *fitting) cards(r *Reply) {
	t.say(r.Text)
	for _, c := range r.Cards {
		if t.features.Buttons == 0 || !t.features.Cards {
			c.Buttons = nil
		}
		lines := cardText(c)
		if !t.features.Cards || !t.fits(lines) {
			t.say(lines)
			continue
		}
		t.flush()
		t.drawn(lines, func(p *Reply) { p.Cards = append(p.Cards, c) })
	}
}

// drawn adds something that is drawn beside the text of a piece, in a new one
// if both together are too long. Its size is taken to be that of its lines.
func (t *fitting) drawn(lines string, add func(*Reply)) {
	p := t.last()
	if whole := pieceText(p); whole != "" && !t.fits(whole+"\n\n"+lines) {
		p = &Reply{}
		t.pieces = append(t.pieces, p)
	}
	add(p)
}

// table adds a table, drawn or as its lines.
func (t *fitting) table(table *Table) {
	if table == nil {
		return
	}
	lines := tableText(table)
	if cells := cellsText(table); t.features.Tables && t.fits(cells) {
		t.drawn(cells, func(p *Reply) { p.Table = table })
		return
	}
	t.say(lines)
}

// files adds a piece for each file, or their names where there are none. A
// single file takes a text that is short enough with it.
func (t *fitting) files(files []File) {
	if len(files) == 0 {
		return
	}
	if !t.features.Files {
		var names []string
		for _, f := range files {
			names = append(names, "📎 "+markup.Escape(f.Name))
		}
		t.say(strings.Join(names, "\n"))
		return
	}
	t.attached = files
}

// attach adds the files behind everything else: what has buttons is the text.
func (t *fitting) attach() {
	t.flush()
	t.spoken = max(len(t.pieces)-1, 0)
	if n := len(t.pieces); n > 0 && len(t.attached) == 1 && t.captions(t.pieces[n-1]) {
		t.pieces[n-1].Files = t.attached
		return
	}
	for _, f := range t.attached {
		t.pieces = append(t.pieces, &Reply{Files: []File{f}})
	}
}

// captions says whether a piece is a text that can go with a file.
func (t *fitting) captions(p *Reply) bool {
	limit := t.features.Caption
	if limit.Max <= 0 || len(p.Cards) > 0 || p.Table != nil {
		return false
	}
	if limit.Unit == t.features.Text.Unit {
		return t.measure(p.Text) <= limit.Max
	}
	return limit.Unit.Length(markup.Plain(p.Text)) <= limit.Max
}

// buttons adds the buttons to the last piece, or numbers them.
func (t *fitting) buttons(r *Reply) {
	if t.features.Buttons == 0 {
		t.say(listed(r))
		t.flush()
		return
	}
	t.flush()
	left, all := t.features.Buttons, r.Buttons
	var told []Button // of cards that were not drawn
	for _, c := range r.Cards {
		if !t.drawnCard(c) {
			told = append(told, named(c, r.Cards)...)
		}
	}
	if told != nil {
		all = append(told, r.Buttons...)
	}
	for _, p := range t.pieces {
		for i := range p.Cards {
			room := min(left, max(t.features.Buttons-len(all), 0)) // the reply's own come first
			p.Cards[i].Buttons = t.labelled(p.Cards[i].Buttons[:min(len(p.Cards[i].Buttons), room)])
			left -= len(p.Cards[i].Buttons)
		}
	}
	if len(all) > 0 {
		t.last().Buttons = t.labelled(all[:min(len(all), max(left, 0))])
	}
}

// drawnCard says whether a card was drawn rather than told in lines.
func (t *fitting) drawnCard(c Card) bool {
	return t.features.Cards && t.fits(cardText(c))
}

// named are the buttons of a card apart from it: if another card has one of
// the same label, the label begins with the card's first word, its reference.
func named(c Card, cards []Card) []Button {
	count := map[string]int{}
	for _, x := range cards {
		for _, b := range x.Buttons {
			count[b.Label]++
		}
	}
	first, _, _ := strings.Cut(c.Title, " ")
	out := make([]Button, len(c.Buttons))
	for i, b := range c.Buttons {
		if count[b.Label] > 1 && first != "" {
			b.Label = first + " " + b.Label
		}
		out[i] = b
	}
	return out
}

func (t *fitting) labelled(buttons []Button) []Button {
	out := make([]Button, 0, len(buttons))
	for _, b := range buttons {
		b.Label = t.features.Label.Cut(b.Label)
		out = append(out, b)
	}
	return out
}

// numbered is the list of options in place of buttons; links stand by
// themselves, for they need no answer.
func numbered(buttons []Button) string {
	var lines []string
	n := 0
	for _, b := range buttons {
		if b.Action == "" {
			lines = append(lines, string(markup.Link(b.Label, b.URL)))
			continue
		}
		n++
		lines = append(lines, strconv.Itoa(n)+". "+markup.Escape(b.Label))
	}
	return strings.Join(lines, "\n")
}

// finish gives the pieces what the Reply says about its place.
func (t *fitting) finish(r *Reply) {
	t.flush()
	if len(t.pieces) == 0 && r.Toast == "" {
		return
	}
	t.last()
	first := t.pieces[0]
	first.Quote, first.Replace, first.Toast = r.Quote, r.Replace, r.Toast
	for _, p := range t.pieces {
		p.V, p.Private, p.Share, p.Voice = r.V, r.Private, r.Share, r.Voice
	}
	t.pieces[t.spoken].Asks = r.Asks
	if t.features.Contact {
		t.pieces[t.spoken].AskContact = t.features.Label.Cut(r.AskContact)
	}
}

// pieceText is all of a piece as text, to be measured.
func pieceText(p *Reply) string {
	parts := []string{}
	if p.Text != "" {
		parts = append(parts, p.Text)
	}
	for _, c := range p.Cards {
		parts = append(parts, cardText(c))
	}
	if p.Table != nil {
		parts = append(parts, cellsText(p.Table))
	}
	return strings.Join(parts, "\n\n")
}

// cardText is a card as lines: a bold title, and a line for each field.
func cardText(c Card) string {
	var lines []string
	if c.Title != "" {
		lines = append(lines, string(markup.Bold(c.Title)))
	}
	if c.Subtitle != "" {
		lines = append(lines, markup.Escape(c.Subtitle))
	}
	for _, f := range c.Fields {
		lines = append(lines, markup.Escape(f.Name+colon(f.Name)+f.Value))
	}
	if c.Text != "" {
		lines = append(lines, c.Text)
	}
	return strings.Join(lines, "\n")
}

// colon is the colon that the script of a word is written with.
func colon(word string) string {
	if last, _ := utf8.DecodeLastRuneInString(word); unicode.Is(unicode.Han, last) {
		return "："
	}
	return ": "
}

// tableText is a table as the lines its author wrote for that, or its cells.
func tableText(t *Table) string {
	if len(t.Lines) == 0 {
		return cellsText(t)
	}
	var lines []string
	for _, l := range t.Lines {
		lines = append(lines, markup.Escape(l))
	}
	return strings.Join(lines, "\n")
}

// cellsText is every cell of a table, a line for each row.
func cellsText(t *Table) string {
	var lines []string
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		if len(row) > 0 {
			lines = append(lines, markup.Escape(strings.Join(row, " · ")))
		}
	}
	return strings.Join(lines, "\n")
}
