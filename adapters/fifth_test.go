package adapters

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml/parser"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/adaptertest/pigeon"
)

// fifth is what a new platform adds to Platforms.
var fifth = map[string]Platform{
	"pigeon": {Setup: pigeon.Setup, Open: open(pigeon.New, func(c *pigeon.Config, s Shared) { c.Install = s.Install })},
}

func TestAFifthPlatformIsOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"platform: pigeon\ninstall: loft\nsecret: geheim\napi_url: https://api.pigeon.example\n":       "",
		"platform: pigeon\ninstall: loft\nsecret: geheim\nrate: off\nproxy: socks5://127.0.0.1:1080\n": "",
		"platform: pigeon\ninstall: loft\n":                                       "secret: missing",
		"platform: pigeon\ninstall: loft\nsecret: geheim\ncolour: grey\n":         "[4:1]",
		"platform: pigeon\ninstall: loft\nsecret: geheim\napi_url: pigeon.test\n": "api_url",
	} {
		file, err := parser.ParseBytes([]byte(text), 0)
		if err != nil {
			t.Fatal(err)
		}
		a, err := fifth["pigeon"].Open(file.Docs[0].Body, Shared{Install: "loft"}, adaptertest.NewHouse())
		switch {
		case want == "" && (err != nil || a.Platform() != "pigeon"):
			t.Errorf("%q: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim")):
			t.Errorf("%q: %v, want it to say %s and no secret", text, err, want)
		}
	}
}

// TestTheWalkThroughIsTrue keeps CONTRIBUTING.md and the code the same, and the
// walk-through whole: nothing but imports and the package comment is left out.
func TestTheWalkThroughIsTrue(t *testing.T) {
	text := ""
	for _, name := range []string{"adaptertest/pigeon/pigeon.go", "adaptertest/pigeon/pigeon_test.go", "fifth_test.go"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text += string(raw)
	}
	page, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ := strings.Cut(string(page), "## A fifth platform\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	shown := 0
	for _, m := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(chapter, -1) {
		shown += strings.Count(m[1], "\n")
		if !strings.Contains(text, m[1]) {
			t.Errorf("the code does not say:\n%s", m[1])
		}
	}
	if shown < 150 {
		t.Errorf("only %d lines are shown", shown)
	}
}
