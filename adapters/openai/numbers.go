package openai

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// figure is a number with what it counts, "" where that is not said.
type figure struct {
	value string // in one way of writing
	unit  string
}

// units are the ways to write what is counted, longer ones first.
var units = sortedUnits(map[string]string{
	"%": "%", "percent": "%", "per cent": "%", "pct": "%", "个百分点": "%",
	"元": "cny", "块": "cny", "yuan": "cny", "rmb": "cny", "cny": "cny", "人民币": "cny", "¥": "cny",
	"美元": "usd", "dollars": "usd", "dollar": "usd", "usd": "usd", "us$": "usd", "$": "usd",
	"欧元": "eur", "euros": "eur", "euro": "eur", "eur": "eur", "€": "eur", "英镑": "gbp", "pounds": "gbp", "gbp": "gbp", "£": "gbp",
	"个工作日": "workday", "工作日": "workday", "business days": "workday", "business day": "workday", "working days": "workday", "working day": "workday",
	"天": "day", "日": "day", "days": "day", "day": "day",
	"个小时": "hour", "小时": "hour", "hours": "hour", "hour": "hour", "分钟": "minute", "minutes": "minute", "minute": "minute", "min": "minute",
	"个星期": "week", "星期": "week", "周": "week", "weeks": "week", "week": "week",
	"个月": "month", "月": "month", "months": "month", "month": "month", "年": "year", "years": "year", "year": "year",
	"公斤": "kg", "千克": "kg", "kilograms": "kg", "kilogram": "kg", "kg": "kg", "克": "g", "grams": "g", "gram": "g", "g": "g",
	"吨": "t", "tonnes": "t", "tonne": "t", "tons": "t", "ton": "t", "mt": "t", "t": "t",
	"升": "l", "litres": "l", "litre": "l", "liters": "l", "liter": "l", "l": "l", "毫升": "ml", "ml": "ml",
})

// unitWord is one way to write a unit.
type unitWord struct{ word, unit string }

func sortedUnits(words map[string]string) []unitWord {
	var all []unitWord
	for word, unit := range words {
		all = append(all, unitWord{word, unit})
	}
	slices.SortFunc(all, func(a, b unitWord) int { return cmp.Or(len(b.word)-len(a.word), cmp.Compare(a.word, b.word)) })
	return all
}

// strict are the units in which nobody but the company says how many: a question
// that holds them proves nothing.
var strict = []string{"%", "cny", "usd", "eur", "gbp", "workday", "day", "hour", "minute", "week", "month", "year"}

var (
	digits  = regexp.MustCompile(`\d+(?:[.,]\d+)*`)
	chains  = regexp.MustCompile(`\+?\d[\d\s().-]{5,}\d`)
	bullets = regexp.MustCompile(`(?m)^\s*\d{1,2}[.)、]\s+`)
	grouped = regexp.MustCompile(`^\d{1,3}(?:,\d{3})+(?:\.\d+)?$`)
	decimal = regexp.MustCompile(`^\d+[.,]\d+$`)
	hanRuns = regexp.MustCompile(`(百分之)?([零〇一二两三四五六七八九十百千万亿]+)`)
	inWords = regexp.MustCompile(`\b(?:(twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[ -]?)?(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b`)
	months  = regexp.MustCompile(`\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b`)
	dated   = regexp.MustCompile(`\d(?:st|nd|rd|th)?\s+(?:of\s+)?((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b|\b((?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\.?\s+\d`)
)

// phoneLeast is how many digits a telephone number has.
const phoneLeast = 7

// invents says whether a text holds a number that its source does not. A number
// of the question may come back, unless it is a price, a share or a time: those
// are for the source to say. Every telephone number must be whole.
func invents(text, source, question string) bool {
	text = bullets.ReplaceAllString(text, "")
	known, asked := figures(source, true), figures(question, true)
	for _, f := range figures(text, false) {
		if !has(known, f) && (slices.Contains(strict, f.unit) || !has(asked, f)) {
			return true
		}
	}
	whole := map[string]bool{}
	for _, chain := range slices.Concat(chains.FindAllString(source, -1), chains.FindAllString(question, -1)) {
		whole[bare(chain)] = true
	}
	for _, chain := range chains.FindAllString(text, -1) {
		if len(bare(chain)) >= phoneLeast && !decimal.MatchString(chain) && !whole[bare(chain)] {
			return true
		}
	}
	return slices.ContainsFunc([]rune(text), func(r rune) bool { // digits of other scripts, and signs that are numbers
		return r > unicode.MaxASCII && unicode.IsNumber(r) && !unicode.Is(unicode.Han, r) && !strings.ContainsRune(source, r)
	})
}

// has says whether a number is among others, with the same unit as far as both
// have one; a price or a share must have its own.
func has(all []figure, f figure) bool {
	return slices.ContainsFunc(all, func(k figure) bool {
		return k.value == f.value && (k.unit == f.unit || f.unit == "" || k.unit == "" && !slices.Contains(strict[:5], f.unit))
	})
}

// figures are the numbers of a text. Words count where they plainly are numbers:
// with their unit behind them, or anywhere in a source.
func figures(s string, source bool) (all []figure) {
	for _, at := range digits.FindAllStringIndex(s, -1) {
		scale, rest := scaled(s[at[1]:])
		unit := cmp.Or(money(s[:at[0]]), unitOf(rest))
		values := written(s[at[0]:at[1]])
		for i, v := range values {
			if i < len(values)-1 {
				all = append(all, figure{canonical(v, 1), ""})
			} else {
				all = append(all, figure{canonical(v, scale), unit})
			}
		}
	}
	for _, at := range hanRuns.FindAllStringSubmatchIndex(s, -1) {
		unit := unitOf(s[at[1]:])
		if at[2] >= 0 {
			unit = "%"
		}
		run := s[at[4]:at[5]]
		if before := strings.TrimRight(s[:at[0]], " "); before != "" && before[len(before)-1] >= '0' && before[len(before)-1] <= '9' {
			continue // 28万, 5千克: a part of that number
		}
		if unit != "" && (run != "一" || unit != "cny") || source && utf8.RuneCountInString(run) > 1 {
			all = append(all, figure{han(run), unit})
		}
	}
	for _, at := range inWords.FindAllStringSubmatchIndex(s, -1) {
		value := spelled[s[at[4]:at[5]]]
		if at[2] >= 0 {
			value += spelled[s[at[2]:at[3]]]
		}
		if unit := unitOf(s[at[1]:]); source || unit != "" {
			all = append(all, figure{strconv.Itoa(value), unit})
		}
	}
	return append(all, monthsOf(s, source)...)
}

// written are the numbers that a run of digits with points and commas is: one,
// or the parts of a date.
func written(run string) []string {
	switch {
	case grouped.MatchString(run):
		return []string{strings.ReplaceAll(run, ",", "")}
	case decimal.MatchString(run):
		return []string{strings.ReplaceAll(run, ",", ".")}
	}
	return strings.FieldsFunc(run, func(r rune) bool { return r == '.' || r == ',' })
}

// scaled is by how much a number is to be multiplied, and what stands behind
// that.
func scaled(rest string) (float64, string) {
	trimmed := strings.TrimLeft(rest, " ")
	for word, by := range map[string]float64{"万": 1e4, "亿": 1e8} {
		if after, is := strings.CutPrefix(trimmed, word); is {
			return by, after
		}
	}
	for word, by := range map[string]float64{"k": 1e3, "w": 1e4} {
		if after, is := strings.CutPrefix(rest, word); is && (after == "" || !unicode.IsLetter(rune(after[0]))) {
			return by, after
		}
	}
	return 1, rest
}

func canonical(v string, scale float64) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	return strconv.FormatFloat(f*scale, 'f', -1, 64)
}

// unitOf is the unit that a text begins with.
func unitOf(rest string) string {
	rest = strings.TrimLeft(rest, " -")
	for _, u := range units {
		after, is := strings.CutPrefix(rest, u.word)
		if !is {
			continue
		}
		if last := u.word[len(u.word)-1]; last >= 'a' && last <= 'z' && after != "" && after[0] >= 'a' && after[0] <= 'z' {
			continue // the beginning of another word
		}
		return u.unit
	}
	return ""
}

// money is the currency that a text ends with.
func money(before string) string {
	before = strings.TrimRight(before, " ")
	for _, u := range units {
		if slices.Contains(strict[1:5], u.unit) && strings.HasSuffix(before, u.word) {
			return u.unit
		}
	}
	return ""
}

var spelled = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
	"twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}

// han is a Chinese number, 二十五, in digits.
func han(run string) string {
	const ones = "零一二三四五六七八九"
	total, part, digit := 0, 0, 0
	for _, r := range run {
		switch r {
		case '〇':
			digit = 0
		case '两':
			digit = 2
		case '十', '百', '千':
			by := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]
			part, digit = part+max(digit, 1)*by, 0
		case '万', '亿':
			by := map[rune]int{'万': 1e4, '亿': 1e8}[r]
			total, part, digit = (total+part+digit)*by, 0, 0
		default:
			digit = strings.Index(ones, string(r)) / len("零")
		}
	}
	return strconv.Itoa(total + part + digit)
}

// monthsOf are the months that a text names: in an answer, as part of a date.
func monthsOf(s string, source bool) (all []figure) {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	found := months.FindAllString(s, -1)
	if !source {
		found = nil
		for _, m := range dated.FindAllStringSubmatch(s, -1) {
			found = append(found, m[1]+m[2])
		}
	}
	for _, name := range found {
		all = append(all, figure{strconv.Itoa(strings.Index(names, name[:3])/3 + 1), "month"})
	}
	return all
}
