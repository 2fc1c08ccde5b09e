package grammar

import "unicode/utf8"

// The characters of the table lie within a plane of these.
const (
	firstSimple = '㐀'
	lastSimple  = '鿿'
)

// simple turns the characters of traditional into those of simplified, and some
// that stand for the same word in a greeting; 0 is for those that stay.
var simple = func() (all [lastSimple - firstSimple + 1]uint16) {
	to := simplified
	for _, from := range traditional {
		r, size := utf8.DecodeRuneInString(to)
		all[from-firstSimple], to = uint16(r), to[size:]
	}
	all['妳'-firstSimple], all['嘜'-firstSimple] = '你', '吗'
	return all
}()

// simpler is the simplified form of a character behind another one. A few are
// written in other characters where greetings are typed in dialect: 哈囉, 甚麼.
func simpler(s string, r, before rune) rune {
	switch {
	case r < firstSimple || r > lastSimple:
		return r
	case r == '囉' && before == '哈':
		return '喽'
	case r == '甚':
		if next, _ := utf8.DecodeRuneInString(s); next == '麼' || next == '么' {
			return '什'
		}
		return r
	}
	if other := simple[r-firstSimple]; other != 0 {
		return rune(other)
	}
	return r
}

// Simplified writes the traditional characters of a text in their simplified
// form, so that both are compared alike. The text keeps its length in bytes.
func Simplified(s string) string {
	if !farEast(s) {
		return s
	}
	var b []byte
	before := rune(0)
	for i, r := range s {
		n := utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, n = utf8.DecodeRuneInString(s[i:])
		}
		other := simpler(s[i+n:], r, before)
		if b == nil && (other != r || r == utf8.RuneError && n == 1) {
			b = append(make([]byte, 0, len(s)), s[:i]...)
		}
		if b != nil {
			b = utf8.AppendRune(b, other)
		}
		before = r
	}
	if b == nil {
		return s
	}
	return string(b)
}

// farEast says whether a text may have characters of the table: they all take
// three bytes and more, of which the first is at least 0xE3.
func farEast(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xe3 {
			return true
		}
	}
	return false
}
