// Package pinyin writes Chinese names in Latin letters without tones, so that
// who types "zhang" finds 张伟, and 王小虎 gets the handle wang.xiaohu.
package pinyin

import (
	"strings"
	"unicode"
)

// Of is the syllable of each Chinese character of a text, in small letters:
// 张伟 is [zhang wei]. Everything else is left out.
func Of(text string) []string {
	var out []string
	for _, r := range text {
		if s := Syllable(r); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Handle is a name as people write it in an address: the family name, a dot,
// the given name. It is "" for a text that is no Chinese name.
func Handle(name string) string {
	for _, r := range name {
		if !unicode.Is(unicode.Han, r) {
			return ""
		}
	}
	all := Of(name)
	if len(all) < 2 || len(all) > 4 {
		return ""
	}
	return all[0] + "." + strings.Join(all[1:], "")
}
