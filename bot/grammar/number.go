package grammar

import "math/big"

// number is an unsigned decimal as typed: digits without the point, and how
// many of them stand after it.
type number struct {
	digits  *big.Int
	places  int
	end     int  // the rune after it
	grouped bool // 12,500
	hanzi   bool // 二十八
}

// longestNumber bounds the digits of a number.
const longestNumber = 18

// numberAt reads a number at rune i: 12500, 12,500, 1.2, 二十八, 一点五, 两.
func numberAt(f folded, i int) (number, bool) {
	if n, ok := arabicAt(f, i); ok {
		return n, true
	}
	return hanAt(f, i)
}

func arabicAt(f folded, i int) (number, bool) {
	var digits []rune
	n := number{}
	for n.end = i; isDigit(f.rune(n.end)); n.end++ {
		digits = append(digits, f.rune(n.end))
		if len(digits) > longestNumber {
			return number{}, false
		}
	}
	if len(digits) == 0 {
		return number{}, false
	}
	for f.rune(n.end) == ',' && threeDigits(f, n.end+1) && (n.grouped || len(digits) <= 3) {
		digits = append(digits, f.runes[n.end+1:n.end+4]...)
		n.end += 4
		n.grouped = true
		if len(digits) > longestNumber {
			return number{}, false
		}
	}
	if f.rune(n.end) == '.' && isDigit(f.rune(n.end+1)) {
		for n.end++; isDigit(f.rune(n.end)); n.end++ {
			digits = append(digits, f.rune(n.end))
			n.places++
			if len(digits) > longestNumber {
				return number{}, false
			}
		}
	}
	n.digits, _ = new(big.Int).SetString(string(digits), 10)
	return n, true
}

func threeDigits(f folded, i int) bool {
	return isDigit(f.rune(i)) && isDigit(f.rune(i+1)) && isDigit(f.rune(i+2)) && !isDigit(f.rune(i+3))
}

var (
	hanDigits = map[rune]int64{
		'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
		'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9,
	}
	hanUnits = map[rune]int64{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}
)

// hanAt reads a Chinese number below ten thousand: 二十八, 三千五百, 一百零五,
// 一点五, 二〇二六. It begins with a digit other than zero, or with 十.
func hanAt(f folded, i int) (number, bool) {
	first, isDigit := hanDigits[f.rune(i)]
	if !isDigit && f.rune(i) != '十' || isDigit && first == 0 {
		return number{}, false
	}
	n := number{hanzi: true, end: i}
	var total, last int64
	unit := int64(10_000) // of the last unit read; they must get smaller
	run := 0              // digits after each other: 二〇二六
	for ; n.end-i < longestNumber; n.end++ {
		r := f.rune(n.end)
		if d, ok := hanDigits[r]; ok {
			if run > 0 && total > 0 && last != 0 || run > 3 {
				break
			}
			last = last*10 + d
			if total > 0 {
				last = d
			}
			run++
			continue
		}
		u, ok := hanUnits[r]
		if !ok || u >= unit || last > 9 {
			break
		}
		if last == 0 {
			last = 1
		}
		total, last, unit, run = total+last*u, 0, u, 0
	}
	n.digits = big.NewInt(total + last)
	n.hanPlaces(f)
	return n, true
}

// hanPlaces reads 点五 after a whole number.
func (n *number) hanPlaces(f folded) {
	if f.rune(n.end) != '点' {
		return
	}
	for i := n.end + 1; i-n.end <= 4; i++ {
		d, ok := hanDigits[f.rune(i)]
		if !ok {
			if i > n.end+1 {
				n.end = i
			}
			return
		}
		n.digits.Mul(n.digits, big.NewInt(10)).Add(n.digits, big.NewInt(d))
		n.places++
	}
	n.end += 5
}

// smallNumber reads a whole text as a number of at most four digits, in digits
// or Chinese.
func smallNumber(s string) (int, bool) {
	f := fold(s, true)
	n, ok := numberAt(f, 0)
	if !ok || n.end != len(f.runes) || n.places > 0 || !n.digits.IsInt64() || n.digits.Int64() > 9999 {
		return 0, false
	}
	return int(n.digits.Int64()), true
}
