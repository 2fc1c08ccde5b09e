package articles

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// spelling is how the bytes of a file stand for characters.
type spelling struct {
	name    string            // as people call it
	decoder encoding.Encoding // nil is UTF-8
}

var (
	inUTF8  = spelling{name: "UTF-8"}
	inGBK   = spelling{"GBK", simplifiedchinese.GB18030}
	inUTF16 = spelling{"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)}
	// Without a mark in front, as some programs write it.
	inUTF16Little = spelling{"UTF-16", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	inUTF16Big    = spelling{"UTF-16", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
)

// inUnits finds out from the beginning of a file whether it is UTF-16: from the
// mark, else from the zero half of each comma and each Latin letter; few other
// characters have one.
func inUnits(head []byte) (spelling, bool) {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return inUTF16, true
	}
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i%2]++
		}
	}
	switch {
	case zero[1] > 1 && zero[1] > 4*zero[0]:
		return inUTF16Little, true
	case zero[0] > 1 && zero[0] > 4*zero[1]:
		return inUTF16Big, true
	}
	return inUTF8, false
}

// reader reads the characters, without a mark in front of them.
func (s spelling) reader(r io.Reader) io.Reader {
	if s.decoder != nil {
		return s.decoder.NewDecoder().Reader(r)
	}
	b := bufio.NewReader(r)
	if head, _ := b.Peek(3); bytes.Equal(head, []byte("\ufeff")) {
		_, _ = b.Discard(3) // they are in the buffer
	}
	return b
}

// spellingOf finds out how a file is written. Spreadsheets save CSV as UTF-8,
// as UTF-16, or in China as GBK (which GB18030 contains); only the bytes tell.
// What is none of them, or several at once, is said line by line.
func spellingOf(r io.Reader, file string, wrong *Findings) (spelling, error) {
	b := bufio.NewReader(r)
	head, _ := b.Peek(1 << 10)
	if wide, is := inUnits(head); is {
		return wide, nil
	}
	b = bufio.NewReaderSize(&plainLines{r: b}, mostRow)
	var c census
	for n := 1; ; n++ {
		text, err := b.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) && bytes.IndexByte(text, 0) < 0 {
			wrong.Say(Place{File: file, Line: n}, "import.row_long", "max", mostRow>>10)
			return inUTF8, nil
		}
		if bytes.IndexByte(text, 0) >= 0 {
			wrong.Say(Place{File: file, Line: n}, "import.nul")
		} else {
			c.count(text, n)
		}
		switch {
		case err == nil:
		case !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
			return inUTF8, err
		case wrong.Any(): // not a text, so its letters tell nothing
			return inUTF8, nil
		default:
			return c.verdict(file, wrong), nil
		}
	}
}

// census counts the lines of a file by how they can be read.
type census struct {
	wide  numbers // UTF-8 with characters of three bytes or more: Chinese is
	gbk   numbers // not UTF-8, but GBK
	bad   numbers // neither
	pairs int     // characters of two bytes in gbk
	low   int     // of those whose second byte is a letter: in Chinese few are
}

// numbers are the first of some lines, and how many there are.
type numbers struct {
	first []int
	n     int
}

func (l *numbers) add(n int) {
	if l.n++; len(l.first) < shown {
		l.first = append(l.first, n)
	}
}

func (c *census) count(text []byte, n int) {
	if utf8.Valid(text) {
		if slices.ContainsFunc([]rune(string(text)), func(r rune) bool { return utf8.RuneLen(r) > 2 && r != '\ufeff' }) {
			c.wide.add(n)
		}
		return
	}
	pairs, low, ok := inPairs(text)
	if !ok {
		c.bad.add(n)
		return
	}
	c.gbk.add(n)
	c.pairs += pairs
	c.low += low
}

// inPairs counts the characters of a line of GB18030.
func inPairs(text []byte) (pairs, low int, ok bool) {
	for i := 0; i < len(text); {
		switch b := text[i]; {
		case b < 0x80:
			i++
			continue
		case b == 0x80 || b == 0xff || i+1 == len(text):
			return 0, 0, false
		}
		switch b := text[i+1]; {
		case b >= 0x30 && b <= 0x39:
			if i+3 >= len(text) || text[i+2] < 0x81 || text[i+2] > 0xfe || text[i+3] < 0x30 || text[i+3] > 0x39 {
				return 0, 0, false
			}
			i += 4
		case b >= 0x40 && b <= 0xfe && b != 0x7f:
			if pairs++; b < 0x80 {
				low++
			}
			i += 2
		default:
			return 0, 0, false
		}
	}
	return pairs, low, true
}

// verdict names the spelling, and the lines that are in another one.
func (c *census) verdict(file string, wrong *Findings) spelling {
	tell := func(l numbers, key string, pairs ...any) {
		for _, n := range l.first {
			wrong.Say(Place{File: file, Line: n}, key, pairs...)
		}
		wrong.More += l.n - len(l.first)
	}
	tell(c.bad, "import.unreadable")
	switch {
	case c.gbk.n == 0:
		return inUTF8
	case c.wide.n == 0 && c.low*2 < c.pairs:
		return inGBK
	case c.wide.n == 0: // letters with accents of some other encoding
		tell(c.gbk, "import.unreadable")
	case c.wide.n >= c.gbk.n:
		tell(c.gbk, "import.mixed", "here", inGBK.name, "else", inUTF8.name)
	default:
		tell(c.wide, "import.mixed", "here", inUTF8.name, "else", inGBK.name)
	}
	return inUTF8
}
