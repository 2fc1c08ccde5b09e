package wechat_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wechat"
	"crmbot/bot"
)

func TestValidate(t *testing.T) {
	s := newServer(t)
	entry := wechat.MenuEntry{Label: "报价", Say: "报价"}
	for want, edit := range map[string]func(*wechat.Config){
		"":                            func(*wechat.Config) {},
		"app_id: missing":             func(c *wechat.Config) { c.AppID = "" },
		"app_id: must look":           func(c *wechat.Config) { c.AppID = "gh_geheim" },
		"app_secret: missing":         func(c *wechat.Config) { c.AppSecret = "" },
		"token: missing":              func(c *wechat.Config) { c.Token = "" },
		"token: must look":            func(c *wechat.Config) { c.Token = "geheim geheim" },
		"encoding_aes_key: must look": func(c *wechat.Config) { c.AESKey = "geheim" },
		"api_url: must look":          func(c *wechat.Config) { c.APIURL = "api.weixin.qq.com" },
		"api_url: must not":           func(c *wechat.Config) { c.APIURL = "https://u:geheim@x" },
		"proxy: must begin":           func(c *wechat.Config) { c.Proxy = "gopher://geheim@x" },
		"passive: does not go":        func(c *wechat.Config) { c.Passive = true },
		"menu: 4 entries":             func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{entry, entry, entry, entry} },
		"menu: label: missing":        func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{{Say: "x"}} },
		"menu: label \"产品报价单":         func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{{Label: "产品报价单啊", Say: "x"}} },
		"menu: \"报价\": wants one":     func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{{Label: "报价", Say: "x", URL: "https://x"}} },
		"menu: \"报价\": say is":        func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{{Label: "报价", Say: strings.Repeat("长", 43)}} },
		"menu: url: must look":        func(c *wechat.Config) { c.Menu = []wechat.MenuEntry{{Label: "报价", URL: "javascript:x"}} },
		"menu: \"报价\" has 6": func(c *wechat.Config) {
			c.Menu = []wechat.MenuEntry{{Label: "报价", Entries: slices.Repeat([]wechat.MenuEntry{entry}, 6)}}
		},
		"menu: \"深\" is too deep": func(c *wechat.Config) {
			c.Menu = []wechat.MenuEntry{{Label: "报价", Entries: []wechat.MenuEntry{{Label: "深", Entries: menu()}}}}
		},
	} {
		c := config(s)
		edit(&c)
		err := c.Validate()
		if (err == nil) != (want == "") || err != nil && (!strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "geheim")) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// noting is a House that tells when something was noted down.
type noting struct {
	*adaptertest.House
	noted chan string
}

// SetValue keeps a value and tells its key.
func (n noting) SetValue(ctx context.Context, key, value string, ttl time.Duration) error {
	err := n.House.SetValue(ctx, key, value, ttl)
	n.noted <- key
	return err
}

// until waits for a value to be noted down.
func (n noting) until(t *testing.T, key string) {
	t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for {
		select {
		case got := <-n.noted:
			if got == key {
				return
			}
		case <-late.C:
			t.Fatalf("%s was never noted down; log: %s", key, n.Log())
		}
	}
}

// run lets an adapter run until it has noted something down.
func run(t *testing.T, a *wechat.Adapter, house noting) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx, house) }()
	house.until(t, "menu")
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestTheMenuIsSetOnce(t *testing.T) {
	s := newServer(t)
	house := noting{adaptertest.NewHouse(), make(chan string, 100)}
	c := config(s)
	c.Menu = menu()
	set := func() int { return len(s.Calls("cgi-bin/menu/create")) }
	a := open(t, c, house)
	wechat.Hasten(a)
	s.Force("cgi-bin/menu/create", adaptertest.Answer{Body: `{"errcode":-1,"errmsg":"busy"}`}, adaptertest.Answer{Cut: true})
	if run(t, a, house); set() != 3 {
		t.Errorf("set %d times, want 3: two failed", set())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := open(t, c, house).Run(ctx, house); err != nil || set() != 3 {
		t.Errorf("the same menu: %v, set %d times", err, set())
	}
	c.Menu[2].Say = "转人工"
	other := open(t, c, house)
	if run(t, other, house); set() != 4 {
		t.Errorf("another menu: set %d times", set())
	}
	if got := s.Calls("cgi-bin/menu/create")[3].Params["button"]; !strings.Contains(got, `"key":"转人工"`) || !strings.Contains(got, `"url":"https://example.com"`) {
		t.Error(got)
	}
	if in := send(t, other, house.House, s, s.Event(zhang, "CLICK", "转人工")); in.Kind != bot.KindMenu || in.Text != "转人工" {
		t.Errorf("%+v", in)
	}
	if open(t, config(s), house).Run(ctx, house) != nil || set() != 4 {
		t.Error("no menu in the config leaves it as it is")
	}
}

func TestWhatIsFoundOut(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*wechat.Config)
		barred bool
		force  string // what the token's method answers
		want   []bot.Level
		says   string
	}{
		{name: "all is well", want: []bot.Level{bot.LevelFine, bot.LevelFine, bot.LevelFine, bot.LevelFine, bot.LevelFine}, says: "https://bot.example.com/hook/wechat/shop"},
		{
			name: "address", force: `{"errcode":40164,"errmsg":"invalid ip 203.0.113.9 ipv6 ::ffff:203.0.113.9, not in whitelist rid: 1"}`,
			want: []bot.Level{bot.LevelBroken}, says: "add 203.0.113.9",
		},
		{name: "secret", edit: func(c *wechat.Config) { c.AppSecret = "geheim" }, want: []bot.Level{bot.LevelBroken}, says: "app_secret"},
		{name: "app", edit: func(c *wechat.Config) { c.AppID = "wx9999999999" }, want: []bot.Level{bot.LevelBroken}, says: "app_id"},
		{name: "out of reach", edit: func(c *wechat.Config) { c.APIURL = "http://127.0.0.1:1" }, want: []bot.Level{bot.LevelBroken}, says: "the proxy's own address must be on the list IP白名单"},
		{
			name: "mute", barred: true, edit: func(c *wechat.Config) { c.Menu = nil },
			want: []bot.Level{bot.LevelFine, bot.LevelBroken, bot.LevelNote, bot.LevelWarning}, says: "passive: true",
		},
		{
			name: "mute without templates", barred: true, edit: func(c *wechat.Config) { c.Menu, c.Templates = nil, wechat.Notices{} },
			want: []bot.Level{bot.LevelFine, bot.LevelBroken, bot.LevelNote}, says: "QR codes",
		},
		{
			name: "passive", barred: true, edit: func(c *wechat.Config) { c.Passive, c.Templates = true, wechat.Notices{} },
			want: []bot.Level{bot.LevelFine, bot.LevelNote, bot.LevelNote, bot.LevelWarning}, says: "five seconds",
		},
		{
			name: "needlessly passive", edit: func(c *wechat.Config) { c.Passive, c.Templates, c.Menu = true, wechat.Notices{}, nil },
			want: []bot.Level{bot.LevelFine, bot.LevelWarning}, says: "Take passive",
		},
		{
			name: "plain", edit: func(c *wechat.Config) { c.AESKey, c.Menu, c.Templates = "", nil, wechat.Notices{} },
			want: []bot.Level{bot.LevelFine, bot.LevelFine, bot.LevelNote, bot.LevelWarning}, says: "安全模式",
		},
		{
			name: "no address", edit: func(c *wechat.Config) { c.PublicURL, c.Menu = "", nil },
			want: []bot.Level{bot.LevelFine, bot.LevelFine, bot.LevelFine, bot.LevelFine, bot.LevelWarning}, says: "public_url",
		},
		{
			name: "template gone", edit: func(c *wechat.Config) { c.Templates.TicketUpdate, c.Menu = "TM-gone", nil },
			want: []bot.Level{bot.LevelFine, bot.LevelFine, bot.LevelFine, bot.LevelWarning}, says: "no template TM-gone",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newServer(t)
			cfg := config(s)
			cfg.Menu = menu()
			if c.edit != nil {
				c.edit(&cfg)
			}
			s.Bar(c.barred)
			if c.force != "" {
				s.Force("cgi-bin/stable_token", adaptertest.Answer{Body: c.force})
			}
			var levels []bot.Level
			var all strings.Builder
			for _, f := range open(t, cfg, adaptertest.NewHouse()).Examine(t.Context()) {
				levels = append(levels, f.Level)
				all.WriteString(f.Text.In("en") + " " + f.Next.In("en") + "\n")
				if strings.ContainsAny(f.Text.In("zh-CN")+f.Next.In("zh-CN"), "{}") && f.Next.In("zh-CN") != "" && !strings.Contains(f.Next.In("zh-CN"), "templates: {") {
					t.Errorf("an empty place: %v %v", f.Text, f.Next)
				}
			}
			if !slices.Equal(levels, c.want) || !strings.Contains(all.String(), c.says) || strings.Contains(all.String(), "geheim") {
				t.Errorf("%v, want %v with %q:\n%s", levels, c.want, c.says, &all)
			}
		})
	}
}

// TestAWrongSecretIsFound has a good token kept from before the secret was
// changed: it is neither used nor taken for a proof.
func TestAWrongSecretIsFound(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	if found := open(t, config(s), house).Examine(t.Context()); found[0].Level != bot.LevelFine {
		t.Fatal(found)
	}
	cfg := config(s)
	cfg.AppSecret = "geheim"
	if found := open(t, cfg, house).Examine(t.Context()); len(found) != 1 || found[0].Level != bot.LevelBroken || found[0].Key != "app_secret" {
		t.Errorf("a wrong secret: %+v", found)
	}
	s.Force("cgi-bin/stable_token", adaptertest.Answer{Body: `{"errcode":40125,"errmsg":"invalid appsecret rid: 1"}`})
	if found := open(t, config(s), house).Examine(t.Context()); len(found) != 1 || found[0].Key != "app_secret" {
		t.Errorf("a secret that was reset: %+v", found)
	}
	if s.Tokens() != 1 {
		t.Errorf("%d tokens were given out: the one in use is gone", s.Tokens())
	}
}
