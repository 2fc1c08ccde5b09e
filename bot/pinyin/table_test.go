package pinyin_test

import (
	"encoding/binary"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	dictionary "github.com/mozillazg/go-pinyin"

	"crmbot/bot/pinyin"
)

// sounds is what the dictionary says of every Chinese character in it.
func sounds() map[rune]string {
	all, args := map[rune]string{}, dictionary.NewArgs()
	for r := range dictionary.PinyinDict {
		if found := dictionary.SinglePinyin(rune(r), args); len(found) > 0 && unicode.Is(unicode.Han, rune(r)) {
			all[rune(r)] = strings.ReplaceAll(found[0], "ü", "v")
		}
	}
	return all
}

// TestTable: our table says what the dictionary says, of every character there
// is. CRMBOT_UPDATE=1 writes it anew.
func TestTable(t *testing.T) {
	all := sounds()
	if os.Getenv("CRMBOT_UPDATE") != "" {
		write(t, all)
		t.Skip("written; run it again")
	}
	if len(all) < 40_000 {
		t.Fatalf("the dictionary has %d characters", len(all))
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if have := pinyin.Syllable(r); have != all[r] {
			t.Fatalf("%q is %q, want %q", r, have, all[r])
		}
	}
}

func write(t *testing.T, all map[rune]string) {
	t.Helper()
	const first = 0x3000
	characters := slices.Sorted(maps.Keys(all))
	syllables := slices.Compact(slices.Sorted(maps.Values(all)))
	var table []byte
	for r := rune(first); r <= characters[len(characters)-1]; r++ {
		table = binary.BigEndian.AppendUint16(table, uint16(slices.Index(syllables, all[r])+1))
	}
	for name, data := range map[string][]byte{"table.bin": table, "syllables.txt": []byte(strings.Join(syllables, " ") + "\n")} {
		if err := os.WriteFile(name, data, 0o644); err != nil { //nolint:gosec // part of the program's text
			t.Fatal(err)
		}
	}
}
