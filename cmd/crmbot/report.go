package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// report prints findings as they come, in one language, and counts them.
type report struct {
	out   io.Writer
	words *locale.Words
	found map[bot.Level]int
	wrong bool // the config is at fault
}

func newReport(out io.Writer, language string) (*report, error) {
	catalog, err := locale.Load()
	if err != nil {
		return nil, err
	}
	return &report{out: out, words: catalog.Words(language), found: map[bot.Level]int{}}, nil
}

// marks is how the levels look.
var marks = map[bot.Level]string{
	bot.LevelFine: "✓", bot.LevelNote: "·", bot.LevelWarning: "!", bot.LevelBroken: "✗",
}

// title begins the findings about one thing.
func (r *report) title(text string) {
	if len(r.found) > 0 {
		fmt.Fprintln(r.out)
	}
	fmt.Fprintln(r.out, text)
}

// called is an install as people and the config call it.
func (r *report) called(d door) string {
	return fmt.Sprintf("%s (%s/%s)", r.named(d), d.platform, d.install)
}

// named is what people call the platform of a door.
func (r *report) named(d door) string {
	entry := adapters.Platforms[string(d.platform)]
	if entry.Setup == nil {
		return string(d.platform)
	}
	return short(entry.Setup().Name.In(r.words.Lang()))
}

// short is a name without what it is for: "Slack, for the people who work here".
func short(name string) string {
	name, _, _ = strings.Cut(name, ",")
	name, _, _ = strings.Cut(name, "（")
	return strings.TrimSpace(name)
}

// within is a sentence of the locale with the name of a platform in it. Between
// Chinese and Latin letters stands a space.
func within(words *locale.Words, key, platform string, pairs ...any) string {
	before, after, named := strings.Cut(words.Label(key, append(pairs, "platform", "\x00")...), "\x00")
	if !named {
		return before
	}
	first, _ := utf8.DecodeRuneInString(platform)
	last, _ := utf8.DecodeLastRuneInString(platform)
	left, _ := utf8.DecodeLastRuneInString(before)
	right, _ := utf8.DecodeRuneInString(after)
	if unicode.Is(unicode.Han, left) && first < utf8.RuneSelf {
		before += " "
	}
	if unicode.Is(unicode.Han, right) && last < utf8.RuneSelf {
		after = " " + after
	}
	return before + platform + after
}

// say adds a sentence of the locale, with its next step if there is one.
func (r *report) say(level bot.Level, key, next string, pairs ...any) {
	r.add(r.sentence(level, key, next, nil, pairs...))
}

// sentence is a Finding in words of the locale.
func (r *report) sentence(level bot.Level, key, next string, err error, pairs ...any) bot.Finding {
	local := func(key string) bot.Local {
		if key == "" {
			return nil
		}
		return bot.Local{r.words.Lang(): r.words.Label(key, pairs...)}
	}
	return bot.Finding{Level: level, Text: local(key), Next: local(next), Err: err}
}

// add prints one finding.
func (r *report) add(f bot.Finding) {
	r.found[f.Level]++
	lang := r.words.Lang()
	r.print("  "+marks[f.Level]+" ", f.Text.In(lang))
	if f.Err != nil {
		r.print("      ", "("+plainCause(f.Err)+")")
	}
	if f.Next != nil {
		r.print("    → ", f.Next.In(lang))
	}
}

// print writes a text behind a mark; its further lines stand below its first.
func (r *report) print(mark, text string) {
	indent := strings.Repeat(" ", len([]rune(mark)))
	fmt.Fprintln(r.out, mark+strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+indent))
}

// plainCause is an error for the engineer, in one line that is not too long.
func plainCause(err error) string {
	if f, ok := errors.AsType[*bot.Failure](err); ok && f.Err != nil {
		err = f.Err // the class has been worded
	}
	if known, ok := errors.AsType[*crm.Error](err); ok && known.Err != nil {
		err = known.Err // the sentence has been said
	}
	text := strings.Join(strings.Fields(err.Error()), " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return text
}

// end says how it all is and what comes next.
func (r *report) end(path string, installs int) error {
	fmt.Fprintln(r.out)
	if installs == 0 {
		r.say(bot.LevelBroken, "check.nothing", "")
	}
	switch {
	case r.wrong:
		return r.failure(exitWrong)
	case r.found[bot.LevelBroken] > 0:
		return r.failure(exitFailed)
	case r.found[bot.LevelWarning] > 0:
		fmt.Fprintln(r.out, r.words.N("check.warned", r.found[bot.LevelWarning]))
	default:
		fmt.Fprintln(r.out, r.words.Label("check.fine"))
	}
	fmt.Fprintln(r.out, r.words.Label("check.next", "command", "crmbot serve --config "+path))
	return nil
}

// failure ends a check in which something does not work.
func (r *report) failure(code int) error {
	said := r.words.N("check.broken", r.found[bot.LevelBroken])
	return &spokenError{text: said, code: code}
}
