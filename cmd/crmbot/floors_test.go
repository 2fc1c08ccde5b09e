package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type listed struct {
	ImportPath, Dir, Doc string
	Imports              []string
	GoFiles              []string
	TestGoFiles          []string
	XTestGoFiles         []string
}

// packages lists the packages of the module.
func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Dir,Doc,Imports,GoFiles,TestGoFiles,XTestGoFiles", "crmbot/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// floor is what one floor of the house may import: ours by prefix, and others
// by prefix; standard library is always fine.
type floor struct {
	ours, others []string
	exact        bool // ours are packages, not prefixes
}

var textLibraries = []string{"golang.org/x/text", "github.com/kljensen/snowball"}

// floors is the table of the house, most specific prefix first.
var floors = []struct {
	prefix string
	floor
}{
	{"crmbot/crm", floor{}},
	{"crmbot/bot/bottest", floor{ours: []string{"crmbot/"}, others: []string{"github.com/google/go-cmp"}}},
	{"crmbot/bot/relay", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/bot/locale", "crmbot/bot/markup", "crmbot/bot/pipeline"}, exact: true}},
	{"crmbot/bot/handoff", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/bot/locale", "crmbot/bot/markup", "crmbot/bot/relay"}, exact: true}},
	{"crmbot/bot/knowledge/index", floor{ours: []string{"crmbot/bot/grammar", "crmbot/bot/pinyin"}, others: append([]string{"github.com/kljensen/snowball/english", "golang.org/x/text/unicode/norm"}, textLibraries...), exact: true}},
	{"crmbot/bot/knowledge", floor{ours: []string{"crmbot/crm", "crmbot/bot/grammar", "crmbot/bot/knowledge", "crmbot/bot/locale", "crmbot/bot/markup", "crmbot/bot/pinyin"}, others: textLibraries}},
	{"crmbot/bot/assist", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/bot/knowledge", "crmbot/bot/markup", "crmbot/bot/pipeline"}, exact: true}},
	{"crmbot/bot/teach", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/bot/commands", "crmbot/bot/grammar", "crmbot/bot/knowledge", "crmbot/bot/knowledge/index", "crmbot/bot/locale", "crmbot/bot/markup", "crmbot/bot/pipeline"}, exact: true}},
	{"crmbot/bot", floor{ours: []string{"crmbot/crm", "crmbot/bot"}, others: append([]string{"golang.org/x/time/rate"}, textLibraries...)}},
	{"crmbot/storage/storagetest", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/storage"}, others: []string{"github.com/", "pgregory.net/"}}},
	{"crmbot/storage", floor{ours: []string{"crmbot/crm", "crmbot/bot", "crmbot/storage"}, others: []string{"github.com/uptrace/bun", "modernc.org/sqlite", "golang.org/x/text"}}},
	{"crmbot/adapters/adaptertest", floor{ours: []string{"crmbot/bot", "crmbot/crm"}, others: []string{"github.com/google/go-cmp"}}},
	{"crmbot/adapters/telegram/telegramtest", floor{ours: []string{"crmbot/adapters/adaptertest"}}},
	{"crmbot/adapters/slack/slacktest", floor{ours: []string{"crmbot/adapters/adaptertest"}, others: []string{"github.com/gorilla/websocket"}}},
	{"crmbot/adapters/telegram", floor{ours: []string{"crmbot/bot", "crmbot/adapters/telegram"}, others: []string{"github.com/go-telegram-bot-api/", "github.com/goccy/go-yaml", "golang.org/x/net/proxy"}}},
	{"crmbot/adapters/slack", floor{ours: []string{"crmbot/bot", "crmbot/adapters/slack"}, others: []string{"github.com/slack-go/slack", "github.com/gorilla/websocket", "github.com/goccy/go-yaml", "golang.org/x/net/proxy"}}},
	{"crmbot/adapters/webchat", floor{ours: []string{"crmbot/bot", "crmbot/adapters/webchat"}, others: []string{"github.com/coder/websocket", "github.com/goccy/go-yaml", "golang.org/x/time/rate", "golang.org/x/text"}}},
	{"crmbot/adapters/console", floor{ours: []string{"crmbot/bot", "crmbot/adapters/console"}, others: []string{"golang.org/x/text"}}},
	{"crmbot/adapters/openai", floor{ours: []string{"crmbot/bot", "crmbot/bot/markup"}, others: []string{"golang.org/x/text/unicode/norm"}, exact: true}},
	{"crmbot/adapters/weixin", floor{ours: []string{"crmbot/bot"}, others: []string{"github.com/silenceper/wechat/v2", "golang.org/x/net/proxy"}}},
	{"crmbot/adapters/wechat/wechattest", floor{ours: []string{"crmbot/adapters/adaptertest"}}},
	{"crmbot/adapters/wecom/wecomtest", floor{ours: []string{"crmbot/adapters/adaptertest"}}},
	{"crmbot/adapters/wechat", floor{ours: []string{"crmbot/bot", "crmbot/adapters/wechat", "crmbot/adapters/weixin"}, others: []string{"github.com/silenceper/wechat/v2", "github.com/goccy/go-yaml"}}},
	{"crmbot/adapters/wecom", floor{ours: []string{"crmbot/bot", "crmbot/adapters/wecom", "crmbot/adapters/weixin"}, others: []string{"github.com/silenceper/wechat/v2", "github.com/goccy/go-yaml"}}},
	{"crmbot/adapters", floor{ours: []string{"crmbot/bot", "crmbot/adapters"}, others: []string{"github.com/goccy/go-yaml"}}},
	{"crmbot/cmd/crmbench", floor{ours: []string{"crmbot/"}, others: []string{"github.com/uptrace/bun/driver/pgdriver", "modernc.org/sqlite", "github.com/coder/websocket"}}},
	{"crmbot/cmd/crmbot/articles", floor{ours: []string{"crmbot/bot", "crmbot/crm"}, others: []string{"github.com/xuri/excelize/v2", "github.com/goccy/go-yaml", "golang.org/x/text"}}},
	{"crmbot/cmd", floor{ours: []string{"crmbot/"}, others: []string{"github.com/spf13/cobra", "github.com/goccy/go-yaml", "github.com/prometheus/client_golang", "golang.org/x/text"}}},
}

func TestNobodyImportsUpstairs(t *testing.T) {
	for _, p := range packages(t) {
		i := slices.IndexFunc(floors, func(f struct {
			prefix string
			floor
		},
		) bool {
			return p.ImportPath == f.prefix || strings.HasPrefix(p.ImportPath, f.prefix+"/")
		})
		if i < 0 {
			t.Errorf("%s is on no floor of the house", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if !allowed(imported, floors[i].floor) {
				t.Errorf("%s imports %s: not from this floor", p.ImportPath, imported)
			}
		}
	}
}

func allowed(path string, f floor) bool {
	list := f.others
	if path == "crmbot" || strings.HasPrefix(path, "crmbot/") {
		list = f.ours
	} else if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") {
		return true // the standard library
	}
	if f.exact {
		return slices.Contains(list, path)
	}
	return slices.ContainsFunc(list, func(prefix string) bool { return strings.HasPrefix(path, prefix) })
}

// TestNobodyCallsMethodsByTheirName: a program in which a template is filled
// keeps every exported method of every library, because a template may call it.
// That makes it a fifth larger, in memory too.
func TestNobodyCallsMethodsByTheirName(t *testing.T) {
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if strings.HasSuffix(imported, "/template") && p.ImportPath != "crmbot/cmd/crmbench" {
				t.Errorf("%s imports %s: strings.NewReplacer does", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageHasOneDocComment(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no doc comment", p.ImportPath)
		}
	}
}

// platformWord finds a platform's name as a word of its own.
var platformWord = regexp.MustCompile(`(?i)\b(slack|telegram|wechat|wecom|webchat|微信)\b`)

func TestNoPlatformIsKnownBelowTheAdapters(t *testing.T) {
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, "crmbot/crm") && !strings.HasPrefix(p.ImportPath, "crmbot/bot") {
			continue
		}
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(string(src), "\n") {
				if w := platformWord.FindString(line); w != "" {
					t.Errorf("%s/%s:%d knows %s", p.ImportPath, name, i+1, w)
				}
			}
		}
	}
}

func TestTheTopLevelHoldsNothingElse(t *testing.T) {
	want := []string{
		".ci", ".git", ".gitignore", ".golangci.yml", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "README.zh-CN.md",
		"adapters", "bot", "cmd", "config.example.yaml", "crm", "go.mod", "go.sum", "storage",
	}
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := os.ReadFile("../../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(want, e.Name()) && !bytes.Contains(ignored, []byte("/"+e.Name())) && !strings.Contains(e.Name(), ".db") {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}

func TestFilesStaySmall(t *testing.T) {
	for _, p := range packages(t) {
		for _, name := range p.GoFiles {
			src, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(src, []byte("\n")); n > 400 {
				t.Errorf("%s/%s has %d lines: it wants to be two files", p.ImportPath, name, n)
			}
		}
	}
}
