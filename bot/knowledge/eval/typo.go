package eval

import (
	"math/rand/v2"
	"slices"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"crmbot/bot/pinyin"
)

// slips returns what makes a slip in every question, or none.
func slips(o Options) func(string) string {
	if !o.Typos {
		return func(text string) string { return text }
	}
	chance := rand.New(rand.NewPCG(o.Seed, 0x7970)) //nolint:gosec // slips, no secrets
	return func(text string) string { return slip(text, chance) }
}

// shortest is how many letters a word has in which somebody slips.
const shortest = 4

// slip makes one slip of the pen: in an English word a letter that is swapped,
// dropped, doubled or replaced, or for a Chinese character one that sounds the
// same but for its tone. A text with neither stays as it is.
func slip(text string, chance *rand.Rand) string {
	runes := []rune(text)
	var spots [][2]int // from, to: a word, or a character
	for i := 0; i < len(runes); i++ {
		if len(homophones()[runes[i]]) > 0 {
			spots = append(spots, [2]int{i, i + 1})
			continue
		}
		from := i
		for i < len(runes) && latin(runes[i]) {
			i++
		}
		if i-from >= shortest {
			spots = append(spots, [2]int{from, i})
		}
		if i > from {
			i--
		}
	}
	if len(spots) == 0 {
		return text
	}
	spot := spots[chance.IntN(len(spots))]
	if same := homophones()[runes[spot[0]]]; len(same) > 0 {
		runes[spot[0]] = same[chance.IntN(len(same))]
		return string(runes)
	}
	at := spot[0] + 1 + chance.IntN(spot[1]-spot[0]-1) // not the first letter
	switch chance.IntN(4) {
	case 0:
		if runes[at-1] != runes[at] {
			runes[at-1], runes[at] = runes[at], runes[at-1]
			break
		}
		fallthrough
	case 1:
		runes = slices.Delete(runes, at, at+1)
	case 2:
		runes = slices.Insert(runes, at, runes[at])
	default:
		other := 'a' + rune(chance.IntN(25))
		if other >= runes[at]|0x20 {
			other++
		}
		runes[at] = other
	}
	return string(runes)
}

func latin(r rune) bool { return r < utf8.RuneSelf && (r|0x20) >= 'a' && (r|0x20) <= 'z' }

// homophones are, for each of the common Chinese characters (the first level of
// GB 2312), the others that sound the same but for the tone.
var homophones = sync.OnceValue(func() map[rune][]rune {
	sounds := map[string][]rune{}
	decoder := simplifiedchinese.GBK.NewDecoder()
	for row := byte(0xb0); row <= 0xd7; row++ {
		for cell := byte(0xa1); cell <= 0xfe; cell++ {
			text, err := decoder.Bytes([]byte{row, cell})
			r, _ := utf8.DecodeRune(text)
			if err != nil || r == utf8.RuneError {
				continue
			}
			if sound := pinyin.Syllable(r); sound != "" {
				sounds[sound] = append(sounds[sound], r)
			}
		}
	}
	out := map[rune][]rune{}
	for _, same := range sounds {
		for _, r := range same {
			out[r] = slices.DeleteFunc(slices.Clone(same), func(other rune) bool { return other == r })
		}
	}
	return out
})
