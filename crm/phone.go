package crm

import (
	"strings"
	"unicode"
)

// dialling is how a country writes numbers without its prefix: code is the
// international prefix, trunk the digits dialled before a national number, and
// min and max bound the digits that follow the code.
type dialling struct {
	code, trunk string
	min, max    int
}

// diallings are the countries whose national numbers we can complete. A number
// of any other country needs its prefix.
var diallings = map[string]dialling{
	"CN": {"86", "0", 9, 11}, "HK": {"852", "", 8, 8}, "TW": {"886", "0", 8, 9}, "MO": {"853", "", 8, 8},
	"US": {"1", "1", 10, 10}, "CA": {"1", "1", 10, 10}, "GB": {"44", "0", 9, 10}, "DE": {"49", "0", 6, 12},
	"FR": {"33", "0", 9, 9}, "IT": {"39", "", 8, 11}, "ES": {"34", "", 9, 9}, "NL": {"31", "0", 9, 9},
	"PL": {"48", "", 9, 9}, "RU": {"7", "8", 10, 10}, "TR": {"90", "0", 10, 10}, "AE": {"971", "0", 8, 9},
	"JP": {"81", "0", 9, 10}, "KR": {"82", "0", 8, 10}, "IN": {"91", "0", 10, 10}, "ID": {"62", "0", 8, 12},
	"MY": {"60", "0", 8, 10}, "SG": {"65", "", 8, 8}, "TH": {"66", "0", 8, 9}, "VN": {"84", "0", 9, 10},
	"PH": {"63", "0", 8, 10}, "AU": {"61", "0", 9, 9}, "NZ": {"64", "0", 8, 10}, "BR": {"55", "0", 10, 11},
	"MX": {"52", "", 10, 10}, "ZA": {"27", "0", 9, 9},
}

// NormalPhone writes a phone number the one way in which it is stored and
// compared: "+8613800000000". It takes what people type: spaces, dashes, dots,
// brackets and full-width digits, a prefix as + or 00, or none for a number of
// the country (ISO 3166). It says false for what cannot be a phone number.
func NormalPhone(s, country string) (string, bool) {
	digits, plus, ok := phoneDigits(s)
	if !ok {
		return "", false
	}
	if !plus && strings.HasPrefix(digits, "00") {
		digits, plus = digits[2:], true
	}
	if plus {
		return international(digits)
	}
	d, known := diallings[strings.ToUpper(country)]
	if !known {
		return "", false
	}
	return d.national(digits)
}

// phoneDigits keeps the digits. It fails on anything that has no place in a
// phone number.
func phoneDigits(s string) (digits string, plus, ok bool) {
	var b strings.Builder
	s = strings.NewReplacer("(0)", "", "（0）", "").Replace(s)
	for _, r := range s {
		if r >= '０' && r <= '９' {
			r = '0' + r - '０'
		}
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' || r == '＋':
			if plus || b.Len() > 0 {
				return "", false, false
			}
			plus = true
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("().（）", r):
		default:
			return "", false, false
		}
		if b.Len() > 17 {
			return "", false, false
		}
	}
	return b.String(), plus, b.Len() > 0
}

// international checks digits that begin with a country's prefix.
func international(digits string) (string, bool) {
	if len(digits) < 8 || len(digits) > 15 || digits[0] == '0' {
		return "", false
	}
	if rest, ok := strings.CutPrefix(digits, "86"); ok && !chinese(rest) {
		return "", false
	}
	return "+" + digits, true
}

// national completes a number that was typed without prefix.
func (d dialling) national(digits string) (string, bool) {
	if d.code == "86" {
		if rest, ok := strings.CutPrefix(digits, "86"); ok && len(rest) == 11 && chinese(rest) {
			return "+" + digits, true
		}
		rest, trunk := strings.CutPrefix(digits, d.trunk)
		// A landline is only complete with its area code, and that begins with 0.
		if !chinese(rest) || trunk == (mobile(rest) || strings.HasPrefix(rest, "400") || strings.HasPrefix(rest, "800")) {
			return "", false
		}
		return "+86" + rest, true
	}
	if d.trunk != "" && len(digits) > d.min {
		digits = strings.TrimPrefix(digits, d.trunk)
	}
	if len(digits) < d.min || len(digits) > d.max || digits[0] == '0' && d.code != "39" {
		return "", false
	}
	return international(d.code + digits)
}

// chinese says whether digits can follow +86: a mobile number, a landline with
// its area code, or a service number.
func chinese(digits string) bool {
	if len(digits) < 9 || len(digits) > 11 || digits[0] == '0' {
		return false
	}
	if digits[0] == '1' {
		return mobile(digits) || strings.HasPrefix(digits, "10") && len(digits) == 10
	}
	return true
}

func mobile(digits string) bool {
	return len(digits) == 11 && digits[0] == '1' && digits[1] >= '3'
}
