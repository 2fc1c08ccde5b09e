package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"crmbot/storage/storagetest"
)

// crmbot runs the program as main does.
func crmbot(t *testing.T, in string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &out, &errs)
	return code, out.String(), errs.String()
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"version"}, exitFine, "crmbot"},
		{[]string{"help"}, exitFine, "demo"},
		{[]string{}, exitFine, "demo"},
		{[]string{"dance"}, exitWrong, "dance"},
		{[]string{"serve", "--loud"}, exitWrong, "--loud"},
		{[]string{"serve", "--config", "no-such.yaml"}, exitWrong, "no-such.yaml"},
		{[]string{"chat"}, exitWrong, "--as"},
		{[]string{"chat", "--as", "nobody"}, exitWrong, "nobody"},
		{[]string{"chat", "--script", "no-such.txt"}, exitWrong, "no-such.txt"},
		{[]string{"demo", "--listen", "0.0.0.0:8080"}, exitWrong, "this machine"},
		{[]string{"user", "add", "only-a-name"}, exitWrong, "2"},
	} {
		code, stdout, stderr := crmbot(t, "", c.args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("crmbot %v: exit %d, %q %q; want %d and %q", c.args, code, stdout, stderr, c.code, c.want)
		}
	}
}

func TestChatAnswersEveryLineAndEnds(t *testing.T) {
	code, out, errs := crmbot(t, "含人工甜味剂吗\n投诉：到货破袋\n跳过\n", "chat", "--as", "customer:ana")
	if code != exitFine || !strings.Contains(out, "受理编号") {
		t.Errorf("exit %d, %q %q", code, out, errs)
	}
	code, out, errs = crmbot(t, "pipeline\n漏斗\n", "chat", "--as", "li.wei")
	if code != exitFine || !strings.Contains(out, "Pipeline") || !strings.Contains(out, "漏斗") {
		t.Errorf("exit %d, %q %q", code, out, errs)
	}
}

func TestChatKeepsADatabaseOnlyWhereTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kept.db")
	for range 2 { // the second time it is there already
		if code, _, errs := crmbot(t, "I want to buy 20 t of maltose syrup\nskip\nskip\n", "chat", "--as", "customer:ana", "--database", file); code != exitFine {
			t.Fatalf("exit %d %s", code, errs)
		}
	}
	_, out, _ := crmbot(t, "find ana\n", "chat", "--as", "admin", "--database", file)
	if !strings.Contains(out, "CON-") {
		t.Errorf("nobody remembers ana: %s", out)
	}
}

func TestOneProcessAFile(t *testing.T) {
	r := runServe(t, storagetest.SQLite(t))
	file := r.database
	code, _, errs := crmbot(t, "", "chat", "--as", "admin", "--database", file)
	if code != exitWrong || !strings.Contains(errs, "in use") {
		t.Errorf("a second process gets exit %d and %q", code, errs)
	}
	if code, _, errs := crmbot(t, "", "migrate", "--config", r.config); code != exitFine {
		t.Errorf("a look beside it gets exit %d and %q", code, errs)
	}
	r.stop()
	if code, _, errs := crmbot(t, "today\n", "chat", "--as", "li.wei", "--database", file); code != exitFine {
		t.Errorf("after it has stopped: exit %d and %q", code, errs)
	}
}

// TestTheLoopByScript is the first closed loop on the terminal, in both
// languages.
func TestTheLoopByScript(t *testing.T) {
	for _, c := range []struct {
		script string
		want   []string
	}{
		{"testdata/loop.en.txt", []string{"will contact you", "TIC-", "A new lead for you", "Noted on **LEAD", "weighted"}},
		{"testdata/loop.zh.txt", []string{"已登记", "受理编号", "已记到 **LEAD", "加权"}},
	} {
		code, out, errs := crmbot(t, "", "chat", "--script", c.script)
		if code != exitFine {
			t.Fatalf("%s: exit %d %s", c.script, code, errs)
		}
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: nobody says %q in\n%s", c.script, want, out)
			}
		}
	}
}

// TestATerminalHasNoThreads: whoever asks for a person there is told who comes,
// and the config's places, which nobody reaches from a terminal, get nothing.
func TestATerminalHasNoThreads(t *testing.T) {
	path := shop(t, "en", `users:
  - {handle: li.wei, name: Li Wei, role: service}
threads:
  - place: slack:team/C0123ABCD
adapters:
  - {platform: webchat, install: site}
  - {platform: webchat, install: staff, audience: staff}
  - {platform: slack, install: team, bot_token: xoxb-1, app_token: xapp-1}
`)
	play := filepath.Join(t.TempDir(), "play.txt")
	text := "customer:ana> I want to talk to a person\nli.wei> waiting\nli.wei> [Take ana]\nli.wei> reply CON-1 Hello Ana, Li Wei here\n* wait 10s\n"
	if err := os.WriteFile(play, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := crmbot(t, "", "chat", "--script", play, "--config", path)
	for _, want := range []string{"Li Wei will answer you here", "CONV-", "  to customer:ana\n    Li Wei: Hello Ana, Li Wei here\n"} {
		if code != exitFine || !strings.Contains(out, want) {
			t.Errorf("exit %d, nobody says %q in\n%s%s", code, want, out, errs)
		}
	}
	if err := os.WriteFile(play, []byte("* down office\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := crmbot(t, "", "chat", "--script", play); code == exitFine || !strings.Contains(errs, "down") {
		t.Errorf("a terminal has trouble of its own: exit %d %s", code, errs)
	}
}
