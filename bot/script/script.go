// Package script reads and plays conversations of several speakers, and writes
// down what everybody was shown. It is how the golden conversations are
// tested and what crmbot chat --script does.
//
// A script is a text. A line with a speaker says something, the indented lines
// below it are what the bot answered; a player that only wants to speak skips
// them.
//
//	# a comment
//	customer:ana> hello
//	    Hello! How can I help?
//	    [Get a quote] [Talk to a person]
//	customer:ana> [Get a quote]
//	    What do you need, and how much?
//	  to li.wei
//	    New lead …
//	* wait 10m
//	li.wei> pipeline
//
// "customer:ana" is somebody outside, any other name the handle of somebody
// who works here. "li.wei@plain" speaks on a platform without buttons,
// "li.wei#sales" in a group chat, where "@ pipeline" is addressed to the bot,
// "/ pipeline" asked in private and "^ tomorrow" an answer to the bot's latest
// message. "li.wei#support/1" speaks in the first thread of that group.
// "customer:ana>> hello" says it without waiting for what follows.
// A whole text in square brackets presses the button of that label. A whole
// text in angle brackets is no text but an event: <follow SCENE>,
// <contact PHONE>, <photo NAME | CAPTION>, <edit TEXT> and <delete> of the
// speaker's latest message, and where there are forms
// <open LINE | MESSAGE>, <fill name=value …>, <search FIELD TYPED>.
//
// A line that begins with a star is nobody's: time passes, or something befalls
// the house. What besides "* wait" there is, is the stage's own.
//
// In a thread "≈" stands before what a message says now that said something
// else before, and "(only li.wei)" above what he alone can see.
package script

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Line is one thing that happens: somebody says, presses or does something, or
// time passes.
type Line struct {
	Number  int
	Speaker Speaker
	Text    string        // as it stands behind the speaker
	Press   string        // label of the button that is pressed, "" if none is
	Event   string        // "follow", "contact", …; its argument is Text
	More    bool          // the next line follows at once
	Wait    time.Duration // instead of everything else
	Turn    string        // what befalls the house, instead of everything else: its argument is Text
	Comment []string      // the comment and empty lines before it, as they are
}

// Speaker is who and where.
type Speaker struct {
	Name     string // "ana", "li.wei"
	Customer bool
	Place    string // "plain" of "@plain", "" for the usual platform
	Group    string // "sales" of "#sales", "" for a direct chat
	Thread   int    // of the group: 1 of "#support/1", 0 for none
}

// String writes the speaker as in a script.
func (s Speaker) String() string {
	out := s.Name
	if s.Customer {
		out = "customer:" + out
	}
	if s.Place != "" {
		out += "@" + s.Place
	}
	if s.Group != "" {
		out += "#" + s.Group
	}
	if s.Thread > 0 {
		out += fmt.Sprintf("/%d", s.Thread)
	}
	return out
}

var (
	spoken = regexp.MustCompile(`^((?:customer:)?[^\s:>@#\[\]]+(?:@[a-z]+)?(?:#[a-z]+(?:/[1-9][0-9]*)?)?)(>>?)(?: (.*))?$`)
	event  = regexp.MustCompile(`^<([a-z]+)(?: (.*))?>$`)
	turn   = regexp.MustCompile(`^\* ([a-z]+)(?: (.*))?$`)
	press  = regexp.MustCompile(`^\[(.+)\]$`)
)

// Parse reads a script. Its error names the line that is neither a comment,
// nor spoken, nor indented.
func Parse(r io.Reader) ([]Line, error) {
	var lines []Line
	var comment []string
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for n := 1; in.Scan(); n++ {
		text := strings.TrimRight(in.Text(), " \t\r")
		switch {
		case text == "" || strings.HasPrefix(text, "#"):
			comment = append(comment, text)
		case strings.HasPrefix(text, " "):
			if strings.Join(comment, "") == "" {
				comment = nil // an empty line inside an answer
			}
		default:
			line, err := parseLine(n, text)
			if err != nil {
				return nil, err
			}
			line.Comment, comment = comment, nil
			lines = append(lines, line)
		}
	}
	return lines, in.Err()
}

func parseLine(n int, text string) (Line, error) {
	if wait, ok := strings.CutPrefix(text, "* wait "); ok {
		d, err := time.ParseDuration(wait)
		if err != nil || d <= 0 {
			return Line{}, fmt.Errorf("script: line %d: %q is no duration such as 10m", n, wait)
		}
		return Line{Number: n, Wait: d, Text: text}, nil
	}
	if t := turn.FindStringSubmatch(text); t != nil && t[1] != "wait" {
		return Line{Number: n, Turn: t[1], Text: t[2]}, nil
	}
	m := spoken.FindStringSubmatch(text)
	if m == nil {
		return Line{}, fmt.Errorf("script: line %d: want \"speaker> text\", have %q", n, text)
	}
	line := Line{Number: n, Speaker: parseSpeaker(m[1]), More: m[2] == ">>", Text: m[3]}
	if e := event.FindStringSubmatch(line.Text); e != nil {
		line.Event, line.Text = e[1], e[2]
	} else if p := press.FindStringSubmatch(line.Text); p != nil {
		line.Press = p[1]
	}
	return line, nil
}

func parseSpeaker(s string) Speaker {
	var out Speaker
	s, out.Group, _ = strings.Cut(s, "#")
	if group, thread, in := strings.Cut(out.Group, "/"); in {
		out.Group = group
		out.Thread, _ = strconv.Atoi(thread) // digits, by the pattern
	}
	s, out.Place, _ = strings.Cut(s, "@")
	out.Name, out.Customer = strings.CutPrefix(s, "customer:")
	return out
}

// String writes the line as in a script, without its comment.
func (l Line) String() string {
	if l.Wait > 0 {
		return l.Text
	}
	if l.Turn != "" {
		return strings.TrimRight("* "+l.Turn+" "+l.Text, " ")
	}
	text := l.Text
	if l.Event != "" {
		text = "<" + strings.TrimSpace(l.Event+" "+l.Text) + ">"
	}
	mark := "> "
	if l.More {
		mark = ">> "
	}
	return strings.TrimRight(l.Speaker.String()+mark+text, " ")
}
