package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
)

// TestTheExampleOfAModelStartsUncommented takes what the example shows of a model
// at its word.
func TestTheExampleOfAModelStartsUncommented(t *testing.T) {
	t.Setenv("MODEL_KEY", "sk-of-the-test")
	text := example(t)
	block := regexp.MustCompile(`(?m)^  #   model:\n(  #     .*\n)+`).FindString(text)
	if block == "" {
		t.Fatal("the example does not show a model")
	}
	text = strings.Replace(text, block, regexp.MustCompile(`(?m)^  #   `).ReplaceAllString(block, "  "), 1)
	cfg, err := parseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := bot.Knowledge{
		Wrong: 0.1, Keepers: []string{}, Weekly: bot.Weekly{Day: time.Monday, Minute: 9 * 60},
		Embeds: true, Answers: true, Wait: 6 * time.Second, PerDay: 500,
	}
	if diff := cmp.Diff(want, cfg.company(nil).Knowledge); diff != "" {
		t.Errorf("it says (-want +have):\n%s", diff)
	}
	if m := cfg.Knowledge.Model; m.Key != "sk-of-the-test" || m.Proxy == "" || m.URL == "" || m.Embed == "" || m.Answer == "" {
		t.Errorf("the model %+v", m)
	}
	embedder, answerer, err := cfg.models()
	if err != nil || embedder == nil || answerer == nil || embedder.Model() != "text-embedding-3-small@api.openai.com" {
		t.Errorf("%v %v %v", embedder, answerer, err)
	}
}

// TestWhatIsSaidOfTheKnowledgeBase: what may be left out, and what each key means.
func TestWhatIsSaidOfTheKnowledgeBase(t *testing.T) {
	standard := bot.Knowledge{Wrong: 0.1, Weekly: bot.Weekly{Day: time.Monday, Minute: 540}, Wait: 6 * time.Second, PerDay: 500}
	for text, change := range map[string]func(*bot.Knowledge){
		"":                                    nil,
		"knowledge:\n":                        nil,
		"knowledge: {wrong: 2.5%}":            func(k *bot.Knowledge) { k.Wrong = 0.025 },
		"knowledge: {wrong: 50 %}":            func(k *bot.Knowledge) { k.Wrong = 0.5 },
		"knowledge: {weekly: off}":            func(k *bot.Knowledge) { k.Weekly = bot.Weekly{Off: true} },
		"knowledge: {weekly: 'sun 23:59'}":    func(k *bot.Knowledge) { k.Weekly = bot.Weekly{Day: time.Sunday, Minute: 23*60 + 59} },
		"knowledge: {keepers: [li.wei, ana]}": func(k *bot.Knowledge) { k.Keepers = []string{"li.wei", "ana"} },
		"knowledge: {model: {wait: 3s}}":      func(k *bot.Knowledge) { k.Wait = 3 * time.Second },
		"knowledge: {model: {url: 'http://localhost:1/v1', embed: e}}":                        func(k *bot.Knowledge) { k.Embeds = true },
		"knowledge: {model: {url: 'http://localhost:1/v1', answer: a, per_day: 0, wait: 1m}}": func(k *bot.Knowledge) { k.Answers, k.PerDay, k.Wait = true, 0, time.Minute },
	} {
		cfg, err := parseConfig([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want := standard
		if change != nil {
			change(&want)
		}
		if diff := cmp.Diff(want, cfg.company(nil).Knowledge); diff != "" {
			t.Errorf("%s says (-want +have):\n%s", text, diff)
		}
		if embedder, answerer, err := cfg.models(); (embedder != nil) != want.Embeds || (answerer != nil) != want.Answers || err != nil {
			t.Errorf("%s: %v %v %v", text, embedder, answerer, err)
		}
	}
}

// TestAMistakeInTheKnowledgeBlock names its line and its key, in both languages,
// and no secret.
func TestAMistakeInTheKnowledgeBlock(t *testing.T) {
	t.Setenv("TOKEN", "sk-very-secret")
	const model = "  model:\n    url: https://api.openai.com/v1\n    embed: e\n"
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"an unknown key":          {"knowledge:\n  right: 90%\n", []string{"line 3", "right"}},
		"an unknown key inside":   {"knowledge:\n" + model + "    colour: red\n", []string{"line 6", "colour"}},
		"no share":                {"knowledge:\n  wrong: 0.1\n", []string{"line 3", "knowledge.wrong", "“0.1”", "10%"}},
		"no share at all":         {"knowledge:\n  wrong: few\n", []string{"line 3", "few"}},
		"too many":                {"knowledge:\n  wrong: 51%\n", []string{"line 3", "51%", "50%"}},
		"none":                    {"knowledge:\n  wrong: 0%\n", []string{"line 3", "0%"}},
		"not a number":            {"knowledge:\n  wrong: NaN%\n", []string{"line 3", "NaN%"}},
		"no day":                  {"knowledge:\n  weekly: someday 09:00\n", []string{"line 3", "knowledge.weekly", "mon 09:00", "off"}},
		"no hour":                 {"knowledge:\n  weekly: mon\n", []string{"line 3", "mon"}},
		"midnight is another day": {"knowledge:\n  weekly: mon 24:00\n", []string{"line 3", "mon 24:00"}},
		"no handle":               {"knowledge:\n  keepers:\n    - li.wei\n    - \"@ana\"\n", []string{"line 5", "knowledge.keepers", "@ana"}},
		"an empty handle":         {"knowledge:\n  keepers: ['']\n", []string{"line 3", "knowledge.keepers"}},
		"a keeper twice":          {"knowledge:\n  keepers: [ana, ana]\n", []string{"line 3", "ana", "twice"}},
		"keepers that are none":   {"knowledge:\n  keepers: li.wei\n", []string{"line 3", "keepers"}},
		"no address":              {"knowledge:\n  model:\n    key: ${TOKEN}\n    embed: e\n", []string{"line 3", "knowledge.model.url", "https://api.openai.com/v1"}},
		"a wrong address":         {"knowledge:\n  model:\n    url: api.openai.com\n    embed: e\n", []string{"line 4", "knowledge.model.url"}},
		"no model":                {"knowledge:\n  model:\n    url: https://api.openai.com/v1\n    key: ${TOKEN}\n", []string{"line 3", "knowledge.model", "embed", "answer"}},
		"a model that is none":    {"knowledge:\n  model: gpt\n", []string{"line 3", "model"}},
		"a wrong wait":            {"knowledge:\n" + model + "    wait: soon\n", []string{"line 6", "knowledge.model.wait", "soon", "6s"}},
		"no wait":                 {"knowledge:\n" + model + "    wait: 0s\n", []string{"line 6", "0s"}},
		"too long a wait":         {"knowledge:\n" + model + "    wait: 2m\n", []string{"line 6", "2m"}},
		"less than none":          {"knowledge:\n" + model + "    per_day: -1\n", []string{"line 6", "knowledge.model.per_day"}},
		"a wrong number":          {"knowledge:\n" + model + "    per_day: many\n", []string{"line 6", "per_day"}},
		"a wrong proxy":           {"knowledge:\n" + model + "    proxy: ${TOKEN}\n", []string{"line 6", "knowledge.model.proxy", "socks5://"}},
		"a missing variable":      {"knowledge:\n" + model + "    key: ${NO_SUCH_KEY}\n", []string{"line 6", "NO_SUCH_KEY"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, language := range []string{"en", "zh-CN"} {
				raw := []byte("language: " + language + "\n" + c.text)
				_, err := parseConfig(raw)
				if err == nil {
					t.Fatal("it is accepted")
				}
				said := inWords(told(err, "shop.yaml", raw))
				for _, want := range c.want {
					if language == "zh-CN" {
						want = regexp.MustCompile(`^line (\d+)$`).ReplaceAllString(want, "第 $1 行")
						if want == "twice" {
							want = "两次"
						}
					}
					if !strings.Contains(said, want) {
						t.Errorf("%q does not say %q", said, want)
					}
				}
				if strings.Contains(said, "very-secret") || strings.Contains(err.Error(), "very-secret") {
					t.Errorf("%q tells a secret", said)
				}
			}
		})
	}
}
