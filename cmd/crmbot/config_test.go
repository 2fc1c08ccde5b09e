package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crmbot/adapters"
	"crmbot/adapters/adaptertest"
	"crmbot/bot"
	"crmbot/storage/storagetest"
)

func example(t *testing.T) string {
	t.Helper()
	return string(read(t, "../../config.example.yaml"))
}

func TestTheExampleStartsUnchanged(t *testing.T) {
	text := example(t)
	t.Chdir(t.TempDir())
	cfg, err := parseConfig([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	h, err := build(t.Context(), cfg, discardLog())
	if err != nil {
		t.Fatal(err)
	}
	h.close()
	if !strings.Contains(text, string(sources)) {
		t.Error("the sources of the example are not those that hold without it")
	}
	if len(cfg.Adapters) != 1 || len(cfg.stages) != 6 || len(cfg.Sources) == 0 {
		t.Errorf("the example says %+v", cfg)
	}
}

// setups are the questions of every platform.
func setups() map[string]func() bot.Setup {
	all := map[string]func() bot.Setup{}
	for name, p := range adapters.Platforms {
		all[name] = p.Setup
	}
	return all
}

func TestEveryBlockOfTheExampleStartsUncommented(t *testing.T) {
	text := example(t)
	head, _, _ := strings.Cut(text, "\nadapters:\n")
	blocks := adaptertest.Shown(text, setups())
	for _, name := range slices.Sorted(maps.Keys(adapters.Platforms)) {
		block, taught := blocks[name]
		if !taught {
			t.Errorf("the example does not teach %s", name)
			continue
		}
		cfg, err := parseConfig([]byte(head + "\nadapters:\n" + block))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, block)
			continue
		}
		cfg.Database = storagetest.SQLite(t)
		h, err := build(t.Context(), cfg, discardLog())
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, block)
			continue
		}
		h.close()
	}
}

func TestABadConfigSaysWhereAndWhat(t *testing.T) {
	t.Setenv("TOKEN", "111:very-secret")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"an unknown key", "language: en\ncolour: red\n", []string{"line 2", "colour"}},
		{"a wrong type", "day_ends: soon\n", []string{"line 1"}},
		{"no YAML", "language: [en\n", []string{"line"}},
		{"an unknown language", "language: fr\n", []string{"language", "en or zh-CN"}},
		{"an unknown zone", "timezone: Mars/Base\n", []string{"timezone", "Asia/Shanghai"}},
		{"a missing variable", "adapters:\n  - platform: telegram\n    install: x\n    token: ${NO_SUCH_TOKEN}\n", []string{"line 4", "NO_SUCH_TOKEN"}},
		{"an unknown platform", "adapters:\n  - platform: smoke-signs\n    install: x\n", []string{"line 2", "smoke-signs", "telegram"}},
		{"no install", "adapters:\n  - platform: telegram\n", []string{"line 2", "install"}},
		{"a wrong audience", "adapters:\n  - platform: telegram\n    install: x\n    audience: all\n", []string{"customers or staff"}},
		{"the same install twice", "adapters:\n  - {platform: webchat, install: x}\n  - {platform: webchat, install: x}\n", []string{"webchat/x", "twice"}},
		{"a wrong role", "users:\n  - {handle: a, name: A, role: boss}\n", []string{"boss", "manager"}},
		{"a wrong identity", "users:\n  - {handle: a, name: A, role: sales, identities: [U1]}\n", []string{"platform:install/sender"}},
		{"two winning stages", "stages:\n  - {key: a, probability: 1}\n  - {key: b, probability: 1, won: true}\n  - {key: c, probability: 1, won: true}\n", []string{"stages", "exactly one"}},
		{"no database", "database: ''\n", []string{"database"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseConfig([]byte(c.text))
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
		})
	}
}

func TestAPlatformsOwnMistakeIsNamedWithoutItsSecret(t *testing.T) {
	t.Setenv("TOKEN", "111:very-secret")
	cfg, err := parseConfig([]byte("adapters:\n  - platform: telegram\n    install: x\n    token: ${TOKEN}\n    colour: red\n"))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Database = storagetest.SQLite(t)
	_, err = build(t.Context(), cfg, discardLog())
	if err == nil || !strings.Contains(err.Error(), "colour") || strings.Contains(err.Error(), "very-secret") {
		t.Errorf("it says %v", err)
	}
}

func TestSecretsStandBesideTheConfig(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "shop.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(config, "company: ${SHOP_NAME}\n")
	write(filepath.Join(dir, "shop.env"), "# secrets\n\nSHOP_NAME=from the file\n")
	t.Setenv("SHOP_NAME", "")
	os.Unsetenv("SHOP_NAME")
	if cfg, err := readConfig(config); err != nil || cfg.Company != "from the file" {
		t.Errorf("company %+v %v", cfg, err)
	}
	t.Setenv("SHOP_NAME", "from the environment")
	if cfg, err := readConfig(config); err != nil || cfg.Company != "from the environment" {
		t.Errorf("company %+v %v", cfg, err)
	}
	write(filepath.Join(dir, "shop.env"), "nonsense\n")
	if _, err := readConfig(config); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a bad line gives %v", err)
	}
}
