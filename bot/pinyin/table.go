package pinyin

import (
	_ "embed"
	"strings"
)

// first is where the Chinese characters begin.
const first = 0x3000

// table is two bytes for every character from first on, the higher one first:
// the place of its syllable among the syllables, counted from 1, and 0 for what
// is no Chinese character or sounds in a way that nobody knows. It is read where
// it lies; as a map it would take megabytes. CRMBOT_UPDATE=1 go test writes it
// anew.
//
//go:embed table.bin
var table string

//go:embed syllables.txt
var spelled string

// syllables are all that there are.
var syllables = strings.Fields(spelled)

// Syllable is how a Chinese character sounds most often, in small letters
// without its tone, with v for ü: zhang for 张. It is "" for everything else.
func Syllable(r rune) string {
	at := 2 * (int(r) - first)
	if at < 0 || at >= len(table) {
		return ""
	}
	place := int(table[at])<<8 | int(table[at+1])
	if place == 0 {
		return ""
	}
	return syllables[place-1]
}
