package wechat_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/wechat"
	"crmbot/adapters/wechat/wechattest"
	"crmbot/bot"
	"crmbot/crm"
)

func TestTheTokenIsRenewedOnce(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	one, two := open(t, config(s), house), open(t, config(s), house)
	send := func(a *wechat.Adapter) {
		t.Helper()
		if _, err := a.Send(t.Context(), post(friend, bot.Text("hello"))); err != nil {
			t.Error(err)
		}
	}
	send(one)
	send(two)
	if s.Tokens() != 1 {
		t.Errorf("%d tokens for two replicas", s.Tokens())
	}
	s.Forget()
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() { send([]*wechat.Adapter{one, two}[i%2]) })
	}
	wait.Wait()
	if s.Tokens() != 2 {
		t.Errorf("%d tokens after one was lost", s.Tokens())
	}
	if n := len(s.Said(friend)); n != 8 {
		t.Errorf("%d messages of 8 arrived", n)
	}
}

func TestAccountsSideBySide(t *testing.T) {
	servers := []*wechattest.Server{newServer(t), newServer(t)}
	var wait sync.WaitGroup
	for i, s := range servers {
		a := open(t, config(s), adaptertest.NewHouse())
		for n := range 10 {
			wait.Go(func() {
				if _, err := a.Send(t.Context(), post(friend, bot.Text(fmt.Sprintf("%d.%d", i, n)))); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	for i, s := range servers {
		said := s.Said(friend)
		if len(said) != 10 || slices.ContainsFunc(said, func(text string) bool { return !strings.HasPrefix(text, fmt.Sprint(i)) }) {
			t.Errorf("%d was sent %v", i, said)
		}
	}
}

// TestCreditsAreThoseOfThePlatform plays any course of events against the fake:
// where the books say that one may be sent it is taken, and beyond what the
// platform gives it is refused.
func TestCreditsAreThoseOfThePlatform(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	credits := a.Features().Credits
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		now := adaptertest.Clock()
		s.SetClock(func() time.Time { return now })
		defer s.SetClock(adaptertest.Clock)
		who := fmt.Sprintf("oSomebody_%d", n)
		var books bot.Balance
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			switch rapid.IntRange(0, 5).Draw(r, "step") {
			case 0:
				s.Text(who, "hello")
				books.Grant(credits, bot.KindText, now, now)
			case 1:
				event := rapid.SampledFrom([]string{"CLICK", "SCAN", "subscribe"}).Draw(r, "event")
				s.Event(who, event, "x")
				books.Grant(credits, map[string]bot.Kind{"CLICK": bot.KindMenu, "SCAN": bot.KindScan, "subscribe": bot.KindFollow}[event], now, now)
			case 2:
				now = now.Add(rapid.SampledFrom([]time.Duration{time.Second, 50 * time.Second, 2 * time.Minute, 47 * time.Hour, 49 * time.Hour}).Draw(r, "pause"))
			default:
				left := s.Left(who)
				if left > 0 && !books.Spend(crm.AuthorBot, false, now) {
					continue
				}
				_, err := a.Send(t.Context(), post(who, bot.Text("hello")))
				if (err == nil) != (left > 0) || err != nil && bot.FailureOf(err).Class != bot.WindowClosed {
					r.Fatalf("with %d left: %v", left, err)
				}
			}
			if real, ours := s.Left(who), books.Left(now); real < ours {
				r.Fatalf("%d left on the platform, %d in the books", real, ours)
			}
		}
	})
}

func TestNudges(t *testing.T) {
	s := newServer(t)
	const sub = "SUB-reply-01"
	s.AddTemplate(sub, "{{thing1.DATA}}{{date2.DATA}}")
	c := config(s)
	c.Subscriptions.ReplyWaiting = sub
	house := adaptertest.NewHouse()
	a := open(t, c, house)
	nudge := post(zhang, nil)
	nudge.Op = bot.OpNudge
	if _, err := a.Send(t.Context(), nudge); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("nobody agreed: %v", err)
	}
	if in := send(t, a, house, s, s.Consent(zhang, sub, "accept")); in.Kind != bot.KindConsent || in.Values["notices"] != "yes" {
		t.Errorf("%+v", in)
	}
	if w := call(a, house, s.Request(s.Consent(zhang, "SUB-of-others", "accept"), adaptertest.Clock())); w.Body.String() != "success" || len(house.Received()) != 1 {
		t.Error("somebody else's subscription is no consent")
	}
	if _, err := a.Send(t.Context(), nudge); err != nil {
		t.Error(err)
	}
	if _, err := a.Send(t.Context(), nudge); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("he agreed to be told once: %v", err)
	}
	c.Subscriptions = wechat.Notices{}
	a = open(t, c, house)
	nudge.Notice, nudge.Key = "ticket_update", "8-1"
	for range 2 { // a template that is sent again is shown once
		if _, err := a.Send(t.Context(), nudge); err != nil {
			t.Error(err)
		}
	}
	if got, want := s.Said(zhang), []string{"subscription " + sub, "template " + ticket}; !slices.Equal(got, want) {
		t.Errorf("told %v, want %v", got, want)
	}
	c.Templates.ReplyWaiting = "TM-gone"
	nudge.Notice = "reply_waiting"
	if _, err := open(t, c, adaptertest.NewHouse()).Send(t.Context(), nudge); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("a template that is gone: %v", err)
	}
}

// send brings a body in and returns what came of it.
func send(t *testing.T, a *wechat.Adapter, house *adaptertest.House, s *wechattest.Server, body []byte) bot.Inbound {
	t.Helper()
	before := len(house.Received())
	call(a, house, s.Request(body, adaptertest.Clock()))
	if got := house.Received(); len(got) == before+1 {
		return got[before]
	}
	t.Fatalf("%s was not received", body)
	return bot.Inbound{}
}

func TestFilesOut(t *testing.T) {
	s := newServer(t)
	house := adaptertest.NewHouse()
	a := open(t, config(s), house)
	big := append(slices.Clone(photo), make([]byte, 10<<20)...)
	for hash, data := range map[string][]byte{
		"image": photo, "voice": []byte("#!AMR\n\x3c"), "song": append([]byte("ID3\x03"), make([]byte, 600)...),
		"video": append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), make([]byte, 64)...), "big": big, "page": []byte("<html><script>"),
	} {
		house.Keep(hash, data)
	}
	for _, c := range []struct{ hash, name, kind string }{
		{"image", "a.exe", "image"},
		{"voice", "", "voice"},
		{"song", "b", "voice"},
		{"video", "x\"y.mov", "video"},
		{"big", "big.png", "text"},
		{"page", "photo.png", "text"},
		{"image", "again.png", "image"},
		{"video", "again.mp4", "video"},
	} {
		before := len(s.Calls("cgi-bin/message/custom/send"))
		out := post(friend, &bot.Reply{Files: []bot.File{{Name: c.name, MIME: "image/png", Hash: c.hash}}})
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Errorf("%s: %v", c.hash, err)
			continue
		}
		got := s.Calls("cgi-bin/message/custom/send")[before].Params
		if got["msgtype"] != c.kind || c.kind == "text" && !strings.Contains(got["text"], c.name) {
			t.Errorf("%s went as %v", c.hash, got)
		}
	}
	uploads := s.Calls("cgi-bin/media/upload")
	if len(uploads) != 4 || uploads[0].Files[0].Name != "a.png" || uploads[3].Files[0].Name != "xy.mp4" {
		t.Errorf("%d uploads", len(uploads))
	}
}

func TestFilesIn(t *testing.T) {
	s := newServer(t)
	a := open(t, config(s), adaptertest.NewHouse())
	s.AddFile("V1", "video/mp4", []byte("a video"))
	s.AddFile("A1", "audio/amr", []byte("#!AMR"))
	s.AddFile("P1", "image/jpeg", []byte("a picture"))
	get := func(native string) string {
		t.Helper()
		body, err := a.Download(t.Context(), bot.File{Native: native})
		if err != nil {
			t.Errorf("%s: %v", native, err)
			return ""
		}
		defer body.Close() //nolint:errcheck // only read from
		data, _ := io.ReadAll(body)
		return string(data)
	}
	if get("V1") != "a video" || get("A1") != "#!AMR" || get("P1 http://mmbiz.qpic.cn/x") != "a picture" {
		t.Error("other bytes")
	}
	s.Bar(true) // an account that may not ask for files has the picture's address
	if got := get("P1 " + s.Host + "/video.mp4"); got != "a video" {
		t.Errorf("%q", got)
	}
	for _, elsewhere := range []string{"P1", "P1 http://169.254.169.254/x", "P1 file:///etc/passwd", "P1 http://evil.example/.qpic.cn"} {
		if body, err := a.Download(t.Context(), bot.File{Native: elsewhere}); err == nil {
			_ = body.Close()
			t.Errorf("%s was fetched", elsewhere)
		}
	}
	s.Bar(false)
	if _, err := a.Download(t.Context(), bot.File{Native: "gone"}); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("gone: %v", err)
	}
	s.Force("cgi-bin/media/get", adaptertest.Answer{Body: `{"video_url":"http://localhost:1/x"}`})
	if _, err := a.Download(t.Context(), bot.File{Native: "V1"}); err == nil {
		t.Error("led elsewhere")
	}
}

func TestInvitations(t *testing.T) {
	s := newServer(t)
	c := config(s)
	for permanent, action := range map[bool]string{false: "QR_STR_SCENE", true: "QR_LIMIT_STR_SCENE"} {
		c.PermanentCodes = permanent
		made, err := open(t, c, adaptertest.NewHouse()).Invite(t.Context(), "expo-2026")
		want := bot.Invitation{URL: "http://weixin.qq.com/q/expo-2026", Image: "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=gQH%2B%2F8DwAA%3D%3D"}
		if err != nil || made != want {
			t.Errorf("%+v, %v", made, err)
		}
		calls := s.Calls("cgi-bin/qrcode/create")
		if got := calls[len(calls)-1].Params; got["action_name"] != action || (got["expire_seconds"] == "") != permanent {
			t.Errorf("%v", got)
		}
	}
	s.Bar(true)
	if _, err := open(t, c, adaptertest.NewHouse()).Invite(t.Context(), "expo-2026"); crm.CodeOf(err) != crm.CodeUnsupported {
		t.Errorf("without the right: %v", err)
	}
}
