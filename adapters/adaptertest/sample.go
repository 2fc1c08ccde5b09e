package adaptertest

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"crmbot/bot"
)

// Sample is a value that the Setup of a platform takes for a field: the first of
// its choices, or the shortest text of its pattern that is longer than its
// prefix.
func Sample(f bot.SetupField) string {
	switch {
	case len(f.Choices) > 0:
		return f.Choices[0].Value
	case f.Pattern == "":
		return f.Prefix + "sample-of-the-test"
	}
	tree, err := syntax.Parse(f.Pattern, syntax.Perl)
	if err != nil {
		panic(err) // a programmer's mistake: a pattern stands in the code
	}
	value := shortest(tree)
	if !strings.HasPrefix(value, f.Prefix) {
		value = f.Prefix + value[min(len(f.Prefix), len(value)):]
	}
	return value
}

// shortest is a short text that a regular expression matches.
func shortest(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(letter(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "a"
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return strings.Repeat(shortest(re.Sub[0]), max(re.Min, 1))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(shortest(sub))
		}
	case syntax.OpAlternate:
		return shortest(re.Sub[0])
	}
	return b.String()
}

// letter is a member of a class, given as pairs of first and last: a letter if
// there is one, or a digit.
func letter(class []rune) rune {
	for _, want := range "Aa1" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= want && want <= class[i+1] {
				return want
			}
		}
	}
	return class[0]
}

var (
	shown     = regexp.MustCompile(`(?m)^  (?:# )?- platform: (\w+)\n(?:  (?:# )?  .*\n?)*`)
	commented = regexp.MustCompile(`(?m)^  # `)
	variable  = regexp.MustCompile(`\$\{(\w+)\}`)
)

// Shown are the blocks of config.example.yaml by platform, with sample values
// for their variables, as they stand below adapters.
func Shown(example string, setups map[string]func() bot.Setup) map[string]string {
	blocks := map[string]string{}
	for _, m := range shown.FindAllStringSubmatch(example, -1) {
		var fields []bot.SetupField
		if setup := setups[m[1]]; setup != nil {
			fields = setup().Fields
		}
		blocks[m[1]] = variable.ReplaceAllStringFunc(commented.ReplaceAllString(m[0], "  "), func(name string) string {
			name = strings.Trim(name, "${}")
			i := slices.IndexFunc(fields, func(f bot.SetupField) bool { return f.Env == name })
			if i < 0 {
				return "sample-of_the-test"
			}
			return Sample(fields[i])
		})
	}
	return blocks
}
