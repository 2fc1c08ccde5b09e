package slack

import (
	"strings"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

// table adds columns of text. One that is too wide for that becomes lines.
func (p *page) table(t *bot.Table) {
	const fence = "```"
	lines := columns(t)
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(escape.Replace(line), fence, "'''")
	}
	if wide(lines) {
		p.text(literal(strings.Join(joined(t), "\n")))
		return
	}
	p.flush()
	for len(lines) > 0 {
		n, size := 0, 2*len(fence)+1
		for n < len(lines) && size+length(lines[n])+1 <= sectionLimit {
			size += length(lines[n]) + 1
			n++
		}
		text := fence + "\n" + strings.Join(lines[:n], "\n") + "\n" + fence
		p.blocks = append(p.blocks, slack.NewSectionBlock(slack.NewTextBlockObject(slack.MarkdownType, text, false, true), nil, nil))
		lines = lines[n:]
	}
}

// wide says whether lines are more than a message has room for.
func wide(lines []string) bool {
	total := 0
	for _, line := range lines {
		if total += length(line) + 1; length(line) > lineLimit || total > tableLimit {
			return true
		}
	}
	return false
}

// joined are the rows of a table with a dot between the cells.
func joined(t *bot.Table) []string {
	var lines []string
	for _, row := range rowsOf(t) {
		lines = append(lines, strings.Join(row, " · "))
	}
	return lines
}

// rowsOf are the rows of a table, the header first, each cell on one line.
func rowsOf(t *bot.Table) [][]string {
	var rows [][]string
	for _, row := range append([][]string{t.Header}, t.Rows...) {
		var tidy []string
		for _, cell := range row {
			tidy = append(tidy, strings.Join(strings.Fields(cell), " "))
		}
		if len(tidy) > 0 {
			rows = append(rows, tidy)
		}
	}
	return rows
}

// columns are the lines of a table in a type of even width.
func columns(t *bot.Table) []string {
	rows := rowsOf(t)
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], bot.Cells(cell))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-bot.Cells(cell)+2))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}
