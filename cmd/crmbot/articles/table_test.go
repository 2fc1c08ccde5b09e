package articles

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"crmbot/bot/knowledge"
	"crmbot/bot/locale"
	"crmbot/crm"
)

var catalogs = sync.OnceValues(locale.Load)

func options(t testing.TB) Options {
	t.Helper()
	catalog, err := catalogs()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Catalog: catalog, Language: "zh-CN"}
}

// put writes a file into a folder of the test.
func put(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// said are findings as somebody reads them.
func said(t testing.TB, f Findings) string {
	t.Helper()
	var b strings.Builder
	for _, found := range f.All {
		fmt.Fprintln(&b, found.In(options(t).Catalog.Words("en")))
	}
	if f.More > 0 {
		fmt.Fprintln(&b, "more", f.More)
	}
	return b.String()
}

func encoded(t testing.TB, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSpreadsheetsAreUnderstood(t *testing.T) {
	chinese := "问题,答案,标签\n起订量是多少？,1吨,订购、数量\n可以退货吗,七天内可以,\n"
	moq := &crm.Article{Slug: knowledge.Slug("起订量是多少？"), Language: "zh-CN", Title: "起订量是多少？", Body: "1吨", Tags: []string{"订购", "数量"}}
	returns := &crm.Article{Slug: knowledge.Slug("可以退货吗"), Language: "zh-CN", Title: "可以退货吗", Body: "七天内可以"}
	both := []*crm.Article{moq, returns}
	full := []*crm.Article{{
		Slug: "moq", Language: "en", Title: "Smallest order?", Phrasings: []string{"how little", "moq"}, Tags: []string{"order", "size"},
		Body: "One bag.\nThat is 25 kg.", Status: crm.ArticleDraft,
	}}
	for _, c := range []struct {
		name, file, text string
		want             []*crm.Article
	}{
		{"two columns", "a.csv", "question,answer\nWhat is the MOQ?,One bag\n", []*crm.Article{{Slug: knowledge.Slug("What is the MOQ"), Language: "en", Title: "What is the MOQ?", Body: "One bag"}}},
		{"UTF-8", "a.csv", chinese, both},
		{"UTF-8 with a mark", "a.csv", "\ufeff" + chinese, both},
		{"GBK", "a.csv", encoded(t, simplifiedchinese.GBK, chinese), both},
		{"GB18030", "a.csv", encoded(t, simplifiedchinese.GB18030, strings.Replace(chinese, "1吨", "1吨𠮷", 1)), []*crm.Article{{Slug: moq.Slug, Language: "zh-CN", Title: moq.Title, Body: "1吨𠮷", Tags: moq.Tags}, returns}},
		{"UTF-16, little end first", "a.txt", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(chinese, ",", "\t")), both},
		{"UTF-16, big end first", "a.csv", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), chinese), both},
		{"UTF-16 without a mark", "a.csv", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), chinese), both},
		{"UTF-16 without a mark, big end first", "a.csv", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), chinese), both},
		{"semicolons", "a.csv", strings.ReplaceAll(chinese, ",", ";"), both},
		{"tabs", "a.tsv", strings.ReplaceAll(chinese, ",", "\t"), both},
		{"Excel's first line", "a.csv", "sep=;\r\n" + strings.ReplaceAll(chinese, ",", ";"), both},
		{"lines of an old Mac", "a.csv", strings.ReplaceAll(chinese, "\n", "\r"), both},
		{"lines of an old Mac in GBK", "a.csv", encoded(t, simplifiedchinese.GBK, strings.ReplaceAll(chinese, "\n", "\r")), both},
		{"Windows lines", "a.csv", strings.ReplaceAll(chinese, "\n", "\r\n"), both},
		{"empty lines", "a.csv", "\n\n,,\n" + strings.ReplaceAll(chinese, "\n", "\n,,\n"), both},
		{"rows without their last cells", "a.csv", "问题,答案,标签\n起订量是多少？,1吨,订购、数量\n可以退货吗,七天内可以\n", both},
		{
			"all columns in another order", "a.csv",
			"Status,Answer,Tags,Phrasings,Title,Language,Slug\ndraft,\"One bag.\r\nThat is 25 kg.\",\"order, size\",how little;moq,Smallest  order?,English,moq\n", full,
		},
		{"phrasings on lines", "a.csv", "状态,答案,标签,问法,标题,语言,编号\n草稿,\"One bag.\nThat is 25 kg.\",order|size,\"how little\nmoq\n\",Smallest order?,英文,moq\n", full},
		{"a comma in a phrasing", "a.csv", "question,answer,phrasings\nA?,B,\"one, two; three | four，五；六\"\n", []*crm.Article{{
			Slug: knowledge.Slug("A?"), Language: "en", Title: "A?", Body: "B", Phrasings: []string{"one, two", "three", "four，五", "六"},
		}}},
		{"a quote before a formula", "a.csv", "question,answer\nA sum?,'=1+1\nA quote?,'tis\n", []*crm.Article{
			{Slug: knowledge.Slug("A sum?"), Language: "en", Title: "A sum?", Body: "=1+1"},
			{Slug: knowledge.Slug("A quote?"), Language: "en", Title: "A quote?", Body: "'tis"},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Load([]string{put(t, c.file, c.text)}, options(t))
			if b.Wrong.Any() || b.Notes.Any() {
				t.Fatalf("wrong: %s notes: %s", said(t, b.Wrong), said(t, b.Notes))
			}
			var got []*crm.Article
			for _, e := range b.Entries {
				tidy(e.Article)
				got = append(got, e.Article)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// book makes a workbook; a cell that begins with "=" is a formula.
func book(t testing.TB, sheets map[string][][]any, order ...string) string {
	t.Helper()
	f := excelize.NewFile()
	for i, name := range order {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				t.Fatal(err)
			}
		} else if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for r, row := range sheets[name] {
			if err := f.SetSheetRow(name, fmt.Sprint("A", r+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "faq.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWorkbooksAreUnderstood(t *testing.T) {
	path := book(t, map[string][][]any{
		"常见问题":  {{}, {"编号", "问题", "答案", "备注"}, {1, "起订量是多少？", "1吨", "老王确认"}, {}, {2.5, "多久到货？", 3, nil}},
		"Notes": {{"things to do"}},
		"Extra": {{"question", "answer"}, {"Is it halal?", "Yes: '=certified'"}},
		"Empty": nil,
	}, "常见问题", "Notes", "Extra", "Empty")
	b := Load([]string{path}, options(t))
	if b.Wrong.Any() {
		t.Fatal(said(t, b.Wrong))
	}
	want := []*Entry{
		{At: Place{File: "faq.xlsx", Sheet: "常见问题", Line: 3}, Article: &crm.Article{Slug: "1", Language: "zh-CN", Title: "起订量是多少？", Body: "1吨"}},
		{At: Place{File: "faq.xlsx", Sheet: "常见问题", Line: 5}, Article: &crm.Article{Slug: "2.5", Language: "zh-CN", Title: "多久到货？", Body: "3"}},
		{At: Place{File: "faq.xlsx", Sheet: "Extra", Line: 2}, Unnamed: true, Article: &crm.Article{Slug: knowledge.Slug("Is it halal"), Language: "en", Title: "Is it halal?", Body: "Yes: '=certified'"}},
	}
	for _, e := range b.Entries {
		tidy(e.Article)
	}
	if diff := cmp.Diff(want, b.Entries); diff != "" {
		t.Error(diff)
	}
	if got := said(t, b.Notes); !strings.Contains(got, "备注") || !strings.Contains(got, "Notes") || strings.Contains(got, "Empty") {
		t.Errorf("notes %q", got)
	}
}

// Windows-1252 is neither, and would become Chinese by chance.
var western = charmap.Windows1252

func TestMistakesHaveTheirLines(t *testing.T) {
	gbk := encoded(t, simplifiedchinese.GBK, "可以退货吗,七天内可以\n")
	for _, c := range []struct {
		name, file, text string
		want             []string // one line each
	}{
		{"empty", "a.csv", "", []string{"a.csv: there is no article in it"}},
		{"a header alone", "a.csv", "question,answer\n", []string{"a.csv: there is no article in it"}},
		{"no header", "a.csv", "How much?,Ten.\n", []string{"a.csv line 1: the first row names no column for this, as one of: question,", "a.csv line 1: the first row names no column for this, as one of: answer,"}},
		{"no answer column", "a.csv", "\nquestion,slug\nA?,B\n", []string{"a.csv line 2: the first row names no column for this, as one of: answer,"}},
		{"a column twice", "a.csv", "question,title,answer\nA?,B,C\n", []string{"a.csv line 1: question and title"}},
		{"empty cells", "a.csv", "question,answer\n,Ten.\nHow much?,\n", []string{"a.csv line 2: the question", "a.csv line 3: the answer"}},
		{"an odd status", "a.csv", "question,answer,status\nA?,B,maybe\n", []string{"a.csv line 2: status maybe"}},
		{"an odd language", "a.csv", "question,answer,language\nA?,B,Klingon\n", []string{"a.csv line 2: the language Klingon is none of en, zh-CN"}},
		{"a failed formula", "a.csv", "question,answer,remark\nA?,B,#REF!\nC?,#N/A,\n", []string{"a.csv line 3: a formula failed here: #N/A"}},
		{"a quote left open", "a.csv", "question,answer\n\"A?,B\nC?,D\n", []string{"a.csv line 2: the quotes do not match (until line 3)"}},
		{"a quote inside", "a.csv", "question,answer\nA?,B \"b\" b\nC?,\"D\" d\nE?,\"\nF\"\n,G\n", []string{
			"a.csv line 2: the quotes", "a.csv line 3: the quotes", "a.csv line 6: the question",
		}},
		{"a comma without quotes", "a.csv", "question,answer,remark\nA?,Yes,,,\nB?,Yes, we do, and more\n", []string{"a.csv line 3: more cells than the first row names: and more."}},
		{"below cells of several lines", "a.csv", "question,answer\n\n\"A?\",\"1\n2\n\n3\"\n,B\n\nC?,\n", []string{"a.csv line 7, row 4: the question", "a.csv line 9, row 6: the answer"}},
		{"after a broken quote", "a.csv", "question,answer\nA?,\"1\n2\nB?,C \"c\" d\n,E\n", []string{"a.csv line 2: the quotes do not match (until line 4)", "a.csv line 5: the question"}},
		{"zero bytes", "a.csv", "question,answer\nA?,B\nC?,\x00D\n", []string{"a.csv line 3: there is a zero byte"}},
		{"nothing but zeros", "a.csv", strings.Repeat("\x00", 2*mostRow), []string{"a.csv line 1: there is a zero byte"}},
		{"a picture", "a.csv", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", []string{"a.csv line 3: there is a zero byte", "a.csv line 4: there is a zero byte"}},
		{"one line in GBK", "a.csv", "question,answer\n起订量,1吨\n退货,可以\n" + gbk, []string{"a.csv line 4: this line is GBK, the rest is UTF-8"}},
		{"one line in UTF-8", "a.csv", encoded(t, simplifiedchinese.GBK, "问题,答案\n") + gbk + "起订量,1吨\n" + gbk, []string{"a.csv line 3: this line is UTF-8, the rest is GBK"}},
		{"another encoding", "a.csv", "question,answer\n" + encoded(t, western, "Où est Müller,Café déjà près\n"), []string{"a.csv line 2: characters that are neither"}},
		{"half a character", "a.csv", "问题,答案\n起订量,1\xe5\x90\n", []string{"a.csv line 2: characters that are neither"}},
		{"half a character of UTF-16", "a.csv", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "question,answer\nA,") + "\x00\xd8\n\x00", []string{"a.csv line 2: characters that are neither"}},
		{"too long a title", "a.csv", "question,answer\n" + strings.Repeat("A", 201) + ",B\n", []string{"a.csv line 2: That is too long. At most 200"}},
		{"too long an answer", "a.csv", "question,answer\nA?," + strings.Repeat("B", 10_001) + "\n", []string{"a.csv line 2: That is too long. At most 10000"}},
		{"a line without end", "a.csv", "question,answer\nA?," + strings.Repeat("B", mostRow), []string{"a.csv line 2: from here on"}},
		{"a quote open for megabytes", "a.csv", "question,answer\nA?,\"" + strings.Repeat("B\n", 3*mostRow), []string{"a.csv line 2: from here on"}},
		{"an old workbook", "a.xls", "\xd0\xcf\x11\xe0", []string{"a.xls: must be a folder, or end in .md"}},
		{"no workbook", "a.xlsx", "question,answer\n", []string{"a.xlsx: no workbook that can be read"}},
		{"not there", "", "", []string{"nowhere.csv: cannot be read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := "nowhere.csv"
			if c.file != "" {
				path = put(t, c.file, c.text)
			}
			b := Load([]string{path}, options(t))
			got := strings.Split(strings.TrimSpace(said(t, b.Wrong)), "\n")
			if len(got) != len(c.want) {
				t.Fatalf("told %q, want %q", got, c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("told %q, want %q", got[i], want)
				}
			}
		})
	}
}

// TestControlCharactersAreLeftOut: what would reach the terminals and chats of
// people, whatever holds it.
func TestControlCharactersAreLeftOut(t *testing.T) {
	for _, c := range []struct{ name, file, text, notes string }{
		{"a title", "a.csv", "question,answer\nA?,B\nC\x1b[2J?,D\n", "a.csv line 3: control"},
		{"an answer", "a.csv", "question,answer\nA?,B\x07\u009b1m\n", "a.csv line 2: control"},
		{"lists", "a.csv", "question,answer,phrasings,tags\nA?,B,c\x1b|d,e\x7f\n", "a.csv line 2: control"},
		{"a remark of theirs", "a.csv", "question,answer,remark\nA?,B,\x1b\n", "a.csv line 1: columns"},
		{"ends of lines and tabs", "a.csv", "question,answer\r\nA?,\"B\tb\r\n\r\nC\"\r\n", ""},
		{"Markdown", "a.en.md", "---\ntitle: A\n---\nB\n\nC\x1b[31m\n", "a.en.md line 6: control"},
		{"a name of YAML's", "a.en.md", "---\ntitle: \"A\\e[2J\"\n---\nB\n", "a.en.md line 1: control"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Load([]string{put(t, c.file, c.text)}, options(t))
			if b.Wrong.Any() || len(b.Entries) == 0 {
				t.Fatalf("%d articles, told %q", len(b.Entries), said(t, b.Wrong))
			}
			if got := said(t, b.Notes); !strings.HasPrefix(got, c.notes) || c.notes == "" && got != "" {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
			for _, e := range b.Entries {
				a := e.Article
				if text := a.Slug + a.Title + a.Body + strings.Join(a.Phrasings, "") + strings.Join(a.Tags, ""); controlIn(text) >= 0 {
					t.Errorf("holds %q", text)
				}
			}
		})
	}
	for _, c := range []struct{ file, text string }{
		{"a.en.md", "---\ntitle: A\nstatus: \"\\e[2Jx\"\n---\nB\n"},
		{"a.en.md", "---\n\x1b[2J: A\n---\nB\n"},
		{"a.csv", "question,answer,language\nA?,B,\x1b[2JKlingon\n"},
		{"a\x1b[2J.csv", "question,answer\nA?,\n"},
	} {
		b := Load([]string{put(t, c.file, c.text)}, options(t))
		if got := said(t, b.Wrong); got == "" || controlIn(got) >= 0 {
			t.Errorf("%q: told %q", c.text, got)
		}
	}
}

func TestMistakesAreCountedAfterTheFiftieth(t *testing.T) {
	text := "question,answer\n" + strings.Repeat("A?,\n", 77)
	b := Load([]string{put(t, "a.csv", text)}, options(t))
	if len(b.Wrong.All) != 50 || b.Wrong.More != 27 {
		t.Errorf("%d told, %d more", len(b.Wrong.All), b.Wrong.More)
	}
	gbk := encoded(t, simplifiedchinese.GBK, "退货吗,可以\n")
	b = Load([]string{put(t, "a.csv", strings.Repeat("退货吗,可以\n", 100)+strings.Repeat(gbk, 77))}, options(t))
	if len(b.Wrong.All) != 50 || b.Wrong.More != 27 {
		t.Errorf("%d mixed lines told, %d more", len(b.Wrong.All), b.Wrong.More)
	}
}

var columnRow = regexp.MustCompile("(?m)^\\| ([^\\s`]+) · ([^\\s`]+) \\| ")

// TestTheColumnsOfTheREADMEAreUnderstood, in both languages.
func TestTheColumnsOfTheREADMEAreUnderstood(t *testing.T) {
	o := options(t)
	for _, page := range []string{"../../../README.md", "../../../README.zh-CN.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]bool{}
		for _, m := range columnRow.FindAllStringSubmatch(string(text), -1) {
			one := o.field(m[1])
			told[one] = true
			if one == "" || one != o.field(m[2]) {
				t.Errorf("%s: %s and %s are not the same column", page, m[1], m[2])
			}
		}
		for _, field := range columns {
			if !told[field] {
				t.Errorf("%s does not tell of %s", page, field)
			}
		}
	}
}
