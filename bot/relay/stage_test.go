package relay_test

import (
	"strings"
	"testing"

	"crmbot/bot/bottest"
)

// stage is a house whose customers are answered in threads, with the lines that
// are played there.
type stage struct {
	*bottest.House
	t *testing.T
}

// at opens a house with threads at places.
func at(t *testing.T, language string, places ...string) *stage {
	t.Helper()
	t.Parallel()
	s := &stage{bottest.New(t, language), t}
	s.Threads(places...)
	return s
}

// support is a place with forms and words for one person alone, lounge one with
// neither.
const (
	support = "office:team#support"
	lounge  = "floor:team#lounge"
)

// play plays lines and returns what everybody was shown at the last.
func (s *stage) play(lines ...string) string {
	s.t.Helper()
	shown := ""
	for _, line := range lines {
		shown = s.Say(line)
	}
	return shown
}

// shows plays a line, after which all of the pieces have to be seen, in order.
// A piece that begins with an exclamation mark must not be seen at all.
func (s *stage) shows(line string, pieces ...string) {
	s.t.Helper()
	shown := s.Say(line)
	rest := shown
	for _, piece := range pieces {
		if bad, ok := strings.CutPrefix(piece, "!"); ok {
			if strings.Contains(shown, bad) {
				s.t.Fatalf("%q must not be shown:\n%s", bad, shown)
			}
			continue
		}
		_, after, ok := strings.Cut(rest, piece)
		if !ok {
			s.t.Fatalf("%q is missing, or not in its place:\n%s", piece, shown)
		}
		rest = after
	}
}

// silent plays a line after which nobody is shown anything.
func (s *stage) silent(line string) {
	s.t.Helper()
	if shown := s.Say(line); strings.TrimSpace(strings.Replace(shown, line, "", 1)) != "" {
		s.t.Fatalf("somebody was shown something:\n%s", shown)
	}
}
