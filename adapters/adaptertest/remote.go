package adaptertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"crmbot/bot"
	"crmbot/crm"
)

// Remote is an adapter whose platform is elsewhere, seen from outside: the way
// there, what it hands over, and what it must not give away. Run has the rest.
type Remote struct {
	// API is the stand-in.
	API *API
	// Open makes the adapter.
	Open func(t *testing.T, host bot.Host, way Way) bot.Webhook
	// To is a direct chat, and Post the method that a new message takes.
	To   bot.Address
	Post string
	// Secrets are those of the right and of the wrong credentials.
	Secrets []string
	// Inherits says that the proxy of the environment is used where the config
	// has none.
	Inherits bool
	// File puts a file where the platform keeps what people send, and returns it
	// as an Inbound has it. Get is the method that hands it over, "" if that is
	// none of the API.
	File func(body []byte, mime string) bot.File
	Get  string
	// Image says that an image may go out, and how the stand-in got it: the
	// bytes of the last one.
	Image func() []byte
	// Request makes an authentic request of a body; Fixtures, Glob and Wrap are
	// as in Harness.
	Request  func(body []byte, at time.Time) *http.Request
	Fixtures string
	Glob     string
	Wrap     func(file []byte) []byte
	// Silent says of a payload that it is neither a message nor counted, as the
	// platform's question whether the address is ours.
	Silent func(body []byte) bool
	// Forms is for an adapter with bot.OpView.
	Forms *Forms
}

// Way is how an adapter is to be opened.
type Way struct {
	URL   string // of the platform instead of the stand-in's
	Proxy string
	Wrong bool // with credentials that the platform does not know
}

// RunRemote runs the suite.
func RunRemote(t *testing.T, r Remote) {
	t.Run("proxy", r.proxy)
	t.Run("environment_proxy", r.environment)
	t.Run("redirect", r.redirect)
	t.Run("wrong_credentials", r.wrongCredentials)
	t.Run("right_credentials", r.rightCredentials)
	t.Run("invite", r.invite)
	t.Run("typing", r.typing)
	t.Run("operations", r.operations)
	t.Run("download", r.download)
	t.Run("files_out", r.filesOut)
	t.Run("forms", r.forms)
	t.Run("mutations", r.mutations)
}

func (r *Remote) hello() bot.Outgoing {
	return bot.Outgoing{V: 1, Key: "1-1", Op: bot.OpPost, To: r.To, Direct: true, Reply: bot.Text("hello")}
}

// quiet checks that texts hold none of the secrets.
func (r *Remote) quiet(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, secret := range r.Secrets {
			if strings.Contains(text, secret) {
				t.Errorf("a secret got out: %s", strings.ReplaceAll(text, secret, "[SECRET]"))
			}
		}
	}
}

// wrongCredentials checks that bad ones are named as such, and not repeated.
func (r *Remote) wrongCredentials(t *testing.T) {
	house := NewHouse()
	a := r.Open(t, house, Way{Wrong: true})
	_, err := a.Send(t.Context(), r.hello())
	if f := bot.FailureOf(err); err == nil || f.Class != bot.Unauthorized {
		t.Errorf("sending: %v; want unauthorized", err)
	}
	r.quiet(t, fmt.Sprint(err), house.Log())
	e, ok := a.(bot.Examiner)
	if !ok {
		t.Fatal("nobody can try its credentials")
	}
	found := e.Examine(t.Context())
	if !slices.ContainsFunc(found, func(f bot.Finding) bool { return f.Level == bot.LevelBroken }) {
		t.Errorf("Examine finds nothing broken: %+v", found)
	}
	r.findings(t, found)
}

// rightCredentials checks what is said of good ones.
func (r *Remote) rightCredentials(t *testing.T) {
	a := r.Open(t, NewHouse(), Way{})
	if e, ok := a.(bot.Examiner); ok {
		found := e.Examine(t.Context())
		for _, f := range found {
			if f.Level == bot.LevelBroken {
				t.Errorf("broken: %+v", f)
			}
		}
		r.findings(t, found)
	}
}

// findings are sentences in both languages, without a secret.
func (r *Remote) findings(t *testing.T, found []bot.Finding) {
	t.Helper()
	if len(found) == 0 {
		t.Error("nothing was found out")
	}
	for _, f := range found {
		if f.Text == nil && f.Err == nil {
			t.Errorf("an empty finding: %+v", f)
		}
		for _, text := range []bot.Local{f.Text, f.Next} {
			if text != nil && (text["en"] == "" || text["zh-CN"] == "") {
				t.Errorf("not in both languages: %v", text)
			}
			r.quiet(t, text["en"], text["zh-CN"], fmt.Sprint(f.Err))
		}
	}
}

func (r *Remote) invite(t *testing.T) {
	house := NewHouse()
	a, ok := r.Open(t, house, Way{}).(bot.Inviter)
	if !ok {
		t.Skip("it has no invitations")
	}
	made, err := a.Invite(t.Context(), "fair_2026-Q4")
	if err != nil || !strings.HasPrefix(made.URL, "http") {
		t.Errorf("%+v, %v", made, err)
	}
	r.quiet(t, made.URL, made.Image, fmt.Sprint(err), house.Log())
	for _, scene := range []string{"", "a b", "展会", "a/b", "a&b=c", strings.Repeat("x", 65)} {
		if made, err := a.Invite(t.Context(), scene); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("scene %q: %+v, %v; want an error of code invalid", scene, made, err)
		}
	}
}

func (r *Remote) typing(t *testing.T) {
	a := r.Open(t, NewHouse(), Way{})
	if !a.Features().Can(bot.OpTyping) {
		t.Skip("it does not show who is typing")
	}
	before := len(r.API.Calls())
	sent, err := a.Send(t.Context(), bot.Outgoing{V: 1, Key: "1-1", Op: bot.OpTyping, To: r.To, Direct: true})
	if err != nil || sent.ID != "" || len(r.API.Calls()) == before {
		t.Errorf("%+v, %v, %d calls", sent, err, len(r.API.Calls())-before)
	}
	if posted := r.API.Calls()[before:]; slices.ContainsFunc(posted, func(c Call) bool { return c.Method == r.Post && c.Params["text"] != "" }) {
		t.Errorf("it wrote a message: %v", posted)
	}
}

// operations checks that what a platform does not have is dropped without a
// call, and that a reply that says nothing is not sent.
func (r *Remote) operations(t *testing.T) {
	a := r.Open(t, NewHouse(), Way{})
	all := []bot.Op{
		bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpEphemeral, bot.OpAnswer, bot.OpHome,
		bot.OpView, bot.OpTyping, bot.OpNudge, bot.OpTransfer, bot.OpThread, "never_heard_of",
	}
	for _, op := range all {
		if a.Features().Can(op) {
			continue
		}
		out := r.hello()
		out.Op, out.Target, out.For = op, "7", "7"
		before := len(r.API.Calls(r.Post))
		_, err := a.Send(t.Context(), out)
		if f := bot.FailureOf(err); err == nil || f.Class == bot.Transient || len(r.API.Calls(r.Post)) != before {
			t.Errorf("%s, which it does not have: %v, %d calls", op, err, len(r.API.Calls(r.Post))-before)
		}
	}
	if f := a.Features(); len(f.Credits) == 0 && f.Hold == 0 && f.Rates.PerChat == 0 {
		t.Errorf("neither a rate for each chat nor credits: %+v", f.Rates)
	}
	out := r.hello()
	out.Reply = &bot.Reply{}
	if _, err := a.Send(t.Context(), out); bot.FailureOf(err).Class != bot.BadContent {
		t.Errorf("a message that says nothing: %v, want bad_content", err)
	}
}

// redirect checks that a platform that sends us elsewhere does not get our
// secrets carried there.
func (r *Remote) redirect(t *testing.T) {
	var got []string
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		_ = q.ParseMultipartForm(1 << 20)
		got = append(got, fmt.Sprint(q.URL, q.Header, q.Form))
		_, _ = w.Write([]byte("{}"))
	}))
	defer thief.Close()
	elsewhere := strings.Replace(thief.URL, "127.0.0.1", "localhost", 1)
	for _, status := range []int{301, 302, 303, 307, 308} {
		answer := Answer{Status: status, Header: map[string]string{"Location": elsewhere + "/api/x"}}
		house := NewHouse()
		a := r.Open(t, house, Way{})
		r.API.Force(r.Post, answer)
		_, err := a.Send(t.Context(), r.hello())
		if err == nil {
			t.Errorf("%d: it counts as sent", status)
		}
		if d, ok := a.(bot.Downloader); ok && r.File != nil {
			f := r.File([]byte("secret photo"), "image/png")
			r.API.Force(r.Get, answer)
			body, err := d.Download(t.Context(), f)
			if err == nil {
				_ = body.Close()
			}
			r.API.Unforce(r.Get)
		}
		r.API.Unforce(r.Post)
		r.quiet(t, fmt.Sprint(err), house.Log())
	}
	r.quiet(t, got...)
	for _, q := range got {
		if strings.Contains(q, "hello") {
			t.Errorf("a message went elsewhere: %s", q)
		}
	}
}
