package grammar

import (
	"math/big"
	"strings"

	"golang.org/x/text/currency"

	"crmbot/crm"
)

// Money reads a whole text as an amount, in the currency unless it names
// another: 28万 28w 1.2亿 280k 1.5m ¥280,000 280000元 12,500 USD 二十八万. It is
// for texts that were asked for as an amount: plain numbers count, but never
// a mobile number. Negative amounts are none.
func Money(s, currency string) (crm.Money, bool) {
	a, ok := moneyWhole(asked(s), currency)
	return a.money, ok && !(a.plain && a.mobile)
}

// LooksLikeMoney says whether a whole text is an amount by itself, without
// anybody having asked for one: it has a unit, a currency, or thousands set
// apart by commas.
func LooksLikeMoney(s string) bool {
	a, ok := moneyWhole(s, "")
	return ok && !a.plain
}

// FindMoney looks for the first amount in free text that has a unit or a
// currency: "2026", "20吨", "3pm" and telephone numbers are none.
func FindMoney(text, currency string) (crm.Money, Span, bool) {
	f := fold(text, true)
	for i := 0; i < len(f.runes); i++ {
		if !startsMoney(f, i) {
			continue
		}
		a, ok := moneyAt(f, i, currency)
		if ok && a.marked && a.ends(f) && a.money.Minor > 0 {
			return a.money, f.span(i, a.end), true
		}
		if ok {
			i = max(i, a.number-1)
		}
	}
	return crm.Money{}, Span{}, false
}

// amount is an amount as it was read.
type amount struct {
	money  crm.Money
	end    int
	number int  // where its first number ends
	marked bool // with a unit or currency
	plain  bool // nothing but digits
	mobile bool // could be a mobile number
}

func moneyWhole(s, currency string) (amount, bool) {
	f := fold(s, true)
	a, ok := moneyAt(f, 0, currency)
	return a, ok && a.end == len(f.runes)
}

// startsMoney says whether an amount may begin at rune i: not in the middle of
// a word, number or date.
func startsMoney(f folded, i int) bool {
	before, r := f.rune(i-1), f.rune(i)
	if isDigit(r) {
		return !isWord(before) && before != '.' && before != ',' && before != '-' && before != '/' && before != ':' && before != '_'
	}
	_, digit := hanDigits[r]
	_, inside := hanDigits[before]
	if digit || r == '十' {
		_, unit := hanUnits[before]
		return !inside && !unit && before != '第' && before != '点'
	}
	return !isWord(before) || !isWord(r)
}

// moneyAt reads an amount that begins at rune i.
func moneyAt(f folded, i int, home string) (amount, bool) {
	code, i := currencyAt(f, i, home)
	prefixed := code != ""
	n, ok := numberAt(f, i)
	if !ok {
		return amount{}, false
	}
	a := amount{number: n.end, mobile: n.end-i == 11 && f.rune(i) == '1' && !n.grouped && n.places == 0}
	value, end, unit := scaled(f, n)
	a.end = end
	if !prefixed {
		if named, after := currencyAfter(f, a.end, home); named != "" {
			code, a.end = named, after
		}
	}
	a.plain = code == "" && !unit && !n.grouped
	a.marked = code != "" || unit && !(n.hanzi && f.rune(a.end-1) == '千')
	if code == "" {
		code = home
	}
	a.money, ok = minor(value, code)
	return a, ok
}

// ends says whether an amount in free text ends where it does: not in a word,
// and it does not count things: "20万吨", "3万袋".
func (a amount) ends(f folded) bool {
	next := f.rune(a.end)
	if next == ' ' {
		next = f.rune(a.end + 1)
		return next == 0 || !strings.ContainsRune(measures, next)
	}
	if isWord(f.rune(a.end-1)) && isWord(next) || next == '.' && isDigit(f.rune(a.end+1)) || next == '%' {
		return false
	}
	return next == 0 || !strings.ContainsRune(measures, next)
}

// measures are what amounts of things are counted in.
const measures = "吨斤公克千毫升个件只袋箱桶瓶罐盒包条台套人户家次天年月周小分平米里亩粉步字份张页倍多余几度"

// scale is a unit's power of ten.
type scale struct {
	words []string
	zeros int
}

// scales are the units an amount is counted in, longer words first.
var scales = []scale{
	{[]string{"千万"}, 7},
	{[]string{"百万"}, 6},
	{[]string{"亿"}, 8},
	{[]string{"billion", "bn"}, 9},
	{[]string{"万", "w", "萬"}, 4},
	{[]string{"million", "mio", "mn", "m"}, 6},
	{[]string{"thousand", "k", "千"}, 3},
}

// scaled is the number with its units: 28万, 1.5m, 28万5千, 1亿2000万. In 28万5
// the last digit counts thousands, as people say it.
func scaled(f folded, n number) (value *big.Rat, end int, unit bool) {
	value = n.rat()
	end = n.end
	zeros, after, ok := scaleAt(f, end)
	if !ok {
		return value, end, false
	}
	value.Mul(value, pow10(zeros))
	end = after
	for zeros > 3 {
		more, ok := numberAt(f, end)
		if !ok || n.hanzi != more.hanzi && !isDigit(f.rune(end)) {
			break
		}
		z, next, named := scaleAt(f, more.end)
		if !named {
			z, next = 0, more.end
			if more.end-end == 1 && (zeros == 4 || zeros == 8) {
				z = zeros - 1
			}
		}
		if z >= zeros {
			break
		}
		value.Add(value, new(big.Rat).Mul(more.rat(), pow10(z)))
		zeros, end = z, next
	}
	return value, end, true
}

// scaleAt reads a unit at rune i, after an optional space before Latin ones.
func scaleAt(f folded, i int) (zeros, end int, ok bool) {
	start := i
	if f.rune(i) == ' ' {
		i++
	}
	for _, s := range scales {
		for _, w := range s.words {
			runes := []rune(w)
			next := i + len(runes)
			if !f.has(i, runes) || isWord(runes[0]) && isWord(f.rune(next)) {
				continue
			}
			if i > start && len(runes) == 1 && !isHan(runes[0]) { // "20 m" is a length
				continue
			}
			return s.zeros, next, true
		}
	}
	return 0, i, false
}

func (n number) rat() *big.Rat {
	return new(big.Rat).Quo(new(big.Rat).SetInt(n.digits), pow10(n.places))
}

func pow10(n int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// most is the largest amount there is, in minor units.
var most = big.NewInt(1_000_000_000_000_000_000)

// minor writes a value in minor units, rounded to the nearest.
func minor(value *big.Rat, code string) (crm.Money, bool) {
	digits := 2
	if unit, err := currency.ParseISO(code); err == nil {
		digits, _ = currency.Standard.Rounding(unit)
	}
	v := new(big.Rat).Mul(value, pow10(digits))
	v.Add(v, big.NewRat(1, 2))
	whole := new(big.Int).Div(v.Num(), v.Denom())
	if whole.Cmp(most) > 0 {
		return crm.Money{}, false
	}
	return crm.Money{Minor: whole.Int64(), Currency: code}, true
}
