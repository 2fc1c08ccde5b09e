package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/locale"
)

// asker asks on the terminal, in the language that was chosen first.
type asker struct {
	in      *bufio.Scanner
	out     io.Writer
	catalog *locale.Catalog
	words   *locale.Words
	ended   bool // nobody answers any more
}

func newAsker(in io.Reader, out io.Writer, catalog *locale.Catalog) *asker {
	return &asker{in: bufio.NewScanner(in), out: out, catalog: catalog, words: catalog.Words("en")}
}

// ask returns what was typed, or the preset.
func (a *asker) ask(question, preset string) string {
	if preset != "" {
		question += " [" + preset + "]"
	}
	fmt.Fprint(a.out, question+" ")
	if a.ended = !a.in.Scan(); a.ended {
		fmt.Fprintln(a.out)
	} else if answer := strings.TrimSpace(a.in.Text()); answer != "" {
		return answer
	}
	return preset
}

// askFor asks until the answer is right. again is what is said to a wrong one.
func (a *asker) askFor(question, preset string, right func(string) bool, again func(string) string) string {
	for {
		answer := a.ask(question, preset)
		if right(answer) || a.ended {
			return answer
		}
		fmt.Fprintln(a.out, again(answer))
	}
}

// choose asks for one of several; Enter takes the first.
func (a *asker) choose(question string, names []string) int {
	fmt.Fprintln(a.out, question)
	for i, name := range names {
		fmt.Fprintf(a.out, "  %d  %s\n", i+1, name)
	}
	answer := a.askFor(a.say("init.number"), "1", func(s string) bool {
		n, err := strconv.Atoi(s)
		return err == nil && n >= 1 && n <= len(names)
	}, func(string) string { return a.say("init.pattern") })
	n, err := strconv.Atoi(answer)
	if err != nil || n > len(names) { // the answers ended with a wrong one
		return len(names) - 1
	}
	return n - 1
}

func (a *asker) yes(question string) bool {
	answer := strings.ToLower(a.ask(question+" (y/n)", "n"))
	for _, yes := range []string{"y", "是", "好", "要", "对"} {
		if strings.HasPrefix(answer, yes) {
			return true
		}
	}
	return false
}

// local is the text in the chosen language.
func (a *asker) local(text bot.Local) string { return text.In(a.words.Lang()) }

func (a *asker) say(key string, args ...any) string { return a.words.Label(key, args...) }

// quote writes a value so that YAML reads it as text.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
