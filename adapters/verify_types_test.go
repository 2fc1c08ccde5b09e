package adapters_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram/telegramtest"
)

// called is a call of an API as the golden files of an adapter have it.
type called struct {
	Method string                     `json:"method"`
	Params map[string]json.RawMessage `json:"params"`
	Files  []string                   `json:"files"` // each begins with its field and a colon
}

// goldens are the calls of the golden files of an adapter, by file.
func goldens(t *testing.T, adapter string) map[string][]called {
	t.Helper()
	files := must(filepath.Glob(filepath.Join(adapter, "testdata", "out", "*.json")))(t)
	if len(files) == 0 {
		t.Fatalf("%s has no golden files", adapter)
	}
	all := map[string][]called{}
	for _, path := range files {
		var calls []called
		if err := json.Unmarshal(read(t, path), &calls); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, c := range calls {
			unfold(c.Params)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".json")] = calls
	}
	return all
}

// unfold takes JSON out of the strings of a form.
func unfold(params map[string]json.RawMessage) {
	for k, raw := range params {
		var text string
		if json.Unmarshal(raw, &text) == nil && (strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{")) && json.Valid([]byte(text)) {
			params[k] = json.RawMessage(text)
		}
	}
}

// sheet is a file of TypeScript in which each value stands with its type.
type sheet struct {
	lines []string
	names []string // of the value on the line
}

func (s *sheet) head(line string) { s.lines, s.names = append(s.lines, line), append(s.names, "") }

// value adds a value that has to be of a type. A value is one line.
func (s *sheet) value(name, kind string, raw []byte) {
	s.lines = append(s.lines, fmt.Sprintf("export const v%d: %s = %s;", len(s.lines), kind, raw))
	s.names = append(s.names, name)
}

var complaint = regexp.MustCompile(`(?m)^([a-z]+\.ts)\((\d+),\d+\): error (.*)$`)

// compile type-checks sheets by their file names, and returns what tsc says of
// the named values: file, name, words.
func compile(t *testing.T, sheets map[string]*sheet) []string {
	t.Helper()
	modules := filepath.Join(verifiers(t), "node_modules")
	dir := t.TempDir()
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	args := []string{
		filepath.Join(modules, "typescript", "bin", "tsc"), "--noEmit", "--strict", "--skipLibCheck", "--pretty", "false",
		"--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext",
	}
	for name, s := range sheets {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.Join(s.lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	var says []string
	for _, m := range complaint.FindAllStringSubmatch(string(out), -1) {
		n := must(strconv.Atoi(m[2]))(t)
		says = append(says, m[1]+" "+sheets[m[1]].names[n-1]+": "+m[3])
	}
	if err != nil && len(says) == 0 {
		t.Fatalf("tsc: %v\n%s", err, out)
	}
	return says
}

// TestTypes has the TypeScript compiler hold what we send against the types
// that Slack and grammY publish: blocks, views and the manifest; methods and
// updates. What is planted wrong has to be found.
func TestTypes(t *testing.T) {
	verifiers(t)
	sheets := map[string]*sheet{
		"slack.ts": slackSheet(t), "manifest.ts": manifestSheet(t), "telegram.ts": telegramSheet(t), "updates.ts": updateSheet(t),
		"talks.ts": talkSheet(t),
	}
	planted, want := plantedSheet()
	sheets["planted.ts"] = planted
	found := map[string]bool{}
	for _, said := range compile(t, sheets) {
		name, wrong := strings.CutPrefix(said, "planted.ts ")
		if !wrong {
			t.Error(said)
			continue
		}
		name, _, _ = strings.Cut(name, ":")
		found[name] = true
	}
	for _, name := range want {
		if !found[name] {
			t.Errorf("the compiler takes a %s", name)
		}
	}
	for name, s := range sheets {
		t.Logf("%s: %d values", name, len(s.lines)-1)
	}
}

const slackTypes = `import type { KnownBlock, ModalView, HomeView, View, MessageMetadata } from "@slack/types"; import type { ChatPostMessageArguments, ChatUpdateArguments, ChatPostEphemeralArguments, ViewsOpenArguments, ViewsPublishArguments } from "@slack/web-api";`

// slackSheet is what the adapter's golden files hold of blocks and views.
func slackSheet(t *testing.T) *sheet {
	s := &sheet{}
	s.head(slackTypes)
	kinds := map[string]int{}
	for file, calls := range goldens(t, "slack") {
		s.slack(t, file, calls, kinds)
	}
	for _, kind := range []string{"blocks", "modal", "home", "metadata"} {
		if kinds[kind] == 0 {
			t.Errorf("no golden file shows %s", kind)
		}
	}
	return s
}

// slack adds the blocks and the views of calls, and counts them.
func (s *sheet) slack(t *testing.T, from string, calls []called, kinds map[string]int) {
	t.Helper()
	for i, c := range calls {
		name := fmt.Sprintf("%s %d %s", from, i, c.Method)
		if raw := c.Params["blocks"]; len(raw) > 0 && string(raw) != "null" {
			s.value(name, "KnownBlock[]", compact(t, raw))
			kinds["blocks"]++
		}
		if raw := c.Params["metadata"]; len(raw) > 0 {
			s.value(name, "MessageMetadata", compact(t, raw))
			kinds["metadata"]++
		}
		if raw := c.Params["view"]; len(raw) > 0 {
			var view struct{ Type string }
			if err := json.Unmarshal(raw, &view); err != nil {
				t.Fatal(err)
			}
			kind := map[string]string{"modal": "ModalView", "home": "HomeView"}[view.Type]
			s.value(name, kind, compact(t, raw))
			kinds[view.Type]++
		}
	}
}

// talkSheet is what went out in the conversations that are played everywhere.
func talkSheet(t *testing.T) *sheet {
	t.Helper()
	s := &sheet{}
	s.head(slackTypes + ` import type { Opts } from "@grammyjs/types";`)
	for _, language := range []string{"en", "zh-CN"} {
		for _, play := range []struct {
			platform string
			stage    stage
			script   []step
		}{
			{"telegram", customerStages["telegram"], customerScript[language]},
			{"telegram", salesStages["telegram"], salesScript[language]},
			{"slack", salesStages["slack"], salesScript[language]},
		} {
			w, person, others := play.stage(t, language)
			w.play("somebody", person, others, play.script)
			for _, other := range append(others, person) {
				switch p := other.(type) {
				case *telegramScreen:
					s.telegram(t, "talk "+language, calledOf(t, p.server.Calls()))
				case *slackScreen:
					s.slack(t, "talk "+language, calledOf(t, p.server.Calls()), map[string]int{})
				}
			}
		}
	}
	return s
}

// calledOf are calls as golden files have them.
func calledOf(t *testing.T, calls []adaptertest.Call) []called {
	t.Helper()
	all := make([]called, len(calls))
	for i, c := range calls {
		params := map[string]json.RawMessage{}
		for k, v := range c.Params {
			params[k] = must(json.Marshal(v))(t)
		}
		unfold(params)
		all[i] = called{Method: c.Method, Params: params}
		for _, f := range c.Files {
			all[i].Files = append(all[i].Files, f.Field+": "+f.Name)
		}
	}
	return all
}

// manifestSheet is the manifest that people paste.
func manifestSheet(t *testing.T) *sheet {
	s := &sheet{}
	s.head(`import type { AppsManifestCreateArguments } from "@slack/web-api"; type Manifest = Exclude<AppsManifestCreateArguments["manifest"], string>;`)
	path := filepath.Join("slack", "manifest.yaml")
	if _, err := os.Stat(path); err != nil {
		t.Errorf("no %s", path)
		return s
	}
	s.value(path, "Manifest", compact(t, must(yaml.YAMLToJSON(read(t, path)))(t)))
	return s
}

// numbers are the parameters of Telegram's methods that are numbers though a
// form holds only text.
var numbers = regexp.MustCompile(`^(message_id|message_thread_id|user_id|offset|limit|timeout|max_connections)$`)

// telegramSheet is what the adapter's golden files hold of calls.
func telegramSheet(t *testing.T) *sheet {
	s := &sheet{}
	s.head(`import type { Opts } from "@grammyjs/types";`)
	for file, calls := range goldens(t, "telegram") {
		s.telegram(t, file, calls)
	}
	return s
}

// telegram adds the parameters of calls. A file is in another part of a request
// than the parameters: it stands for itself.
func (s *sheet) telegram(t *testing.T, from string, calls []called) {
	t.Helper()
	for i, c := range calls {
		fields := map[string]json.RawMessage{}
		for k, raw := range c.Params {
			var text string
			_ = json.Unmarshal(raw, &text) // nested values are no texts
			if numbers.MatchString(k) || text == "true" || text == "false" {
				raw = json.RawMessage(text)
			}
			fields[k] = raw
		}
		for _, file := range c.Files {
			field, _, _ := strings.Cut(file, ":")
			fields[field] = json.RawMessage(`"a file"`)
		}
		s.value(fmt.Sprintf("%s %d %s", from, i, c.Method), fmt.Sprintf("Opts<string>[%q]", c.Method), must(json.Marshal(fields))(t))
	}
}

// updateSheet is what our stand-in of Telegram sends.
func updateSheet(t *testing.T) *sheet {
	server := telegramtest.New()
	t.Cleanup(server.Close)
	s := &sheet{}
	s.head(`import type { Message, Update } from "@grammyjs/types";`)
	for name, raw := range map[string]json.RawMessage{
		"text": server.Text(ana, "hello"), "command": server.Text(ana, "/start x"),
		"contact": server.Contact(ana, "+8613800000000"), "press": server.Press(ana, 7, "b:1"),
	} {
		s.value(name, "Update", compact(t, raw))
	}
	// grammY's type of a quoted message can be written in no JSON: it stands for
	// itself.
	var topic struct {
		ID      int64                      `json:"update_id"`
		Message map[string]json.RawMessage `json:"message"`
	}
	if err := json.Unmarshal(server.InTopic(ana, -1001, "31", map[string]any{"text": "hello"}), &topic); err != nil {
		t.Fatal(err)
	}
	s.value("head of a topic", "Message", compact(t, topic.Message["reply_to_message"]))
	delete(topic.Message, "reply_to_message")
	s.value("in a topic", "Update", must(json.Marshal(map[string]any{"update_id": topic.ID, "message": topic.Message}))(t))
	return s
}

// plantedSheet holds mistakes, and their names.
func plantedSheet() (*sheet, []string) {
	s := &sheet{}
	s.head(slackTypes + ` import type { Opts, Update } from "@grammyjs/types";`)
	mistakes := []struct{ name, kind, raw string }{
		{"block of no type", "KnownBlock[]", `[{"type":"sektion","text":{"type":"mrkdwn","text":"x"}}]`},
		{"button with a label that is no object", "KnownBlock[]", `[{"type":"actions","elements":[{"type":"button","text":"Yes","value":"b:1"}]}]`},
		{"modal without a title", "ModalView", `{"type":"modal","blocks":[]}`},
		{"field that is not there", "Opts<string>[\"sendMessage\"]", `{"chat_id":5,"text":"x","reply_to":7}`},
		{"update without a number", "Update", `{"message":{"text":"x"}}`},
	}
	names := make([]string, 0, len(mistakes))
	for _, m := range mistakes {
		s.value(m.name, m.kind, []byte(m.raw))
		names = append(names, m.name)
	}
	return s, names
}

// compact is JSON on one line.
func compact(t *testing.T, raw []byte) []byte {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return must(json.Marshal(v))(t)
}
