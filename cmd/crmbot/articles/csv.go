package articles

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"crmbot/bot/locale"
	"crmbot/crm"
)

// delimiters are what may stand between the cells of a row.
var delimiters = []rune{',', ';', '\t'}

// csv reads a file of rows. It goes through it twice: once to see how its
// bytes are to be read, once to read them. No more than a row is held at a
// time, beside the articles.
func (b *Batch) csv(f io.ReadSeeker, at Place, o Options) error {
	spelt, err := spellingOf(f, at.File, &b.Wrong)
	if err != nil || b.Wrong.Any() {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	gate := &gate{r: &plainLines{r: spelt.reader(f)}, left: 2 * mostRow}
	text := bufio.NewReaderSize(gate, mostRow)
	t := &table{options: o, batch: b, strict: true, quotes: true, odd: spelt.decoder != nil}
	skipped, comma := t.dialect(text)
	r := csv.NewReader(text)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	headed, next, row := false, 1+skipped, skipped
	uncounted := false // a spreadsheet has other rows from a broken one on
	for {
		gate.left = 2 * mostRow
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			if !headed {
				b.Wrong.Say(Place{File: at.File}, "import.empty")
			}
			return nil
		}
		if bad, is := errors.AsType[*csv.ParseError](err); is {
			at.Line, at.Row = bad.StartLine+skipped, 0
			b.Wrong.Say(at, "import.quotes", "line", bad.Line+skipped)
			uncounted = true
			if b.Wrong.full() || errors.Is(bad.Err, errLong) {
				return nil
			}
			continue
		} else if errors.Is(err, errLong) {
			at.Line, at.Row = next, 0
			b.Wrong.Say(at, "import.row_long", "max", mostRow>>10)
			return nil
		} else if err != nil {
			return err
		}
		at.Line, _ = r.FieldPos(0)
		at.Line += skipped
		row += 1 + at.Line - next // empty lines are rows too
		next = at.Line + 1 + strings.Count(strings.Join(cells, ""), "\n")
		if at.Row = row; row == at.Line || uncounted {
			at.Row = 0
		}
		switch {
		case headed:
			if !t.row(cells, at) {
				return nil
			}
		case !blank(cells):
			if headed = t.header(cells, at); !headed {
				return nil
			}
		}
	}
}

// separator is how Excel is told the delimiter, on a line of its own.
var separator = regexp.MustCompile(`^"?sep=(.)"?\r?\n`)

// dialect is what stands between cells: what the file says, else what makes
// most sense of its header. skipped is the number of lines taken off.
func (t *table) dialect(text *bufio.Reader) (skipped int, comma rune) {
	head, _ := text.Peek(mostRow / 16)
	if m := separator.FindSubmatch(head); m != nil {
		if c, _ := utf8.DecodeRune(m[1]); strings.ContainsRune(string(delimiters), c) {
			_, _ = text.Discard(len(m[0])) // it is in the buffer
			return 1, c
		}
	}
	comma, best := delimiters[0], 0
	for _, c := range delimiters {
		r := csv.NewReader(strings.NewReader(string(head)))
		r.Comma, r.FieldsPerRecord = c, -1
		cells, err := r.Read()
		for err == nil && blank(cells) {
			cells, err = r.Read()
		}
		if n := t.options.known(cells); n > best {
			comma, best = c, n
		}
	}
	return 0, comma
}

// plainLines reads lines that end with \n, whatever they ended with: \r\n, or
// \r alone as on old Macs.
type plainLines struct {
	r     io.Reader
	after bool // the last byte was \r
}

func (l *plainLines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	out := p[:0]
	for _, b := range p[:n] {
		if b != '\n' || !l.after {
			out = append(out, b)
		}
		if l.after = b == '\r'; l.after {
			out[len(out)-1] = '\n'
		}
	}
	return len(out), err
}

var errLong = errors.New("a row has no end")

// gate reads no more than left bytes.
type gate struct {
	r    io.Reader
	left int
}

func (g *gate) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, errLong
	}
	n, err := g.r.Read(p[:min(len(p), g.left)])
	g.left -= n
	return n, err
}

// WriteCSV writes articles as a spreadsheet reads them, with a mark in front by
// which it knows UTF-8. The header is in the language of words.
func WriteCSV(to io.Writer, all []*crm.Article, words *locale.Words) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	if err := w.Write(titles(words)); err != nil {
		return err
	}
	for _, a := range sorted(all) {
		row := cells(a)
		for i := range row {
			row[i] = guarded(row[i])
		}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
