package grammar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Day reads a whole text as a calendar day in now's zone: "2026-12-20", 12-20,
// 12月20日, 月底, next Friday, Dec 20. A day without a year is the next such
// day; one with a year, or named as past, may be past.
func Day(s string, now time.Time) (string, bool) {
	text := asked(s)
	d, length, ok := dateAt(text, now)
	if !ok || length != len(text) {
		return "", false
	}
	return d.day.Format(time.DateOnly), true
}

// Days reads a whole text as a span of calendar days, both inclusive: today,
// this month, 本月, last week, 本季度, Q4, 2026Q4, 2026年4季度, this year,
// 2026-10, 10月, 上半年, 最近30天, 10月1日到10月15日. A part without a year is
// this year's.
func Days(s string, now time.Time) (from, to string, ok bool) {
	text := asked(s)
	a, b, length, ok := daysAt(text, now)
	if !ok || length != len(text) {
		return "", "", false
	}
	return a.Format(time.DateOnly), b.Format(time.DateOnly), true
}

// FindDays looks for the first span of days in a line: "按负责人 本月".
func FindDays(text string, now time.Time) (from, to string, at Span, ok bool) {
	f := fold(text, true)
	folded, index := f.indexed()
	for i := 0; i < len(folded); i++ {
		if folded[i]&0xC0 == 0x80 || !startsMoment(f, index[i]) || !begins(folded[i:], firstLetters+"最近前pqh") {
			continue
		}
		a, b, n, ok := daysAt(window(folded[i:]), now)
		if ok && !(isWord(f.rune(index[i+n]-1)) && isWord(f.rune(index[i+n]))) {
			return a.Format(time.DateOnly), b.Format(time.DateOnly), f.span(index[i], index[i+n]), true
		}
	}
	return "", "", Span{}, false
}

var (
	daysRange    = regexp.MustCompile(`^ ?(?:到|至|~|-|–|\.\.|to|until) ?`)
	daysThis     = regexp.MustCompile(`^(this|last|next|上上|上|下|本|这) ?个?(week|month|quarter|year|周|星期|月|季度|季|年)(?:度)?`)
	daysYear     = regexp.MustCompile(`^(今年|去年|前年|明年|(?:20\d{2})年?)`)
	daysQuarter  = regexp.MustCompile(`^(?:q([1-4])|第?([1-4一二三四])季度?)`)
	daysHalf     = regexp.MustCompile(`^(?:h([12])|(上|下)半年)`)
	daysMonth    = regexp.MustCompile(`^(\d{1,2}|[一二三四五六七八九十]{1,2})月份?`)
	daysISO      = regexp.MustCompile(`^(20\d{2})[-/.](0[1-9]|1[0-2]|[1-9])(?:$|[^-/.\d])`)
	daysEnglish  = regexp.MustCompile(`^` + monthsEnglish + `(?: (20\d{2}))?(?:$|[^a-z0-9 ]| [^\d]| $)`)
	daysLast     = regexp.MustCompile(`^(?:last|past|最近|近|过去) ?(\d{1,3}|[一二两三四五六七八九十]{1,3}) ?(days?|天|weeks?|周|months?|个月)`)
	quarterYear  = regexp.MustCompile(`^(?:q([1-4])|([1-4])季度?)[ /-]?(20\d{2})`)
	separatorGap = regexp.MustCompile(`^[ -]?`)
)

// daysAt reads a span of days at a place and returns its length in bytes.
func daysAt(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	if a, b, n, ok := periodAt(text, now); ok {
		if gap := daysRange.FindString(text[n:]); gap != "" {
			if _, end, m, ok := periodAt(text[n+len(gap):], now); ok && !end.Before(a) {
				return a, end, n + len(gap) + m, true
			}
		}
		return a, b, n, true
	}
	return time.Time{}, time.Time{}, 0, false
}

// periodReaders are tried in this order at a place, with the characters each
// can begin with. The rest are single days.
var periodReaders = []struct {
	first string
	read  func(text string, now time.Time) (from, to time.Time, length int, ok bool)
}{
	{"lp最近过", lastDays},
	{"q1234", yearQuarter},
	{"tln上本这下", thisPeriod},
	{"今去前明2", yearPeriod},
	{"2", isoMonth},
	{"jfmasond", englishMonth},
}

// periodAt reads one period: of several months, a month, a week, a day.
func periodAt(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	for _, r := range periodReaders {
		if !begins(text, r.first) {
			continue
		}
		if from, to, length, ok = r.read(text, now); ok {
			return from, to, length, true
		}
	}
	if from, to, length, ok = singleDay(text, now); ok {
		return from, to, length, true
	}
	if begins(text, "qh第上下0123456789一二三四五六七八九十") {
		return partOfYear(text, now)
	}
	return from, to, 0, false
}

func lastDays(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := daysLast.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	n, ok := smallNumber(m[1])
	today := midnight(now)
	switch {
	case strings.HasPrefix(m[2], "w"), m[2] == "周":
		from = today.AddDate(0, 0, 1-7*n)
	case strings.HasPrefix(m[2], "m"), m[2] == "个月":
		from = today.AddDate(0, -n, 1)
	default:
		from = today.AddDate(0, 0, 1-n)
	}
	return from, today, len(m[0]), ok && n > 0
}

func thisPeriod(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := daysThis.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	n, _, _ := weeks(m[1])
	switch m[2] {
	case "week", "周", "星期":
		if begins(text[len(m[0]):], "一二三四五六日天末") {
			return from, to, 0, false
		}
		from = monday(now).AddDate(0, 0, 7*n)
		return from, from.AddDate(0, 0, 6), len(m[0]), true
	case "month", "月":
		from = firstOf(now).AddDate(0, n, 0)
		return from, from.AddDate(0, 1, -1), len(m[0]), true
	case "quarter", "季度", "季":
		from = quarter(now).AddDate(0, 3*n, 0)
		return from, from.AddDate(0, 3, -1), len(m[0]), true
	}
	if m[1] == "上" || m[1] == "下" { // 上年 is rare, 上半年 is another thing
		n = map[string]int{"上": -1, "下": 1}[m[1]]
	}
	from = time.Date(now.Year()+n, 1, 1, 0, 0, 0, 0, now.Location())
	return from, from.AddDate(1, 0, -1), len(m[0]), true
}

// begins says whether a text begins with one of the characters.
func begins(text, characters string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune(characters, r)
}

func firstOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

// yearPeriod reads a year and the part of it that may follow.
func yearPeriod(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := daysYear.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	year := now.Year()
	switch m[1] {
	case "今年":
	case "去年":
		year--
	case "前年":
		year -= 2
	case "明年":
		year++
	default:
		year, _ = strconv.Atoi(m[1][:4])
	}
	n := len(m[0])
	gap := len(separatorGap.FindString(text[n:]))
	first := time.Date(year, 1, 1, 0, 0, 0, 0, now.Location())
	if from, to, length, ok := partOfYear(text[n+gap:], first); ok {
		return from, to, n + gap + length, true
	}
	rest := text[n:]
	if begins(rest, "-/.0123456789") || !strings.HasSuffix(m[1], "年") && rest != "" && rest[0] != ' ' {
		return from, to, 0, false
	}
	return first, first.AddDate(1, 0, -1), n, true
}

// yearQuarter reads Q4 2026.
func yearQuarter(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := quarterYear.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	q, _ := strconv.Atoi(m[1] + m[2])
	year, _ := strconv.Atoi(m[3])
	from = time.Date(year, time.Month(3*q-2), 1, 0, 0, 0, 0, now.Location())
	return from, from.AddDate(0, 3, -1), len(m[0]), true
}

// partOfYear reads a quarter, half or month of the year of now.
func partOfYear(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	start := func(month int) time.Time {
		return time.Date(now.Year(), time.Month(month), 1, 0, 0, 0, 0, now.Location())
	}
	if m := daysQuarter.FindStringSubmatch(text); m != nil {
		q, _ := smallNumber(m[1] + m[2])
		return start(3*q - 2), start(3*q+1).AddDate(0, 0, -1), len(m[0]), true
	}
	if m := daysHalf.FindStringSubmatch(text); m != nil {
		if m[1] == "1" || m[2] == "上" {
			return start(1), start(7).AddDate(0, 0, -1), len(m[0]), true
		}
		return start(7), start(13).AddDate(0, 0, -1), len(m[0]), true
	}
	if m := daysMonth.FindStringSubmatch(text); m != nil {
		n, ok := smallNumber(m[1])
		if rest := text[len(m[0]):]; n >= 1 && n <= 12 && !strings.HasPrefix(rest, "底") {
			return start(n), start(n+1).AddDate(0, 0, -1), len(m[0]), ok
		}
	}
	return from, to, 0, false
}

func isoMonth(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := daysISO.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	y, _ := strconv.Atoi(m[1])
	mo, _ := strconv.Atoi(m[2])
	from = time.Date(y, time.Month(mo), 1, 0, 0, 0, 0, now.Location())
	return from, from.AddDate(0, 1, -1), len(m[1]) + 1 + len(m[2]), true
}

func englishMonth(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	m := daysEnglish.FindStringSubmatch(text)
	if m == nil {
		return from, to, 0, false
	}
	year := now.Year()
	length = len(m[1])
	if m[2] != "" {
		year, _ = strconv.Atoi(m[2])
		length = strings.Index(text, m[2]) + 4
	}
	from = time.Date(year, time.Month(month(m[1])), 1, 0, 0, 0, 0, now.Location())
	return from, from.AddDate(0, 1, -1), length, true
}

// singleDay is a period of one day. A day without a year may be past here:
// periods look back as often as ahead.
func singleDay(text string, now time.Time) (from, to time.Time, length int, ok bool) {
	d, n, ok := dateAt(text, now)
	if !ok || d.exact || strings.HasSuffix(text[:n], "初") {
		return from, to, 0, false
	}
	day := d.day
	if d.next != nil && day.Year() > now.Year() {
		day = day.AddDate(-1, 0, 0)
	}
	return midnight(day), midnight(day), n, true
}
