package grammar

// named are the words and signs of currencies, in small letters. One without
// a code means the company's own where that fits, else the first of fits.
type named struct {
	word string
	code string
	fits []string
}

var dollars = []string{"USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"}

// ahead are what may stand before a number, longer ones first.
var ahead = []named{
	{"hk$", "HKD", nil},
	{"us$", "USD", nil},
	{"nt$", "TWD", nil},
	{"s$", "SGD", nil},
	{"a$", "AUD", nil},
	{"c$", "CAD", nil},
	{"rmb", "CNY", nil},
	{"人民币", "CNY", nil},
	{"美元", "USD", nil},
	{"欧元", "EUR", nil},
	{"港币", "HKD", nil},
	{"¥", "", []string{"CNY", "JPY"}},
	{"$", "", dollars},
	{"€", "EUR", nil},
	{"£", "GBP", nil},
	{"₹", "INR", nil},
	{"₩", "KRW", nil},
}

// behind are what may stand after a number.
var behind = []named{
	{"元人民币", "CNY", nil},
	{"人民币", "CNY", nil},
	{"rmb", "CNY", nil},
	{"yuan", "CNY", nil},
	{"美元", "USD", nil},
	{"美金", "USD", nil},
	{"美刀", "USD", nil},
	{"欧元", "EUR", nil},
	{"英镑", "GBP", nil},
	{"港币", "HKD", nil},
	{"港元", "HKD", nil},
	{"日元", "JPY", nil},
	{"日圆", "JPY", nil},
	{"韩元", "KRW", nil},
	{"新台币", "TWD", nil},
	{"台币", "TWD", nil},
	{"新币", "SGD", nil},
	{"dollars", "", dollars},
	{"dollar", "", dollars},
	{"euros", "EUR", nil},
	{"euro", "EUR", nil},
	{"pounds", "GBP", nil},
	{"块钱", "", []string{"CNY", "TWD", "HKD"}},
	{"元整", "", []string{"CNY", "TWD", "HKD"}},
	{"元", "", []string{"CNY", "TWD", "HKD"}},
	{"块", "", []string{"CNY", "TWD", "HKD"}},
	{"圆", "", []string{"CNY", "JPY", "TWD"}},
	{"€", "EUR", nil},
	{"£", "GBP", nil},
	{"$", "", dollars},
}

// codes are the currencies people name by their code.
var codes = []string{
	"CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "SGD", "AUD", "CAD", "NZD", "CHF", "INR", "THB", "VND", "MYR", "IDR", "PHP", "RUB", "BRL", "MXN", "AED", "ZAR", "SEK", "NOK", "DKK", "PLN", "TRY",
}

// currencyAt reads a currency before a number and returns where the number
// begins, or "" and i.
func currencyAt(f folded, i int, home string) (string, int) {
	if code, end := namedAt(f, i, ahead, home); code != "" {
		return code, spaceAt(f, end)
	}
	if code, end := codeAt(f, i); code != "" {
		return code, spaceAt(f, end)
	}
	return "", i
}

// currencyAfter reads a currency after a number.
func currencyAfter(f folded, i int, home string) (string, int) {
	j := spaceAt(f, i)
	if code, end := namedAt(f, j, behind, home); code != "" {
		return code, end
	}
	if code, end := codeAt(f, j); code != "" && !isWord(f.rune(end)) {
		return code, end
	}
	return "", i
}

func namedAt(f folded, i int, list []named, home string) (string, int) {
	for _, n := range list {
		runes := []rune(n.word)
		end := i + len(runes)
		if !f.has(i, runes) || isWord(runes[len(runes)-1]) && isWord(f.rune(end)) && !isDigit(f.rune(end)) {
			continue
		}
		if n.code != "" {
			return n.code, end
		}
		for _, c := range n.fits {
			if c == home {
				return c, end
			}
		}
		return n.fits[0], end
	}
	return "", i
}

func codeAt(f folded, i int) (string, int) {
	if i+3 > len(f.runes) {
		return "", i
	}
	for _, c := range codes {
		if f.runes[i] == rune(c[0]|0x20) && f.runes[i+1] == rune(c[1]|0x20) && f.runes[i+2] == rune(c[2]|0x20) {
			return c, i + 3
		}
	}
	return "", i
}

func spaceAt(f folded, i int) int {
	if f.rune(i) == ' ' {
		return i + 1
	}
	return i
}
