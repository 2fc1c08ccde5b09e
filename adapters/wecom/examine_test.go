package wecom_test

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wecom"
	"crmbot/bot"
)

// TestFromOutside runs what of the suite concerns any adapter whose platform
// is elsewhere. Payloads come by another way here: see TestAdapter.
func TestFromOutside(t *testing.T) {
	s := spoken(t)
	adaptertest.RunRemote(t, adaptertest.Remote{
		API: &s.API,
		Open: func(t *testing.T, host bot.Host, way adaptertest.Way) bot.Webhook {
			s.Spoke(ana, shop)
			c := config(s)
			c.Proxy = way.Proxy
			if way.URL != "" {
				c.APIURL = way.URL
			}
			if way.Wrong {
				c.Secret = "WRONG-secret-of-nobody"
			}
			return open(t, c, host)
		},
		To:      address(ana),
		Post:    "kf/send_msg",
		Secrets: []string{s.Secret, s.Token, s.AESKey, "WRONG-secret-of-nobody", "access-token_"},
		File: func(body []byte, mime string) bot.File {
			s.AddFile("m1", body)
			return bot.File{Native: "m1", MIME: mime}
		},
		Get: "media/get",
		Image: func() []byte {
			var last []byte
			for _, m := range s.Messages() {
				if m.Kind == "image" {
					last = m.Media
				}
			}
			return last
		},
	})
}

// finds checks that one finding is of the level and says something in both
// languages.
func finds(t *testing.T, found []bot.Finding, level bot.Level, words ...string) {
	t.Helper()
	for _, f := range found {
		said := f.Text["en"] + f.Text["zh-CN"] + f.Next["en"] + f.Next["zh-CN"]
		all := f.Level == level && f.Text["zh-CN"] != ""
		for _, word := range words {
			all = all && strings.Contains(said, word)
		}
		if all {
			return
		}
	}
	t.Errorf("no %s finding says %q: %+v", level, words, found)
}

func TestExamine(t *testing.T) {
	s := start(t)
	s.AddAccount("wkHELP", "售后", "zhangsan", "lisi")
	a := open(t, config(s), adaptertest.NewHouse())
	found := a.Examine(t.Context())
	finds(t, found, bot.LevelFine, "Shop", "wkSHOP", "https://bot.example.com/hook/wecom/kf")
	finds(t, found, bot.LevelFine, "售后")
	finds(t, found, bot.LevelWarning, "people take chats of “售后” too (2)", "接待人员")
	finds(t, found, bot.LevelNote, "48")
	for _, f := range found {
		if f.Level == bot.LevelBroken || strings.Contains(f.Text["en"], "video") {
			t.Errorf("%+v", f)
		}
	}
	s.Unverified = true
	finds(t, a.Examine(t.Context()), bot.LevelWarning, "100", "视频号", "我的企业")
	c := config(s)
	c.Accounts = []string{"wkSHOP", "wkGONE"}
	found = open(t, c, adaptertest.NewHouse()).Examine(t.Context())
	finds(t, found, bot.LevelBroken, "wkGONE", "wkHELP")
	for _, f := range found {
		if strings.Contains(f.Text["en"], "“售后”") {
			t.Errorf("an account that is not ours: %+v", f)
		}
	}
	s.Force("kf/account/list", adaptertest.Answer{Body: `{"errcode":0,"account_list":[]}`})
	finds(t, a.Examine(t.Context()), bot.LevelBroken, "no customer service account yet", "新建")
	s.Force("kf/account/list", adaptertest.Answer{Body: `{"errcode":0,"account_list":[{"open_kfid":"wkX","name":"X","manage_privilege":false}]}`})
	finds(t, a.Examine(t.Context()), bot.LevelWarning, "may not write", "“X”")
}

func TestExamineSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		answer adaptertest.Answer
		says   []string
	}{
		{says(60020, "not allow to access from your ip"), []string{"203.0.113.7", "企业可信IP"}},
		{adaptertest.Answer{Cut: true}, []string{"cannot be reached", "企业可信IP"}},
		{says(40001, "invalid credential"), []string{"secret", "微信客服 → API"}},
		{says(40013, "invalid corpid"), []string{"corp_id", "我的企业"}},
		{says(48002, "api forbidden"), []string{"Secret"}},
	} {
		s := start(t)
		s.Force("gettoken", c.answer)
		found := open(t, config(s), adaptertest.NewHouse()).Examine(t.Context())
		finds(t, found, bot.LevelBroken, c.says...)
		if cause := found[0].Err.Error(); strings.Contains(cause, found[0].Text.In("en")) || strings.Contains(cause, "\n") {
			t.Errorf("the cause says it all again: %s", cause)
		}
	}
	s := start(t)
	s.Force("gettoken", adaptertest.Answer{Status: 502})
	found := open(t, config(s), adaptertest.NewHouse()).Examine(t.Context())
	if len(found) != 1 || found[0].Level != bot.LevelBroken || bot.FailureOf(found[0].Err).Class != bot.Transient {
		t.Errorf("away: %+v", found)
	}
}

// TestAWrongSecretIsFound has a good token kept from before the secret was
// changed: it is neither used nor taken for a proof.
func TestAWrongSecretIsFound(t *testing.T) {
	s, house := start(t), adaptertest.NewHouse()
	finds(t, open(t, config(s), house).Examine(t.Context()), bot.LevelFine, "Shop")
	c := config(s)
	c.Secret = "WRONG-secret-of-nobody"
	for range 2 {
		found := open(t, c, house).Examine(t.Context())
		if finds(t, found, bot.LevelBroken, "does not accept the secret"); found[0].Key != "secret" {
			t.Errorf("%+v", found)
		}
	}
	s.Force("gettoken", says(40001, "invalid credential"))
	finds(t, open(t, config(s), house).Examine(t.Context()), bot.LevelBroken, "does not accept the secret")
	s.Force("gettoken", adaptertest.Answer{Hang: false, Status: 200, Body: `{"errcode":0}`})
	finds(t, open(t, config(s), house).Examine(t.Context()), bot.LevelBroken)
}

func TestSetup(t *testing.T) {
	setup := wecom.Setup()
	for _, text := range []bot.Local{setup.Name, setup.Intro, setup.Outro} {
		if text["en"] == "" || text["zh-CN"] == "" {
			t.Errorf("not in both languages: %v", text)
		}
	}
	keys := map[string]bool{}
	for _, f := range setup.Fields {
		keys[f.Key] = true
		if f.Ask["en"] == "" || f.Ask["zh-CN"] == "" {
			t.Errorf("%s is not asked for in both languages", f.Key)
		}
	}
	for _, key := range []string{"corp_id", "secret", "token", "encoding_aes_key"} {
		if !keys[key] {
			t.Errorf("nobody asks for %s", key)
		}
	}
}

func TestName(t *testing.T) {
	s := spoken(t)
	a := open(t, config(s), adaptertest.NewHouse())
	if who, err := a.Name(t.Context(), bot.SenderID(ana.ID)); err != nil || who.Name != ana.Name || who.ID != bot.SenderID(ana.ID) {
		t.Errorf("%+v, %v", who, err)
	}
	if who, err := a.Name(t.Context(), "wmNOBODY"); err != nil || who.Name != "" {
		t.Errorf("a stranger: %+v, %v", who, err)
	}
	house := adaptertest.NewHouse()
	a = open(t, config(s), house)
	say(s, shop, 1, 1)
	for range 3 { // the first is looked up, for the others it is remembered
		say(s, shop, 1, 1)
		call(s, a, shop)
		if err := wecom.Fetch(t.Context(), a, house); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.Calls("kf/customer/batchget")); n != 3 {
		t.Errorf("looked up %d times, want once more than by Name", n)
	}
	s.Force("kf/customer/batchget", says(48002, "api forbidden"))
	nobody := open(t, config(s), house)
	call(s, nobody, shop)
	say(s, shop, 2, 2)
	if err := wecom.Fetch(t.Context(), nobody, house); err != nil {
		t.Errorf("no right to the names: %v", err)
	}
	in := house.Received()
	if len(in) != 5 || in[0].Sender.Name != ana.Name || in[3].Sender.Name != ana.Name || in[4].Sender.Name != "" {
		t.Errorf("received %+v", in)
	}
	s.Force("kf/customer/batchget", says(60020, "not allow to access from your ip"))
	if _, err := a.Name(t.Context(), bot.SenderID(ana.ID)); bot.FailureOf(err).Class != bot.Unauthorized {
		t.Errorf("not let in: %v", err)
	}
}

func TestInvite(t *testing.T) {
	s := start(t)
	a := open(t, config(s), adaptertest.NewHouse())
	for _, scene := range []string{"expo-2026", strings.Repeat("x", 32), strings.Repeat("y", 64)} {
		made, err := a.Invite(t.Context(), scene)
		if err != nil {
			t.Fatal(err)
		}
		link, err := url.Parse(made.URL)
		if err != nil {
			t.Fatal(err)
		}
		param := link.Query().Get("scene_param")
		own := strings.TrimPrefix(link.Query().Get("enc_scene"), "ENC")
		if param != scene && own != scene || len(own) > 32 {
			t.Errorf("%s: %s", scene, made.URL)
		}
		in, _ := wecom.Inbound(a, shop, s.Enter(ana, shop, own, param))
		if in == nil || in.Scene != scene {
			t.Errorf("%s comes back as %+v", scene, in)
		}
	}
	s.Force("kf/account/list", adaptertest.Answer{Body: `{"errcode":0,"account_list":[]}`})
	if _, err := a.Invite(t.Context(), "x"); err == nil {
		t.Error("a link to no account")
	}
}

// TestFiles checks what a file is sent as.
func TestFiles(t *testing.T) {
	for name, c := range map[string]struct {
		body []byte
		kind string
		ok   bool
	}{
		"png":       {photo, "image", true},
		"jpeg":      {append([]byte("\xff\xd8\xff\xe0"), make([]byte, 100)...), "image", true},
		"gif":       {append([]byte("GIF89a"), make([]byte, 100)...), "file", true},
		"large_png": {append(bytes.Clone(photo), make([]byte, 10<<20)...), "file", true},
		"amr":       {append([]byte("#!AMR\n"), make([]byte, 100)...), "voice", true},
		"html":      {[]byte("<html><script>alert(1)</script></html>"), "file", true},
		"small":     {[]byte("hi"), "", false},
		"huge":      {make([]byte, 20<<20+1), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := spoken(t)
			house := adaptertest.NewHouse()
			house.Keep("h", c.body)
			a := open(t, config(s), house)
			out := post("1-1", "")
			out.Reply = &bot.Reply{Files: []bot.File{{Name: "x", Hash: "h"}}}
			for range 2 { // the second time it is there already
				sent, err := a.Send(t.Context(), out)
				if !c.ok {
					if bot.FailureOf(err).Class != bot.BadContent {
						t.Errorf("%v, want bad_content", err)
					}
					return
				}
				if err != nil || sent.ID == "" {
					t.Fatal(sent, err)
				}
				out.Key = "1-2"
			}
			for _, m := range s.Messages() {
				if m.Kind != c.kind || !bytes.Equal(m.Media, c.body) {
					t.Errorf("%s of %d bytes, want %s of %d", m.Kind, len(m.Media), c.kind, len(c.body))
				}
			}
			if n := len(s.Calls("media/upload")); n != 1 {
				t.Errorf("uploaded %d times", n)
			}
		})
	}
}

// TestFileAway checks files that are not there, and those that cannot be had
// right now.
func TestFileAway(t *testing.T) {
	s := spoken(t)
	out := post("1-1", "")
	out.Reply = &bot.Reply{Files: []bot.File{{Name: "x", Hash: "h"}}}
	a := open(t, config(s), noFiles{adaptertest.NewHouse()})
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.Transient {
		t.Errorf("the store is away: %v, want transient", err)
	}
	var f *bot.Failure
	_, err := a.Download(t.Context(), bot.File{Native: "gone"})
	if !errors.As(err, &f) || f.Class != bot.Stale {
		t.Errorf("a file that is gone: %v, want stale", err)
	}
	s.Forget()
	s.AddFile("there", photo)
	body, err := a.Download(t.Context(), bot.File{Native: "there"})
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	for kind, text := range map[string]string{"text/plain": "a price list", "application/json": `{"price":7}`} {
		s.Force("media/get", adaptertest.Answer{Header: map[string]string{"Content-Type": kind}, Body: text})
		body, err := a.Download(t.Context(), bot.File{Native: "there"})
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if got, err := io.ReadAll(body); string(got) != text || err != nil {
			t.Errorf("%s: %q, %v", kind, got, err)
		}
		_ = body.Close()
	}
}
