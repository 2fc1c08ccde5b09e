package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"crmbot/adapters/telegram/telegramtest"
	"crmbot/storage/storagetest"
)

// TestTheLogsTellNothingOfPeople plays whole conversations and reads the logs:
// neither at info nor at debug is there a word of what was said, a name, a number
// or a secret.
func TestTheLogsTellNothingOfPeople(t *testing.T) {
	for _, level := range []string{"info", "debug"} {
		for name, l := range loops {
			t.Run(level+" "+name, func(t *testing.T) {
				r := runServe(t, storagetest.SQLite(t), "log: "+level)
				r.play(l)
				r.staff("U0WANG", "deal new Nobody-Knows-This-Firm not-a-sum", "")
				r.customer(r.telegram.Text(telegramtest.Person{ID: 778, Name: "Xanthippe"}, "link WRONG-CODE"), "")
				if code := r.stop(); code != exitFine {
					t.Errorf("serve ends with %d", code)
				}
				said := r.log.String()
				for _, word := range []string{
					l.ask, l.price, l.much, l.complain, l.answer, "Ana", "Xanthippe", "13800000000", "138 0000", "Rongshi", "280k", "280,000",
					"李伟", "王芳", "赵敏", "called, wants a sample", "wants a sample", "Nobody-Knows-This-Firm", "not-a-sum", "WRONG-CODE",
					r.telegram.Token, r.telegram.Secret, r.slack.BotToken, r.slack.SigningSecret,
				} {
					if strings.Contains(said, word) {
						t.Errorf("the log tells %q:\n%s", word, linesWith(said, word))
					}
				}
				if level == "debug" && strings.Count(said, "pipeline: handled") < 5 {
					t.Errorf("only said:\n%s", said)
				}
				if level == "info" && strings.Contains(said, "level=DEBUG") {
					t.Errorf("info says what is for debug:\n%s", linesWith(said, "level=DEBUG"))
				}
			})
		}
	}
}

// TestAnEventHasOneNameOnItsWay follows a question from the webhook to the
// answer, and a line that waits for more until it is answered by itself.
func TestAnEventHasOneNameOnItsWay(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t), "log: debug", "log_format: json")
	update := r.telegram.Text(telegramtest.Person{ID: 777, Name: "Ana"}, "What is the minimum order?")
	r.customer(update, "One pallet")
	waits := r.telegram.Text(telegramtest.Person{ID: 778, Name: "Bo"}, "something that nobody here ever wrote down")
	r.customer(waits, "")
	r.stop()
	said := r.log.String()
	for _, u := range []struct {
		update   []byte
		stations []string
	}{
		{update, []string{"received", "handled", "queued", "sent"}},
		{waits, []string{"received", "handled", "handled", "queued", "sent"}},
	} {
		id := regexp.MustCompile(`"update_id":(\d+)`).FindSubmatch(u.update)[1]
		var stations []string
		for _, line := range strings.Split(linesWith(said, fmt.Sprintf(`"event":"%s"`, id)), "\n") {
			if _, rest, ok := strings.Cut(line, `"msg":"pipeline: `); ok && !strings.Contains(line, `"op":"typing"`) {
				station, _, _ := strings.Cut(rest, `"`)
				stations = append(stations, station)
			}
		}
		if got := strings.Join(stations, " "); got != strings.Join(u.stations, " ") {
			t.Errorf("event %s went by %q, want %q:\n%s", id, got, u.stations, said)
		}
	}
	for _, want := range []string{`"did":"article"`, `"native":"`, `"ms":`, `"step":"follows:`} {
		if !strings.Contains(said, want) {
			t.Errorf("no line has %s", want)
		}
	}
}

// linesWith are the lines that hold a word.
func linesWith(text, word string) string {
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, word) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
