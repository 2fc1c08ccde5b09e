package articles

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// streamed writes a file of many megabytes without holding it.
func streamed(t testing.TB, name string, write func(w *bufio.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path) //nolint:gosec // in the test's own folder
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestFiftyMegabytesOfRows: reading holds the articles and no more than a few
// rows beside them.
func TestFiftyMegabytesOfRows(t *testing.T) {
	answer := strings.Repeat("很长的答案。", 140) // 2,520 bytes
	path := streamed(t, "big.csv", func(w *bufio.Writer) {
		fmt.Fprint(w, "问题,答案\n")
		for i := range mostRows {
			fmt.Fprintf(w, "问题%d？,%s\n", i, answer)
		}
	})
	info, err := os.Stat(path)
	if err != nil || info.Size() < 50_000_000 {
		t.Fatalf("%d bytes, %v", info.Size(), err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b := Load([]string{path}, options(t))
	runtime.GC()
	runtime.ReadMemStats(&after)
	if b.Wrong.Any() || len(b.Entries) != mostRows {
		t.Fatalf("%d articles, wrong: %s", len(b.Entries), said(t, b.Wrong))
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 2*info.Size() {
		t.Errorf("%d MB are kept of a file of %d MB", kept>>20, info.Size()>>20)
	}
	runtime.KeepAlive(b)
}

// TestMoreThanIsRead ends early, whatever comes after.
func TestMoreThanIsRead(t *testing.T) {
	rows := streamed(t, "rows.csv", func(w *bufio.Writer) {
		fmt.Fprint(w, "question,answer\n")
		for i := range 2_000_000 {
			fmt.Fprintf(w, "Question %d?,Answer\n", i)
		}
	})
	junk := streamed(t, "junk.csv", func(w *bufio.Writer) {
		r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test has one seed
		for range 50 << 17 {
			var eight [8]byte
			for i, n := 0, r.Uint64(); i < 8; i, n = i+1, n>>8 {
				eight[i] = byte(n)
			}
			_, _ = w.Write(eight[:])
		}
	})
	large := streamed(t, "large.csv", func(w *bufio.Writer) {
		for range mostBytes/1024 + 1 {
			_, _ = w.WriteString(strings.Repeat("a,b,c,d\n", 128))
		}
	})
	for path, want := range map[string]string{
		rows: "rows.csv line 20002: more than 20000 rows", junk: "junk.csv line ", large: "large.csv: is larger than 64 MiB",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b := Load([]string{path}, options(t))
		runtime.ReadMemStats(&after)
		if got := said(t, b.Wrong); !strings.HasPrefix(got, want) || len(b.Wrong.All) > shown {
			t.Errorf("%s: told %.300q, want %q", filepath.Base(path), got, want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 150<<20 {
			t.Errorf("%s: %d MB were allocated", filepath.Base(path), n>>20)
		}
	}
}

// swapped is a workbook with other parts: of each the text between the two {}
// is written as often as it says.
func swapped(t testing.TB, parts map[string]string, times int) string {
	t.Helper()
	whole, err := zip.OpenReader(book(t, map[string][][]any{"S": {{"question"}}}, "S"))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	return streamed(t, "bomb.xlsx", func(w *bufio.Writer) {
		z := zip.NewWriter(w)
		for _, f := range whole.File {
			text, ok := parts[f.Name]
			if !ok {
				if err := z.Copy(f); err != nil {
					t.Fatal(err)
				}
				continue
			}
			p, err := z.Create(f.Name)
			if err != nil {
				t.Fatal(err)
			}
			begin, rest, _ := strings.Cut(text, "{}")
			middle, end, _ := strings.Cut(rest, "{}")
			_, _ = io.WriteString(p, begin)
			for range times {
				_, _ = io.WriteString(p, middle)
			}
			_, _ = io.WriteString(p, end)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestBombsDoNotGoOff: small workbooks that would fill the memory are refused
// before they do.
func TestBombsDoNotGoOff(t *testing.T) {
	const (
		open  = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
		end   = `</sheetData></worksheet>`
		texts = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
	)
	long := `<si><t>` + strings.Repeat("A", 32_000) + `</t></si>`
	for _, c := range []struct {
		name, sheet, texts string
		times              int
		want               string
	}{
		{"gigabytes of spaces", open + "{}" + strings.Repeat(" ", 1<<20) + "{}" + end, texts + `</sst>`, 300, "would unpack"},
		{"one text in a million cells", open + `<row r="1">{}<c t="s"><v>0</v></c>{}</row>` + end, texts + long + `</sst>`, 1_000_000, "has more than 256 cells"},
		{"a row far below", open + `{}{}<row r="2147483647"><c t="s"><v>0</v></c></row>` + end, texts + `<si><t>question</t></si></sst>`, 1, "more than 20000 rows"},
		{"a million empty rows", open + `{}<row></row>{}` + end, texts + `</sst>`, 1_100_000, "more than 20000 rows"},
		{"many long texts", open + `<row><c t="s"><v>0</v></c></row>{}{}` + end, texts + `{}` + long + `{}</sst>`, 600, "names no column"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := swapped(t, map[string]string{"xl/worksheets/sheet1.xml": c.sheet, "xl/sharedStrings.xml": c.texts}, c.times)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b := Load([]string{path}, options(t))
			runtime.ReadMemStats(&after)
			if got := said(t, b.Wrong); !strings.Contains(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
			t.Logf("%d MB", (after.TotalAlloc-before.TotalAlloc)>>20)
			if n := after.TotalAlloc - before.TotalAlloc; n > 400<<20 {
				t.Errorf("%d MB were allocated", n>>20)
			}
		})
	}
}

// TestABrokenWorkbookIsNamed breaks one in many places: what is left is read,
// or told, and nothing else happens.
func TestABrokenWorkbookIsNamed(t *testing.T) {
	whole, err := os.ReadFile(book(t, map[string][][]any{"S": {{"question", "answer"}, {"A?", "B"}, {"C?", "=D"}}}, "S"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test has one seed
	for i := range 150 {
		raw := bytes.Clone(whole)
		if i%3 == 0 {
			raw = raw[:r.IntN(len(raw))]
		}
		for range i % 5 {
			if len(raw) > 0 {
				raw[r.IntN(len(raw))] ^= byte(1 << r.IntN(8))
			}
		}
		b := Load([]string{put(t, "a.xlsx", string(raw))}, options(t))
		if !b.Wrong.Any() && len(b.Entries) != 2 {
			t.Errorf("the %d. break: %d articles and nothing wrong", i, len(b.Entries))
		}
	}
}
