package grammar

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// DayStarts is the hour of a plan that names a day and no time.
const DayStarts = 9

// Moment reads a whole text as a time to come, in now's zone: 明天15点, 周四,
// 下周三下午3点半, 月底, 12月20日, 两小时后, tomorrow, Thu 3pm, in 2h, 15:00.
//
// A day without a time is at 9:00, a part of the day at its usual hour
// (morning 9, noon 12, afternoon 14, evening 19). Hours from 1 to 6 without
// more are in the afternoon. A time without a day is the next one; what has no
// date in it is false, and so is what is over.
func Moment(s string, now time.Time) (time.Time, bool) {
	text := asked(s)
	t, length, ok := momentAt(text, now, false)
	if !ok || strings.TrimSpace(text[length:]) != "" {
		return time.Time{}, false
	}
	return t, true
}

// FindMoment looks for the first time to come in free text. Words that are
// often something else ("5号", "1点", "12-20") count only beside a clear one;
// what is over ("上周四", "yesterday at 3pm") does not count.
func FindMoment(text string, now time.Time) (time.Time, Span, bool) {
	f := fold(text, true)
	folded, at := f.indexed()
	for i := 0; i < len(folded); {
		if !startsMoment(f, at[i]) || folded[i]&0xC0 == 0x80 || !begins(folded[i:], firstLetters) {
			i++
			continue
		}
		t, length, ok := momentAt(window(folded[i:]), now, true)
		if ok && !(isWord(f.rune(at[i+length]-1)) && isWord(f.rune(at[i+length]))) {
			return t, f.span(at[i], at[i+length]), true
		}
		i += max(length, 1)
	}
	return time.Time{}, Span{}, false
}

// firstLetters are the first characters of all dates and times in free text.
const firstLetters = "大后明今昨前上每下本这周星礼月季年去再过半一二两三四五六七八九十早凌中晚傍夜" +
	"0123456789tdymwfsonaebicjlh"

// window is as much of a text as a date with a time can take.
func window(text string) string {
	const most = 64
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && text[end]&0xC0 == 0x80 {
		end--
	}
	return text[:end]
}

// startsMoment says whether a date may begin at rune i: not within a word or
// number.
func startsMoment(f folded, i int) bool {
	before, r := f.rune(i-1), f.rune(i)
	if isWord(r) && (isWord(before) || before == '-' || before == '/' || before == '.' || before == '_' || before == '¥' || before == '$') {
		return false
	}
	return !(before == ',' && isDigit(r) && isDigit(f.rune(i-2)))
}

// between are the words between a date and a time.
var between = regexp.MustCompile(`^ ?(?:,|的|at|@|on|in the|by)? ?`)

// momentAt reads a date with or without a time, or a time with or without a
// date, and returns its length in bytes. If it fails, length is how much of
// the text is to be passed over.
func momentAt(text string, now time.Time, free bool) (t time.Time, length int, ok bool) {
	d, n, hasDate := dateAt(text, now)
	if hasDate {
		if d.exact {
			return d.day, n, d.day.After(now) // "in 0 hours" is not to come
		}
		c, m, hasTime := timeAfter(text[n:], text[:n])
		if hasTime {
			n += m
		}
		t, ok := d.at(c, hasTime, now)
		return t, n, ok && !(free && !hasTime && (d.loose || d.today))
	}
	c, n, ok := clockAt(text)
	if !ok {
		return time.Time{}, 0, false
	}
	gap := len(between.FindString(text[n:]))
	if d, m, hasDate := dateAt(text[n+gap:], now); hasDate && !d.exact {
		t, ok := d.at(c, true, now)
		return t, n + gap + m, ok
	}
	if free && c.weak {
		return time.Time{}, n, false
	}
	t, ok = date{day: midnight(now), rolls: 1}.at(c, true, now)
	return t, n, ok
}

// timeAfter reads the time that follows a date; "tonight" and 明晚 have their
// part of the day in the date itself.
func timeAfter(text, day string) (clock, int, bool) {
	gap := len(between.FindString(text))
	part := ""
	switch {
	case strings.HasSuffix(day, "晚"), day == "tonight":
		part = "晚上"
	case strings.HasSuffix(day, "早"):
		part = "早上"
	}
	c, n, ok := clockAt(text[gap:])
	switch {
	case part == "":
		return c, gap + n, ok
	case ok && c.part == "":
		return partOf(c, part), gap + n, true
	case ok:
		return c, gap + n, true
	}
	return partOf(clock{hour: -1}, part), 0, true
}

// at is the moment of a day and a time of day, false if it is over for good.
func (d date) at(c clock, hasTime bool, now time.Time) (time.Time, bool) {
	if d.past {
		return time.Time{}, false
	}
	if !hasTime {
		c = clock{hour: DayStarts}
	}
	t := c.on(d.day)
	if t.After(now) {
		return t, true
	}
	switch {
	case d.rolls > 0:
		return c.on(d.day.AddDate(0, 0, d.rolls)), true
	case d.next != nil:
		if day := d.next(d.day); day.Day() == d.day.Day() {
			return c.on(day), true
		}
	case !hasTime && d.day.Equal(midnight(now)):
		if evening := (clock{hour: 18}).on(d.day); evening.After(now) {
			return evening, true
		}
		return now.Truncate(time.Hour).Add(time.Hour), true
	case c.bare && c.hour < 12:
		if t := (clock{hour: c.hour + 12, minute: c.minute}).on(d.day); t.After(now) {
			return t, true
		}
	}
	return time.Time{}, false
}

// clock is a time of day.
type clock struct {
	hour, minute int
	part         string // the part of the day it named
	bare         bool   // neither am nor pm was said, and it could be both
	weak         bool   // too weak to be a time in free text by itself
}

func (c clock) on(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), c.hour, c.minute, 0, 0, day.Location())
}

var (
	clockHan     = regexp.MustCompile(`^(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚)? ?(?:(\d{1,2}|[一二两三四五六七八九十]{1,3})(?:点钟|点|时|(:))(?:(半)|(一刻|三刻)|(\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|零[一二三四五六七八九])分?)?)?`)
	clockEnglish = regexp.MustCompile(`^(?:at )?(\d{1,2})(?::(\d{2}))?(?::\d{2})? ?(am|pm|a\.m\.|p\.m\.|o'?clock)`)
	clockNumbers = regexp.MustCompile(`^(?:at )?(\d{1,2}):(\d{2})(?::\d{2})?`)
	clockWords   = regexp.MustCompile(`^(?:at |in the )?(noon|midday|midnight|morning|afternoon|evening|night)\b`)
)

// clockAt reads a time of day.
func clockAt(text string) (c clock, length int, ok bool) {
	if m := clockEnglish.FindStringSubmatch(text); m != nil && !wordFollows(text, len(m[0])) {
		c, ok := clockOf(m[1], m[2])
		switch m[3][0] {
		case 'p':
			ok = ok && c.hour >= 1
			if c.hour < 12 {
				c.hour += 12
			}
		case 'a':
			ok = ok && c.hour <= 12
			c.hour %= 12
		default:
			c = c.guess()
		}
		return c, len(m[0]), ok
	}
	if m := clockNumbers.FindStringSubmatch(text); m != nil && !wordFollows(text, len(m[0])) {
		c, ok := clockOf(m[1], m[2])
		if len(m[1]) == 1 {
			c = c.guess()
			c.bare = false
		}
		return c, len(m[0]), ok
	}
	if m := clockWords.FindStringSubmatch(text); m != nil {
		hour := map[string]int{"noon": 12, "midday": 12, "midnight": 24, "morning": 9, "afternoon": 14, "evening": 19, "night": 20}[m[1]]
		return clock{hour: hour, part: m[1], weak: true}, len(m[0]), true
	}
	return hanClock(text)
}

func wordFollows(text string, i int) bool {
	return i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || isDigit(rune(text[i])))
}

func clockOf(hour, minute string) (clock, bool) {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return clock{hour: h, minute: m}, h <= 24 && m < 60 && !(h == 24 && m > 0)
}

// guess makes 3 o'clock the one in the afternoon.
func (c clock) guess() clock {
	c.bare = c.hour <= 12
	if c.hour >= 1 && c.hour <= 6 {
		c.hour += 12
	}
	return c
}

// hanClock reads 下午3点半, 十二点, 上午, 3点一刻.
func hanClock(text string) (clock, int, bool) {
	m := clockHan.FindStringSubmatch(text)
	if m == nil || m[1] == "" && m[2] == "" {
		return clock{}, 0, false
	}
	if m[2] == "" {
		if m[1] == "早" || m[1] == "晚" {
			return clock{}, 0, false
		}
		c := partOf(clock{hour: -1}, m[1])
		c.weak = true
		return c, len(strings.TrimRight(m[0], " ")), true
	}
	h, ok := smallNumber(m[2])
	if !ok || h > 24 || m[3] != "" && m[6] == "" {
		return clock{}, 0, false
	}
	c := clock{hour: h}
	switch {
	case m[4] != "":
		c.minute = 30
	case m[5] == "一刻":
		c.minute = 15
	case m[5] == "三刻":
		c.minute = 45
	case m[6] != "":
		if c.minute, ok = smallNumber(strings.TrimPrefix(m[6], "零")); !ok || c.minute > 59 {
			return clock{}, 0, false
		}
	}
	if m[1] == "" {
		c = c.guess()
		c.weak = m[4] == "" && m[5] == "" && m[6] == "" && !strings.HasSuffix(m[0], "点钟")
		return c, len(m[0]), true
	}
	return partOf(c, m[1]), len(m[0]), true
}

// partOf puts a time into a part of the day. Hour -1 is the part's own hour.
func partOf(c clock, part string) clock {
	c.part, c.bare = part, false
	if c.hour < 0 {
		c.hour = map[string]int{"凌晨": 6, "清晨": 7, "中午": 12, "下午": 14, "傍晚": 18, "晚上": 20, "夜里": 22}[part]
		if c.hour == 0 {
			c.hour = DayStarts
		}
		return c
	}
	switch part {
	case "凌晨", "清晨":
		c.hour %= 12
	case "中午":
		if c.hour < 10 {
			c.hour += 12
		}
	case "下午", "傍晚":
		if c.hour < 12 {
			c.hour += 12
		}
	case "晚上", "夜里", "晚":
		switch {
		case c.hour == 12:
			c.hour = 24
		case c.hour >= 4 && c.hour < 12:
			c.hour += 12
		case c.hour < 4: // 晚上1点 is after midnight
			c.hour += 24
		}
	}
	return c
}
