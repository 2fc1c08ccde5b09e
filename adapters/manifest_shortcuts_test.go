package adapters_test

import (
	"testing"

	"github.com/goccy/go-yaml"

	"crmbot/adapters/slack"
	"crmbot/bot/commands"
)

// TestShortcutsAreCommands: the callback id of every shortcut in the manifest
// is a command that people may use.
func TestShortcutsAreCommands(t *testing.T) {
	t.Parallel()
	var app struct {
		Features struct {
			Shortcuts []struct {
				Name     string `yaml:"name"`
				Callback string `yaml:"callback_id"`
			} `yaml:"shortcuts"`
		} `yaml:"features"`
	}
	if err := yaml.Unmarshal([]byte(slack.Manifest), &app); err != nil {
		t.Fatal(err)
	}
	open := map[string]bool{}
	for _, c := range commands.All() {
		open[c.Name] = !c.Hidden
	}
	if len(app.Features.Shortcuts) < 4 {
		t.Errorf("only %d shortcuts", len(app.Features.Shortcuts))
	}
	for _, s := range app.Features.Shortcuts {
		if !open[s.Callback] {
			t.Errorf("%q means %q, which is no command", s.Name, s.Callback)
		}
	}
}
