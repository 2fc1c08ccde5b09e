package console

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"crmbot/bot"
	"crmbot/bot/markup"
)

// Render writes a reply as lines of plain text, with columns under each other
// in Chinese too. Nothing in it can steer the terminal.
func Render(r *bot.Reply) string {
	if r == nil {
		return ""
	}
	p := &printer{}
	if r.Toast != "" {
		p.text("", "("+r.Toast+")")
	}
	if r.Text != "" {
		p.text("", r.Text)
	}
	for _, c := range r.Cards {
		p.card(c)
	}
	if r.Table != nil {
		p.table(*r.Table)
	}
	for _, f := range r.Files {
		p.line("", "<"+f.Name+">")
	}
	p.buttons("", r.Buttons)
	return p.String()
}

// printer writes lines and numbers the buttons.
type printer struct {
	strings.Builder
	pressed int
}

// line writes plain text.
func (p *printer) line(before, s string) {
	p.WriteString(strings.TrimRight(before+safe(s), " ") + "\n")
}

// text writes markup.
func (p *printer) text(before, s string) {
	for l := range strings.SplitSeq(markup.Plain(s), "\n") {
		p.line(before, l)
	}
}

// card draws a line down its left side.
func (p *printer) card(c bot.Card) {
	const edge = "│ "
	p.line("┌ ", c.Title)
	if c.Subtitle != "" {
		p.line(edge, c.Subtitle)
	}
	widest := 0
	for _, f := range c.Fields {
		widest = max(widest, columns(f.Name))
	}
	for _, f := range c.Fields {
		p.line(edge, pad(f.Name, widest)+"  "+f.Value)
	}
	if c.Text != "" {
		p.text(edge, c.Text)
	}
	p.buttons(edge, c.Buttons)
	p.line("└", "")
}

// table writes columns: numbers to the right, words to the left.
func (p *printer) table(t bot.Table) {
	all := append([][]string{t.Header}, t.Rows...)
	var wide []int
	for _, row := range all {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], columns(cell))
		}
	}
	for n, row := range all {
		cells := make([]string, len(row))
		for i, cell := range row {
			if numbers(t.Rows, i) {
				cells[i] = strings.Repeat(" ", wide[i]-columns(cell)) + cell
			} else {
				cells[i] = pad(cell, wide[i])
			}
		}
		p.line("", strings.Join(cells, "  "))
		if n == 0 {
			for i := range cells {
				cells[i] = strings.Repeat("─", wide[i])
			}
			p.line("", strings.Join(cells, "  "))
		}
	}
}

// buttons writes "[1] Yes  [2] No", and links under them.
func (p *printer) buttons(before string, all []bot.Button) {
	var row []string
	for _, b := range pressable(all) {
		p.pressed++
		row = append(row, fmt.Sprintf("[%d] %s", p.pressed, b.Label))
	}
	if len(row) > 0 {
		p.line(before, strings.Join(row, "  "))
	}
	for _, b := range all {
		if b.URL != "" {
			p.line(before, b.Label+" "+b.URL)
		}
	}
}

// numbers says whether all cells of a column begin with a digit, perhaps after
// a sign or currency.
func numbers(rows [][]string, column int) bool {
	return len(rows) > 0 && !slices.ContainsFunc(rows, func(row []string) bool {
		if column >= len(row) || row[column] == "" {
			return false
		}
		cell := strings.TrimLeftFunc(row[column], func(r rune) bool { return unicode.Is(unicode.Sc, r) || r == '-' || r == '+' })
		return cell == "" || cell[0] < '0' || cell[0] > '9'
	})
}

func pad(s string, to int) string { return s + strings.Repeat(" ", max(0, to-columns(s))) }

// columns is how many columns of a terminal a text takes: a Chinese character
// takes two.
func columns(s string) int {
	n := 0
	for _, r := range safe(s) {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// safe drops what would move the cursor or change colours.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
