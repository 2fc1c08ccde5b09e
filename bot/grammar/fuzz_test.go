package grammar

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"crmbot/crm"
)

// lines are what people type, and what nobody should.
var lines = []string{
	"0小时后", "in 0 hours", "\xfb\xe5\x8d0小时后",
	"", " ", "note LEAD-1: called, wants 20 t, visit Thu 3pm", "跟进 张伟 今天电话,要20吨,周四下午3点拜访", "新线索张伟", "线索1转客户", "商机1 28万",
	`lead new Zhang need="20 t" x='y`, "赢单 商机１", "“”", "：：：", "a=b=c", "\x00\xff\xfe", "线索", "LEAD-", "LEAD-99999999999999999999", "'; DROP TABLE leads; --",
	"\u202eabc\u200b", "👩‍👩‍👧 12万", "28万5千6百", "一二三四五六七八九十百千万亿", "12,345,678,901,234,567", "¥¥¥", "1.2.3.4", "二十八万点五", "HK$", "USD", "¥",
	"下下下周周四四", "明天明天", "25:61", "12月32日", "2026-02-30", "in 999 months", "半", "半小时后", "十月", "Q4Q4", "last 999 days", "..", "3pm3pm", "24:00", "晚上24点", "end of last year", "2月29日", "00-00",
}

func FuzzSplit(f *testing.F) {
	for _, s := range lines {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, tok := range Split(s) {
			if tok.Start < end || tok.End < tok.Start || tok.End > len(s) {
				t.Fatalf("Split(%q): token %+v is out of place", s, tok)
			}
			if !strings.Contains(s[tok.Start:tok.End], tok.Text) {
				t.Fatalf("Split(%q): token %+v is not what was typed", s, tok)
			}
			end = tok.End
		}
	})
}

func FuzzMatch(f *testing.F) {
	for _, s := range lines {
		f.Add(s)
	}
	m := sample()
	f.Fuzz(func(t *testing.T, s string) {
		for _, match := range []func(string) (Match, bool){m.Match, m.MatchColon} {
			got, ok := match(s)
			if !strings.Contains(s, got.Rest) || !strings.Contains(s, got.SubjectName) {
				t.Errorf("Match(%q) made up %+v", s, got)
			}
			if ok && got.Name == "" && got.Kind == "" && got.Subject == (crm.Ref{}) && got.SubjectName == "" {
				t.Errorf("Match(%q) found nothing and says it did", s)
			}
		}
		if n := len(m.Nearest(s, 3)); n > 3 {
			t.Errorf("Nearest(%q) gave %d", s, n)
		}
	})
}

func FuzzMoney(f *testing.F) {
	for _, s := range lines {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := Money(s, "CNY")
		if ok && (got.Minor < 0 || got.Currency == "") {
			t.Errorf("Money(%q) = %v", s, got)
		}
		if LooksLikeMoney(s) && !ok {
			t.Errorf("%q looks like money and is none", s)
		}
		if found, span, ok := FindMoney(s, "CNY"); ok {
			if again, ok := Money(span.Of(s), "CNY"); !ok || again != found {
				t.Errorf("FindMoney(%q) = %v, but %q is %v", s, found, span.Of(s), again)
			}
		}
		_, _ = Phone(s, "CN")
		if _, span, ok := FindPhone(s, "CN"); ok && span.Of(s) == "" {
			t.Errorf("FindPhone(%q) found nothing", s)
		}
	})
}

func FuzzMoment(f *testing.F) {
	for _, s := range lines {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := Moment(s, now); ok && (!got.After(now) || got.Nanosecond() != 0) {
			t.Errorf("Moment(%q) = %v", s, got)
		}
		if got, span, ok := FindMoment(s, now); ok {
			if !got.After(now) || span.Of(s) == "" {
				t.Errorf("FindMoment(%q) = %v at %q", s, got, span.Of(s))
			}
			if again, ok := Moment(span.Of(s), now); utf8.ValidString(s) && (!ok || !again.Equal(got)) {
				t.Errorf("FindMoment(%q) = %v, but %q is %v", s, got, span.Of(s), again)
			}
		}
		if day, ok := Day(s, now); ok {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				t.Errorf("Day(%q) = %q", s, day)
			}
		}
		if from, to, ok := Days(s, now); ok && from > to {
			t.Errorf("Days(%q) = %q to %q", s, from, to)
		}
		if from, to, _, ok := FindDays(s, now); ok && from > to {
			t.Errorf("FindDays(%q) = %q to %q", s, from, to)
		}
	})
}

// TestLongLines gives every function lines that would take for ever if the
// time grew faster than their length.
func TestLongLines(t *testing.T) {
	m := sample()
	for _, part := range []string{
		"a", "1", "一", "万", "线索", "LEAD-1 ", "'", `"a `, "“", ":", "=", "a=", ",", "1,", "下", "¥", "十", " ", "+1 ", "😀", "\xff", "今天",
	} {
		line := strings.Repeat(part, 10_000/len(part)+1)
		for _, s := range []string{line, "跟进 张伟 " + line} {
			m.Match(s)
			m.MatchColon(s)
			m.Nearest(s, 3)
			Split(s)
		}
		Money(line, "CNY")
		Moment(line, now)
		Day(line, now)
		Days(line, now)
		Bare(line)
	}
	for _, part := range []string{"a", "1,", "28万", "3点", "下周", "last ", "1-"} {
		line := strings.Repeat(part, 10_000/len(part)+1)
		FindMoney(line, "CNY")
		FindMoment(line, now)
		FindDays(line, now)
		FindPhone(line, "CN")
	}
}

func BenchmarkMatch(b *testing.B) {
	m := sample()
	for b.Loop() {
		m.Match("跟进 张伟 今天电话,要20吨,周四下午3点拜访")
	}
}

func BenchmarkFindMoment(b *testing.B) {
	for b.Loop() {
		FindMoment("今天电话,客户说价格还可以,要20吨麦芽糖浆,周四下午3点拜访", now)
	}
}
