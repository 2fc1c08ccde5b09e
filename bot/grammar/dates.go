package grammar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A date is written in many ways and read by a list of rules. Each rule has a
// pattern over folded text and a function from what it caught to a day.

// hanNumber is a number of one or two digits, or in Chinese.
const hanNumber = `(\d{1,3}|[一二两三四五六七八九十]{1,3})`

const weekdaysEnglish = `(monday|tuesday|wednesday|thursday|friday|saturday|sunday|thurs|tues|thur|mon|tue|wed|thu|fri|sat|sun)`

const monthsEnglish = `(january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)\.?`

// date is what a rule makes of a text.
type date struct {
	day   time.Time // midnight of the day; or the very moment if exact
	exact bool
	past  bool // over by its own words: yesterday, last Thursday
	today bool // today by its own words
	rolls int  // days until it comes again if its time is past: 7 for a weekday, 1 for no date
	loose bool // too weak to count in free text without a time of day
	next  func(time.Time) time.Time
}

// dateRule reads dates of one form. The function may say that what was caught
// is no date.
type dateRule struct {
	first   string // the characters it can begin with
	pattern *regexp.Regexp
	read    func(m []string, now time.Time) (date, bool)
}

// rule makes the pattern of a rule: anchored at the start, case folded
// already.
func rule(pattern string) *regexp.Regexp { return regexp.MustCompile(`^(?:` + pattern + `)`) }

// dateRules are tried in this order at a place; the first that reads wins.
var dateRules = []dateRule{
	{"大后明今昨前", rule(`(大后天|后天|明天|明日|明儿|明(?:早|晚)|今天|今日|今儿|今(?:早|晚)|昨天|昨日|昨晚|前天)`), readNearDay},
	{"tdy", rule(`(the day after tomorrow|day after tomorrow|tomorrow|tmrw?|today|tonight|yesterday)\b`), readNearDay},
	{"上每下本这周星礼个", rule(`(上上|上|每|下下|下|本|这)?个?(?:周|星期|礼拜)([一二三四五六日天末1-6])`), readWeekday},
	{"olentcmwfs", rule(`(?:on )?(last|every|next|this|coming)? ?` + weekdaysEnglish + `s?\b\.?`), readWeekdayEnglish},
	{"上每下本这个月季年", rule(`(上上|上|每|下下|下|本|这)?个?(月底|月末|月初|季末|季度末|年底|年末)`), readEnd},
	{"abte", rule(`(?:by |at )?(?:the )?(end) of (?:the |this )?(next |last )?(week|month|quarter|year)\b`), readEndEnglish},
	{"上每下本这", rule(`(上上|上|每|下下|下|本|这)个?月(\d{1,2})(?:号|日)`), readDayOfMonth},
	{"上每下", rule(`(上上|上|每|下下|下)个?(周|星期|礼拜|月|季度|年)`), readNextWhole},
	{"len", rule(`(last|every|next) (week|month|quarter|year)\b`), readNextWhole},
	{"0123456789", rule(`(\d{4})年(\d{1,2})月(\d{1,2})(?:号|日)?`), readYearMonthDay},
	{"0123456789", rule(`(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b`), readYearMonthDay},
	{"明今去0123456789一二两三四五六七八九十", rule(`(明年|今年|去年)?` + hanNumber + `月` + hanNumber + `(?:号|日)?`), readMonthDay},
	{"jfmasond", rule(monthsEnglish + ` ?(\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`), readMonthFirst},
	{"0123456789", rule(`(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + monthsEnglish + `\b(?:,? (\d{4})\b)?`), readDayFirst},
	{"0123456789", rule(`(\d{1,2})[-/](\d{1,2})\b`), readNumbers},
	{"0123456789", rule(`(\d{1,2})(号|日)`), readDayAlone},
	{"再过半0123456789一二两三四五六七八九十", rule(`(?:再过|过)?(半个?|` + hanNumber + `个?半?)(分钟|刻钟|小时|钟头|天|日|周|星期|礼拜|月)(?:之后|以后|后)`), readAfter},
	{"i", rule(`in (a|an|half an|\d{1,3}(?:\.5)?) ?(minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?)\b`), readIn},
}

// dateAt reads a date at a place of folded text and returns how many bytes of
// it that took.
func dateAt(text string, now time.Time) (d date, length int, ok bool) {
	for _, r := range dateRules {
		if !begins(text, r.first) {
			continue
		}
		m := r.pattern.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		if d, ok := r.read(m, now); ok {
			return d, len(m[0]), true
		}
	}
	return date{}, 0, false
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

func readNearDay(m []string, now time.Time) (date, bool) {
	today := midnight(now)
	switch word := m[1]; {
	case strings.HasPrefix(word, "今"), word == "today", word == "tonight":
		return date{day: today, today: true}, true
	case strings.HasPrefix(word, "明"), strings.HasPrefix(word, "tom"), strings.HasPrefix(word, "tm"):
		return date{day: today.AddDate(0, 0, 1)}, true
	case word == "大后天":
		return date{day: today.AddDate(0, 0, 3)}, true
	case word == "后天", strings.HasSuffix(word, "after tomorrow"):
		return date{day: today.AddDate(0, 0, 2)}, true
	case word == "前天":
		return date{day: today.AddDate(0, 0, -2), past: true}, true
	}
	return date{day: today.AddDate(0, 0, -1), past: true}, true
}

// monday is the first day of the week of t.
func monday(t time.Time) time.Time {
	return midnight(t).AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// weeks is how many weeks a word moves; past and every are no plan.
func weeks(word string) (n int, past, ok bool) {
	switch word {
	case "下", "next":
		return 1, false, true
	case "下下":
		return 2, false, true
	case "上", "last":
		return -1, true, true
	case "上上":
		return -2, true, true
	case "每", "every":
		return 0, true, true
	}
	return 0, false, word == "本" || word == "这" || word == "this"
}

func readWeekday(m []string, now time.Time) (date, bool) {
	day := map[string]int{"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
	n, ok := day[m[2]]
	if !ok {
		d, _ := strconv.Atoi(m[2])
		n = d - 1
	}
	return onWeekday(m[1], n, now), true
}

func readWeekdayEnglish(m []string, now time.Time) (date, bool) {
	n := map[string]int{"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}[m[2][:3]]
	d := onWeekday(m[1], n, now)
	d.loose = (m[2] == "sat" || m[2] == "sun") && m[1] == ""
	return d, true
}

// onWeekday is the day n after Monday: of the week that a word names, else the
// next one there is.
func onWeekday(word string, n int, now time.Time) date {
	if move, past, ok := weeks(word); ok {
		day := monday(now).AddDate(0, 0, 7*move+n)
		return date{day: day, past: past, today: day.Equal(midnight(now))}
	}
	day := monday(now).AddDate(0, 0, n)
	if day.Before(midnight(now)) {
		day = day.AddDate(0, 0, 7)
	}
	return date{day: day, rolls: 7}
}

func readEnd(m []string, now time.Time) (date, bool) {
	n, past, _ := weeks(m[1])
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	switch m[2] {
	case "月初":
		if m[1] == "" || n == 0 {
			n = max(n, 1)
		}
		return date{day: first.AddDate(0, n, 0), past: past}, true
	case "月底", "月末":
		return date{day: first.AddDate(0, n+1, -1), past: past}, true
	case "季末", "季度末":
		return date{day: quarter(now).AddDate(0, 3*(n+1), -1), past: past}, true
	}
	return date{day: time.Date(now.Year()+n, 12, 31, 0, 0, 0, 0, now.Location()), past: past}, true
}

// quarter is the first day of the quarter of t.
func quarter(t time.Time) time.Time {
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, t.Location())
}

func readEndEnglish(m []string, now time.Time) (date, bool) {
	n, past, _ := weeks(strings.TrimSpace(m[2]))
	if m[3] == "week" {
		return date{day: monday(now).AddDate(0, 0, 7*n+4), past: past}, true
	}
	word := map[string]string{"month": "月底", "quarter": "季末", "year": "年底"}[m[3]]
	return readEnd([]string{"", map[int]string{-1: "上", 0: "", 1: "下"}[n], word}, now)
}

func readDayOfMonth(m []string, now time.Time) (date, bool) {
	n, past, _ := weeks(m[1])
	day, _ := strconv.Atoi(m[2])
	first := time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location())
	d, ok := dayOf(first.Year(), int(first.Month()), day, now)
	return date{day: d, past: past, today: d.Equal(midnight(now))}, ok
}

func readNextWhole(m []string, now time.Time) (date, bool) {
	n, past, _ := weeks(m[1])
	switch m[2] {
	case "月", "month":
		return date{day: time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location()), past: past}, true
	case "季度", "quarter":
		return date{day: quarter(now).AddDate(0, 3*n, 0), past: past}, true
	case "年", "year":
		return date{day: time.Date(now.Year()+n, 1, 1, 0, 0, 0, 0, now.Location()), past: past, loose: true}, true
	}
	return date{day: monday(now).AddDate(0, 0, 7*n), past: past}, true
}

// dayOf is a calendar day, false for one that does not exist.
func dayOf(year, month, day int, now time.Time) (time.Time, bool) {
	d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, now.Location())
	return d, month >= 1 && month <= 12 && d.Day() == day && year >= 1970 && year <= 2200
}

func readYearMonthDay(m []string, now time.Time) (date, bool) {
	y, _ := strconv.Atoi(m[1])
	mo, _ := strconv.Atoi(m[2])
	da, _ := strconv.Atoi(m[3])
	d, ok := dayOf(y, mo, da, now)
	return date{day: d, past: d.Before(midnight(now)), today: d.Equal(midnight(now))}, ok
}

func readMonthDay(m []string, now time.Time) (date, bool) {
	mo, ok1 := smallNumber(m[2])
	da, ok2 := smallNumber(m[3])
	if !ok1 || !ok2 {
		return date{}, false
	}
	switch m[1] {
	case "":
		return yearly(mo, da, now)
	case "明年":
		d, ok := dayOf(now.Year()+1, mo, da, now)
		return date{day: d}, ok
	case "去年":
		d, ok := dayOf(now.Year()-1, mo, da, now)
		return date{day: d, past: true}, ok
	}
	d, ok := dayOf(now.Year(), mo, da, now)
	return date{day: d, past: d.Before(midnight(now))}, ok
}

// yearly is the next such day, this year or the next.
func yearly(month, day int, now time.Time) (date, bool) {
	for year := now.Year(); year <= now.Year()+8; year++ { // February 29
		d, ok := dayOf(year, month, day, now)
		if ok && !d.Before(midnight(now)) {
			return date{day: d, next: func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }}, true
		}
	}
	return date{}, false
}

func month(word string) int {
	for i, m := range []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		if strings.HasPrefix(word, m) {
			return i + 1
		}
	}
	return 0
}

func readMonthFirst(m []string, now time.Time) (date, bool) {
	da, _ := strconv.Atoi(m[2])
	if m[3] != "" {
		return readYearMonthDay([]string{"", m[3], strconv.Itoa(month(m[1])), m[2]}, now)
	}
	return yearly(month(m[1]), da, now)
}

func readDayFirst(m []string, now time.Time) (date, bool) {
	return readMonthFirst([]string{"", m[2], m[1], m[3]}, now)
}

func readNumbers(m []string, now time.Time) (date, bool) {
	mo, _ := strconv.Atoi(m[1])
	da, _ := strconv.Atoi(m[2])
	d, ok := yearly(mo, da, now)
	d.loose = true
	return d, ok
}

func readDayAlone(m []string, now time.Time) (date, bool) {
	day, _ := strconv.Atoi(m[1])
	for n := range 3 {
		first := time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, now.Location())
		d, ok := dayOf(first.Year(), int(first.Month()), day, now)
		if ok && !d.Before(midnight(now)) {
			return date{day: d, loose: m[2] == "号", next: func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }}, true
		}
	}
	return date{}, false
}

// readAfter reads 三天后, 半小时后, 一个半小时后, 2个月后.
func readAfter(m []string, now time.Time) (date, bool) {
	half := strings.Contains(m[1], "半")
	n := 0
	if m[2] != "" {
		var ok bool
		if n, ok = smallNumber(m[2]); !ok {
			return date{}, false
		}
	}
	unit := map[string]string{"分钟": "m", "小时": "h", "钟头": "h", "刻钟": "q", "天": "d", "日": "d", "周": "w", "星期": "w", "礼拜": "w", "月": "o"}[m[3]]
	return later(n, half, unit, now)
}

func readIn(m []string, now time.Time) (date, bool) {
	n, half := 1, strings.HasSuffix(m[1], ".5")
	switch m[1] {
	case "a", "an":
	case "half an":
		n, half = 0, true
	default:
		n, _ = strconv.Atoi(strings.TrimSuffix(m[1], ".5"))
	}
	unit := m[2][:1]
	if strings.HasPrefix(m[2], "mo") {
		unit = "o"
	}
	return later(n, half, unit, now)
}

// later is so much after now: a moment for minutes and hours, else a day.
func later(n int, half bool, unit string, now time.Time) (date, bool) {
	extra := 0
	if half {
		extra = 1
	}
	start := now.Truncate(time.Minute)
	switch unit {
	case "m":
		return date{day: start.Add(time.Duration(n) * time.Minute), exact: true}, n > 0
	case "q":
		return date{day: start.Add(time.Duration(n) * 15 * time.Minute), exact: true}, n > 0
	case "h":
		return date{day: start.Add(time.Duration(2*n+extra) * 30 * time.Minute), exact: true}, true
	case "d":
		return date{day: midnight(now).AddDate(0, 0, n)}, n > 0 && !half
	case "w":
		return date{day: midnight(now).AddDate(0, 0, 7*n)}, n > 0 && !half
	}
	return date{day: midnight(now).AddDate(0, n, 15*extra)}, n > 0 || half
}
