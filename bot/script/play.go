package script

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"crmbot/bot"
)

// Said is something the bot showed to somebody.
type Said struct {
	To    Speaker
	Reply *bot.Reply
	Op    bot.Op // OpPost if ""
	// Was is what the message said before, of an OpEdit or OpDelete; nil if that
	// is not known.
	Was   *bot.Reply
	For   string // who alone can see it, "" if that is To
	Plain string // how a platform without buttons shows it; "" to write the Reply out
}

// Stage is where a script is played. Do does what the line says, lets
// everything that follows from it happen, and returns what everybody was shown,
// in order.
type Stage interface {
	Do(ctx context.Context, line Line) ([]Said, error)
}

// Play plays the lines and writes the transcript to w, in the format of a
// script, so that a transcript is a script again. It returns the stage's first
// error with its line.
func Play(ctx context.Context, lines []Line, stage Stage, w io.Writer) error {
	for _, line := range lines {
		said, err := stage.Do(ctx, line)
		if err != nil {
			return fmt.Errorf("script: line %d: %s: %w", line.Number, line, err)
		}
		for _, c := range line.Comment {
			if _, err := fmt.Fprintln(w, c); err != nil {
				return err
			}
		}
		if _, err := io.WriteString(w, line.String()+"\n"+transcript(line.Speaker, said)); err != nil {
			return err
		}
	}
	return nil
}

// transcript writes what was shown: first to the speaker himself, then to
// others under their names, in the order of those.
func transcript(speaker Speaker, said []Said) string {
	said = slices.Clone(said)
	slices.SortStableFunc(said, func(a, b Said) int {
		if here := sameRoom(a.To, speaker); here != sameRoom(b.To, speaker) {
			if here {
				return -1
			}
			return 1
		}
		return strings.Compare(a.To.String(), b.To.String())
	})
	var b strings.Builder
	to := speaker
	for _, s := range said {
		if s.To != to && !(to == speaker && sameRoom(s.To, speaker)) {
			to = s.To
			b.WriteString("  to " + to.String() + "\n")
		}
		if s.For == speaker.Name {
			s.For = ""
		}
		b.WriteString(indent(Render(s)))
	}
	return b.String()
}

// sameRoom says whether the speaker reads what is shown to somebody.
func sameRoom(to, speaker Speaker) bool {
	return to == speaker || to.Group != "" && to.Group == speaker.Group && to.Thread == speaker.Thread
}

func indent(s string) string {
	var b strings.Builder
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		b.WriteString(strings.TrimRight("    "+line, " ") + "\n")
	}
	return b.String()
}

// Render writes a reply as the lines of a transcript.
func Render(s Said) string {
	if s.Plain != "" {
		return s.Plain
	}
	if s.Was != nil && (s.Op == bot.OpEdit || s.Op == bot.OpDelete) {
		return revised(s)
	}
	r := s.Reply
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	switch {
	case s.Op == bot.OpEdit:
		line("(edits)")
	case s.Op == bot.OpDelete:
		line("(deletes)")
	case s.Op == bot.OpHome:
		line("(home page)")
	case s.Op == bot.OpTyping:
		line("(is typing)")
	case s.Op == bot.OpNudge:
		line("(outside the chat)")
	case s.Op == bot.OpTransfer:
		line("(over to the platform’s desk)")
	case s.Op == bot.OpThread:
		line("(opens a thread)")
	case s.For != "":
		line("(only %s)", s.For)
	case r != nil && r.Private || s.Op == bot.OpEphemeral:
		line("(only you)")
	}
	if r == nil {
		return b.String()
	}
	if r.Toast != "" {
		line("(%s)", r.Toast)
	}
	if r.Share && s.To.Thread == 0 {
		line("(everybody)")
	}
	if r.Text != "" {
		line("%s", strings.TrimRight(r.Text, "\n"))
	}
	for _, c := range r.Cards {
		card(line, c)
	}
	if r.Table != nil {
		for _, row := range r.Table.Lines {
			line("%s", row)
		}
	}
	for _, f := range r.Files {
		line("📎 %s", f.Name)
	}
	if r.Form != nil {
		form(line, r.Form)
	}
	if r.AskContact != "" {
		line("[%s ☎]", r.AskContact)
	}
	buttons(line, r.Buttons)
	return b.String()
}

func card(line func(string, ...any), c bot.Card) {
	line("| %s", strings.TrimSpace(c.Title))
	if c.Subtitle != "" {
		line("| %s", c.Subtitle)
	}
	for _, f := range c.Fields {
		line("| %s: %s", f.Name, f.Value)
	}
	if c.Text != "" {
		line("| %s", strings.ReplaceAll(c.Text, "\n", "\n| "))
	}
	buttons(line, c.Buttons)
}

// form writes a form: what must be given has a star, what is filled in stands
// behind a colon, the options in braces, what is wrong below.
func form(line func(string, ...any), f *bot.Form) {
	if f.Title != "" {
		line("# %s", f.Title)
	}
	if f.Text != "" {
		line("%s", f.Text)
	}
	for _, field := range f.Fields {
		star, options := "", ""
		if field.Required {
			star = "*"
		}
		labels := make([]string, len(field.Options))
		for i, o := range field.Options {
			labels[i] = o.Label
		}
		if len(labels) > 0 {
			options = " {" + strings.Join(labels, " | ") + "}"
		}
		value := strings.ReplaceAll(field.Value, "\n", "\n|   ")
		line("| %s%s (%s): %s%s", field.Label, star, strings.TrimSpace(field.Name+" "+string(field.Type)), value, options)
		if field.Error != "" {
			line("|   ! %s", field.Error)
		}
	}
	if f.Submit != "" {
		line("[%s] [%s]", f.Submit, f.Cancel)
	}
}

func buttons(line func(string, ...any), all []bot.Button) {
	if len(all) == 0 {
		return
	}
	labels := make([]string, len(all))
	for i, b := range all {
		labels[i] = "[" + b.Label + "]"
	}
	line("%s", strings.Join(labels, " "))
}
