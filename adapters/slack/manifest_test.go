package slack_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	slackgo "github.com/slack-go/slack"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/slack"
	"crmbot/adapters/slack/slacktest"
	"crmbot/bot"
)

func manifest(t *testing.T, text string) slackgo.Manifest {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var m slackgo.Manifest
	if err := decoder.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestManifest checks that the app we tell people to make is the one that the
// adapter needs.
func TestManifest(t *testing.T) {
	m := manifest(t, slack.Manifest)
	if given := m.OAuthConfig.Scopes.Bot; !slices.Equal(given, slack.Scopes) {
		t.Errorf("scopes %v, the code needs %v", given, slack.Scopes)
	}
	events := m.Settings.EventSubscriptions.BotEvents
	for event, scope := range map[string]string{
		"app_home_opened": "", "app_mention": "app_mentions:read", "message.im": "im:history",
		"message.channels": "channels:history", "message.groups": "groups:history", "reaction_added": "reactions:read",
	} {
		if !slices.Contains(events, event) || scope != "" && !slices.Contains(slack.Scopes, scope) {
			t.Errorf("event %s of %v, scope %s", event, events, scope)
		}
	}
	if len(events) != 6 {
		t.Errorf("events %v", events)
	}
	var shortcuts []string
	for _, s := range m.Features.Shortcuts {
		shortcuts = append(shortcuts, string(s.Type)+" "+s.CallbackID+" "+s.Name)
		if n := len([]rune(s.Name)); n > 24 {
			t.Errorf("%s is %d characters long", s.Name, n)
		}
		if n := len([]rune(s.Description)); n > 150 {
			t.Errorf("%s is described in %d characters", s.Name, n)
		}
	}
	want := []string{"message note Log to CRM", "message ticket.new Create ticket", "message answer.save Save as answer", "message conversation.reply Reply to customer", "message plan Plan next step", "global lead.new New lead"}
	if !slices.Equal(shortcuts, want) {
		t.Errorf("shortcuts %q, want %q", shortcuts, want)
	}
	f := m.Features
	if !f.AppHome.HomeTabEnabled || !f.AppHome.MessagesTabEnabled || f.AppHome.MessagesTabReadOnlyEnabled || f.BotUser.DisplayName == "" ||
		len(f.SlashCommands) != 1 || f.SlashCommands[0].Command != "/crm" || !f.SlashCommands[0].ShouldEscape ||
		!m.Settings.Interactivity.IsEnabled || !m.Settings.SocketModeEnabled {
		t.Errorf("incomplete: %+v", f)
	}
	if d := m.Display; d.Name == "" || len(d.Name) > 35 || len(d.Description) > 140 || len(d.LongDescription) < 174 || len(d.LongDescription) > 4000 {
		t.Errorf("display information: %+v", d)
	}
}

// TestManifestForHTTP does what the manifest's head says for mode http.
func TestManifestForHTTP(t *testing.T) {
	commented := regexp.MustCompile(`(?m)^(\s+)# (\w+: https://)`)
	if n := len(commented.FindAllString(slack.Manifest, -1)); n != 4 {
		t.Errorf("%d addresses in the manifest", n)
	}
	text := commented.ReplaceAllString(strings.Replace(slack.Manifest, "socket_mode_enabled: true", "socket_mode_enabled: false", 1), "$1$2")
	m := manifest(t, text)
	const hook = "https://bot.example.com/hook/slack/team"
	i := m.Settings.Interactivity
	if m.Settings.EventSubscriptions.RequestUrl != hook || i.RequestUrl != hook || i.MessageMenuOptionsUrl != hook ||
		m.Features.SlashCommands[0].Url != hook || m.Settings.SocketModeEnabled {
		t.Errorf("settings: %+v, %+v", m.Settings, m.Features.SlashCommands)
	}
}

// TestExamine compares what is found out with what is the matter.
func TestExamine(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(s *slacktest.Server, c *slack.Config)
		levels string
		says   []string
	}{
		"fine":      {func(*slacktest.Server, *slack.Config) {}, "fnf", []string{"@crm in the workspace Test", "/invite @crm", "Socket Mode works"}},
		"scopes":    {func(s *slacktest.Server, _ *slack.Config) { s.Scopes = "chat:write,users:read, commands" }, "fnbf", []string{"app_mentions:read, channels:history, channels:read, files:read", "Open the app at api.slack.com/apps, go to App Manifest, paste what is in {paste}"}},
		"unknown":   {func(s *slacktest.Server, _ *slack.Config) { s.Scopes = "" }, "fnf", nil},
		"bot_token": {func(_ *slacktest.Server, c *slack.Config) { c.BotToken = "xoxb-wrong" }, "b", []string{"Bot User OAuth Token"}},
		"app_token": {func(_ *slacktest.Server, c *slack.Config) { c.AppToken = "xapp-1-A012BCD-345-wrong" }, "fnb", []string{"App-Level Tokens", "Open https://api.slack.com/apps/A012BCD and"}},
		"http": {func(_ *slacktest.Server, c *slack.Config) {
			c.Mode, c.SigningSecret, c.PublicURL = "http", "x", "https://bot.example.com/"
		}, "fnn", []string{"https://bot.example.com/hook/slack/team", "four places", "Options Load URL"}},
		"no_address":   {func(_ *slacktest.Server, c *slack.Config) { c.Mode, c.SigningSecret = "http", "x" }, "fnb", []string{"public_url"}},
		"nobody_there": {func(_ *slacktest.Server, c *slack.Config) { c.APIURL = "http://127.0.0.1:1/" }, "b", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			conf := socketConfig(s)
			c.spoil(s, &conf)
			levels, said := "", ""
			for _, f := range open(t, conf, adaptertest.NewHouse()).Examine(t.Context()) {
				levels += string(f.Level[:1])
				said += f.Text.In("en") + "\n" + f.Next.In("en") + "\n"
				if (f.Text == nil) != (f.Text["zh-CN"] == "") || (f.Next == nil) != (f.Next["zh-CN"] == "") {
					t.Errorf("%q is in one language", f.Text)
				}
				if key := map[bool]string{true: name}[f.Level == bot.LevelBroken && strings.HasSuffix(name, "_token")]; f.Key != key {
					t.Errorf("the key at fault is %q, want %q", f.Key, key)
				}
				if f.Err != nil && strings.Contains(f.Err.Error(), "wrong") {
					t.Errorf("a secret got out: %v", f.Err)
				}
			}
			if levels != c.levels {
				t.Errorf("levels %s, want %s: %s", levels, c.levels, said)
			}
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("%q does not say %q", said, words)
				}
			}
		})
	}
}

// TestWrongTokenEndsRun checks that Run does not go on with a refused token.
func TestWrongTokenEndsRun(t *testing.T) {
	s := newServer(t)
	for name, spoil := range map[string]func(*slack.Config){
		"bot_token": func(c *slack.Config) { c.BotToken = "xoxb-wrong" },
		"app_token": func(c *slack.Config) { c.AppToken = "xapp-wrong" },
	} {
		conf := socketConfig(s)
		spoil(&conf)
		if err := open(t, conf, adaptertest.NewHouse()).Run(t.Context(), adaptertest.NewHouse()); bot.FailureOf(err).Class != bot.Unauthorized {
			t.Errorf("%s: %v", name, err)
		}
	}
}
