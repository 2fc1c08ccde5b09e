package locale

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/currency"

	"crmbot/crm"
)

// Money is an amount as people write it: ¥280,000 in English, 28万 and 1.2345亿
// in Chinese, where an amount that would need more decimals stays ¥283,456. The
// company's own currency is not named where the unit says enough; another is
// called by its name where the language counts in units of its own.
func (w *Words) Money(m crm.Money) string {
	minor, sign := m.Minor, ""
	if minor < 0 {
		minor, sign = -minor, "-"
	}
	if minor < 0 { // the one number without a positive twin
		minor--
	}
	digits := Digits(m.Currency)
	unit := pow10(digits)
	bigs := w.bigs()
	for i, big := range bigs {
		decimals := 2
		if i+1 < len(bigs) { // of 亿 down to whole 万
			decimals = 4
		}
		if scale := big.value * unit; minor >= scale && minor%(scale/pow10(decimals)) == 0 {
			return sign + w.named(trimZeros(decimal(minor, scale, decimals))+big.word, m.Currency)
		}
	}
	text := grouped(minor/unit) + fraction(minor%unit, digits)
	if len(bigs) > 0 && m.Currency != w.currency && w.Has("currency."+m.Currency) {
		return sign + w.named(text, m.Currency)
	}
	return sign + w.signed(text, m.Currency)
}

// Sum is Money rounded for totals and reports: to four digits where it is
// counted in 万 or 亿, to whole units of the currency elsewhere.
func (w *Words) Sum(m crm.Money) string {
	minor, sign := m.Minor, int64(1)
	if minor < 0 {
		minor, sign = -minor, -1
	}
	unit := pow10(Digits(m.Currency))
	step := unit
	for _, big := range w.bigs() {
		if scale := big.value * unit; minor >= scale {
			step = max(pow10(len(strconv.FormatInt(minor, 10))-4), scale/10000)
			break
		}
	}
	if minor > 0 && minor < 1<<62 {
		minor = (minor + step/2) / step * step
	}
	return w.Money(crm.Money{Minor: sign * minor, Currency: m.Currency})
}

// Digits is how many decimals a currency has: 2, or 0 as of the yen.
func Digits(code string) int {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2
	}
	scale, _ := currency.Standard.Rounding(unit)
	return min(max(scale, 0), 4)
}

// big is a unit that large amounts are counted in.
type big struct {
	value int64
	word  string
}

// bigs are the units of the language, largest first: 亿 and 万. English
// counts in thousands and needs none.
func (w *Words) bigs() []big {
	var out []big
	for _, s := range w.List("money.units") {
		word, zeros, ok := strings.Cut(s, "=")
		n, err := strconv.Atoi(zeros)
		if ok && err == nil && n > 0 {
			out = append(out, big{pow10(n), word})
		}
	}
	return out
}

// named adds the currency's name after a text that has a unit.
func (w *Words) named(text, code string) string {
	if code == w.currency || code == "" {
		return text
	}
	if key := "currency." + code; w.Has(key) {
		return text + w.form(key, -1)
	}
	return text + " " + code
}

// signs are the signs of currencies that have one of their own.
var signs = map[string]string{"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "INR": "₹", "KRW": "₩"}

// signed puts the currency's sign before a text of digits.
func (w *Words) signed(text, code string) string {
	if code == "" {
		code = w.currency
	}
	if sign, ok := signs[code]; ok {
		return sign + text
	}
	return code + " " + text
}

// Count is a number with its thousands set apart: 12,500.
func (w *Words) Count(n int) string {
	if n < 0 {
		return "-" + grouped(-int64(n))
	}
	return grouped(int64(n))
}

// Percent is n of hundred.
func (w *Words) Percent(n int) string { return strconv.Itoa(n) + "%" }

// Enum is several things after each other: "a, b, c", "a、b、c".
func (w *Words) Enum(items []string) string {
	return strings.Join(items, w.form("list.comma", -1))
}

// Day is a calendar day as crm keeps it, "2026-12-20": Dec 20, 12月20日. The
// year is left out if it is that of now, when now is given. Another text is
// returned as it is.
func (w *Words) Day(day string, now ...time.Time) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return w.date(t, len(now) > 0 && now[0].Year() == t.Year())
}

// Moment is a time as seen from now, in now's zone: "today 15:00", "明天15:00",
// "Thu 15:00" within the next six days, else the date and the time.
func (w *Words) Moment(t, now time.Time) string {
	t = t.In(now.Location())
	clock := w.Clock(t)
	key := ""
	switch days := Between(now, t); {
	case days == 0:
		key = "time.today"
	case days == 1:
		key = "time.tomorrow"
	case days == -1:
		key = "time.yesterday"
	case days > 1 && days < 7:
		return w.fill(w.form("time.day", -1), []any{"day", w.Weekday(t), "clock", clock})
	default:
		return w.fill(w.form("time.date", -1), []any{"date", w.date(t, t.Year() == now.Year()), "clock", clock})
	}
	return w.fill(w.form(key, -1), []any{"clock", clock})
}

// Time is a moment by itself, with its year, in its own zone.
func (w *Words) Time(t time.Time) string {
	return w.fill(w.form("time.date", -1), []any{"date", w.date(t, false), "clock", w.Clock(t)})
}

// Clock is the time of day, 15:04.
func (w *Words) Clock(t time.Time) string { return t.Format("15:04") }

// Weekday is Thu or 周四.
func (w *Words) Weekday(t time.Time) string {
	return at(w.List("time.weekdays"), int(t.Weekday()))
}

// Month is Dec 2026 or 2026年12月.
func (w *Words) Month(t time.Time) string {
	return w.fill(w.form("time.month", -1), w.parts(t))
}

// Between is the number of midnights from a to b in a's zone.
func Between(a, b time.Time) int {
	b = b.In(a.Location())
	from := time.Date(a.Year(), a.Month(), a.Day(), 0, 0, 0, 0, time.UTC)
	to := time.Date(b.Year(), b.Month(), b.Day(), 0, 0, 0, 0, time.UTC)
	return int(to.Sub(from).Hours() / 24)
}

func (w *Words) date(t time.Time, short bool) string {
	key := "time.day.full"
	if short {
		key = "time.day.short"
	}
	return w.fill(w.form(key, -1), w.parts(t))
}

func (w *Words) parts(t time.Time) []any {
	return []any{"year", t.Year(), "month", at(w.List("time.months"), int(t.Month())-1), "day", t.Day()}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return strconv.Itoa(i)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// grouped writes 280000 as 280,000.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// decimal is n/scale with so many decimals, cut off.
func decimal(n, scale int64, decimals int) string {
	p := pow10(decimals)
	rest := strconv.FormatInt(n%scale/(scale/p), 10)
	return strconv.FormatInt(n/scale, 10) + "." + strings.Repeat("0", decimals-len(rest)) + rest
}

func trimZeros(s string) string { return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") }

// fraction is the minor part after the point, "" if there is none.
func fraction(minor int64, digits int) string {
	if minor == 0 {
		return ""
	}
	s := strconv.FormatInt(minor, 10)
	return "." + strings.Repeat("0", digits-len(s)) + s
}
