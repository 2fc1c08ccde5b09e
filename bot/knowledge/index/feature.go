package index

import (
	"strings"
	"unicode/utf8"

	"github.com/kljensen/snowball/english"

	"crmbot/bot/pinyin"
)

// kind is one of the ways to look at a text.
type kind uint8

const (
	words  kind = iota // stems and pairs of them, with the ends of the text
	parts              // 2 to 4 characters in a row of a word, with its ends
	han                // Han characters and pairs of them
	sounds             // their syllables without tones, and pairs of them
	kinds
)

// feature is one thing seen in a text, named by a hash: with 64 bits a
// collision within a knowledge base is not to be expected, and would be the
// same on every machine.
type feature struct {
	hash uint64
	kind kind
	term bool // counted by BM25
	pair bool // of words or characters
	mark bool // counts for how alike texts are
	// common says that it is a word, or part of one, that everybody uses
	// whatever he talks about. Where the documents do not know it, it is not
	// missed.
	common bool
}

// factor is what the feature tells is multiplied with.
func (f feature) factor() float32 {
	switch {
	case f.common:
		return commonWeight
	case f.pair && f.kind == words:
		return pairWeight
	}
	return 1
}

const (
	basis = 14695981039346656037
	prime = 1099511628211
)

// step adds a character to a running FNV-1a hash.
func step(h uint64, r rune) uint64 { return (h ^ uint64(r)) * prime }

// finish spreads a running hash over all bits, apart by kind.
func finish(h uint64, k kind) uint64 {
	h += uint64(k+1) * 0x9e3779b97f4a7c15
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	return h ^ h>>31
}

// pair is the hash of two in a row.
func pair(a, b uint64) uint64 { return (a*prime ^ b) * prime }

// What is beside a word that has no other beside it: the beginning of the text,
// its end, or Han characters.
const (
	opening = 0x5bd1e995
	closing = 0x2c1b3c6d
	between = 0x1b873593
)

// features appends those of a normal text, in its order, the same one as often
// as it occurs.
func features(dst []feature, text []byte) []feature {
	before, sound, last := uint64(opening), uint64(0), rune(0)
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		switch {
		case r == ' ':
			i++
			continue
		case n > 1 && isHan(r):
			dst, sound = characters(dst, last, r, sound)
			before, last, i = between, r, i+n
			continue
		}
		end := i + n
		for end < len(text) && text[end] != ' ' {
			r, n := utf8.DecodeRune(text[end:])
			if n > 1 && isHan(r) {
				break
			}
			end += n
		}
		word := text[i:end]
		plain := string(word)
		h, common := uint64(basis), english.IsStopWord(plain)
		for _, b := range []byte(english.Stem(plain, false)) {
			h = step(h, rune(b))
		}
		dst = append(dst, feature{hash: finish(h, words), kind: words, term: true, mark: true, common: common},
			feature{hash: finish(pair(before, h), words), kind: words, term: true, pair: true, mark: true})
		before = h
		dst = grams(dst, word, common)
		sound, last, i = 0, 0, end
	}
	if before != opening && before != between {
		dst = append(dst, feature{hash: finish(pair(before, closing), words), kind: words, term: true, pair: true, mark: true})
	}
	return dst
}

// particles are Han characters that say little by themselves.
const particles = "的了吗呢吧啊呀嘛我你您他她它们是在有和跟就都也还要会能可以这那个么什怎哪如何请问想把被给对从到上下里得地着过很"

// characters appends what a Han character shows after last, 0 for none.
func characters(dst []feature, last, r rune, sound uint64) ([]feature, uint64) {
	h, common := step(basis, r), strings.ContainsRune(particles, r)
	dst = append(dst, feature{hash: finish(h, han), kind: han, term: true, mark: true, common: common})
	if last != 0 {
		dst = append(dst, feature{hash: finish(step(step(basis, last), r), han), kind: han, term: true, pair: true, mark: true})
	}
	s := syllable(r)
	dst = append(dst, feature{hash: finish(s, sounds), kind: sounds, mark: true, common: common})
	if sound != 0 {
		dst = append(dst, feature{hash: finish(pair(sound, s), sounds), kind: sounds, pair: true, mark: true})
	}
	return dst, s
}

// longestPart is how many characters a part of a word has at most. A fifth gains
// nothing and costs a fifth more.
const longestPart = 4

// grams appends the 2 to 4 characters in a row of a word between its ends.
func grams(dst []feature, word []byte, common bool) []feature {
	for i := -1; i < len(word); {
		h, at, size := uint64(basis), i, 0
		for n := 1; n <= longestPart && at <= len(word); n++ {
			switch {
			case at < 0 || at == len(word):
				h, at = step(h, '_'), at+1
			default:
				r, wide := utf8.DecodeRune(word[at:])
				h, at = step(h, r), at+wide
			}
			if n == 1 {
				size = at - i
			} else {
				dst = append(dst, feature{hash: finish(h, parts), kind: parts, mark: n == 3, common: common})
			}
		}
		i += size
	}
	return dst
}

// syllable is the hash of how a Han character sounds most often, without tone,
// or of the character where nobody knows.
func syllable(r rune) uint64 {
	h := uint64(basis)
	for _, c := range pinyin.Syllable(r) {
		h = step(h, c)
	}
	if h == basis {
		return step(h, r)
	}
	return h
}
