package adapters_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/crm"
)

// webScreen is somebody at the chat page of a web site.
type webScreen struct {
	t       *testing.T
	w       *town
	install bot.Install
	lang    string
	conn    *websocket.Conn
	frames  chan []byte // that came, closed with the socket
	url     string      // of the chat, over HTTP
	token   string
	at      bot.Address
	said    int
	last    int64 // the last entry that was read
	entries []webEntry
	keys    map[string]pressed
	raw     strings.Builder // every frame
}

// webEntry is a frame of the page.
type webEntry struct {
	Type    string `json:"type"`
	ID      string `json:"id"`
	Why     string `json:"why"`
	Token   string `json:"token"`
	Entry   int64  `json:"entry"`
	From    string `json:"from"`
	Name    string `json:"name"`
	Replace int64  `json:"replace"`
	Text    []webLine
	Cards   []struct {
		Title, Subtitle string
		Text            []webLine
		Fields          []bot.Field
		Buttons         []webButton
	}
	Table *struct {
		Header []string
		Rows   [][]string
	}
	Buttons []webButton
	Ask     string
	Files   []struct{ Name string }

	// on the page of those who work here
	Topic   bot.TopicID
	As      string
	Private bool
	Threads []struct{ Topic bot.TopicID }
}

type (
	webButton struct{ Label, Action string }
	webLine   struct {
		Item  bool
		Spans []webSpan
	}
	webSpan struct {
		Kind, Text string
		Spans      []webSpan
	}
)

func newWebchat(t *testing.T, language string) (*webScreen, door) {
	t.Helper()
	return &webScreen{t: t, install: "site", lang: language, keys: map[string]pressed{}}, door{
		platform: "webchat", install: "site", audience: crm.AudienceCustomers, open: func(host bot.Host) bot.Adapter {
			return must(webchat.New(webchat.Config{Install: "site"}, host))(t)
		},
	}
}

func (p *webScreen) sit(w *town, a bot.Adapter) {
	p.w = w
	pages, _ := a.(bot.Pages)
	mux := http.NewServeMux()
	for pattern, handler := range pages.Pages(w.inbox("webchat", p.install)) {
		mux.Handle(pattern, handler)
	}
	server := httptest.NewServer(mux)
	p.t.Cleanup(server.Close)
	w.background(a, w.inbox("webchat", p.install))
	p.url = server.URL + "/chat/" + string(p.install)
}

func (p *webScreen) send(frame map[string]any) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	if err := p.conn.Write(ctx, websocket.MessageText, must(json.Marshal(frame))(p.t)); err != nil {
		p.t.Fatal(err)
	}
}

// hear reads frames up to one of a type.
func (p *webScreen) hear(kind string) webEntry {
	p.t.Helper()
	for {
		if e := p.next(); e.Type == kind && e.Topic == "" {
			return e
		}
	}
}

// pump reads a socket until it is closed, as a browser does: it answers pings
// whatever its page is at.
func pump(ctx context.Context, conn *websocket.Conn, frames chan<- []byte) {
	defer close(frames)
	for {
		_, raw, err := conn.Read(ctx)
		if err != nil {
			return
		}
		frames <- raw
	}
}

// next reads a frame of good news.
func (p *webScreen) next() webEntry {
	p.t.Helper()
	e := p.frame()
	if e.Type == "refused" {
		p.t.Fatalf("refused: %+v", e)
	}
	return e
}

// frame reads a frame. Entries of the direct chat are put aside.
func (p *webScreen) frame() webEntry {
	p.t.Helper()
	var raw []byte
	select {
	case raw = <-p.frames:
	case <-time.After(patience):
	}
	if raw == nil {
		p.t.Fatal("the socket says nothing more")
	}
	var e webEntry
	if err := json.Unmarshal(raw, &e); err != nil {
		p.t.Fatalf("%v: %s", err, raw)
	}
	p.raw.Write(raw)
	if e.Type == "entry" && e.Topic == "" {
		p.entries = append(p.entries, e)
		p.last = e.Entry
	}
	return e
}

func (p *webScreen) enter(scene string) {
	p.t.Helper()
	p.dial("https://www.example.com/?utm_source=" + scene)
	n := p.w.events()
	p.send(map[string]any{"type": "open"})
	p.w.arrived(n + 1)
}

// dial opens the page.
func (p *webScreen) dial(page string) {
	p.t.Helper()
	conn, _, err := websocket.Dial(p.t.Context(), strings.Replace(p.url, "http", "ws", 1)+"/socket", nil) //nolint:bodyclose // a socket
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.CloseNow() })
	conn.SetReadLimit(-1)
	p.conn, p.frames = conn, make(chan []byte, 1000)
	go pump(context.WithoutCancel(p.t.Context()), conn, p.frames)
	p.send(map[string]any{"type": "hello", "lang": p.lang, "page": page})
	p.token = p.hear("welcome").Token
	p.hear("ready")
}

// looks tells that everything was shown. That an empty message is refused tells
// in turn that this is known.
func (p *webScreen) looks() {
	p.t.Helper()
	p.send(map[string]any{"type": "seen", "upTo": p.last})
	p.said++
	id := "message-" + strconv.Itoa(p.said)
	p.send(map[string]any{"type": "message", "id": id})
	for {
		if e := p.frame(); e.Type == "refused" && e.ID == id {
			return
		}
	}
}

// reached is all that the page was ever sent.
func (p *webScreen) reached() string { return p.raw.String() }

func (p *webScreen) say(text string) { p.bring(map[string]any{"type": "message", "text": text}) }

func (p *webScreen) bring(frame map[string]any) {
	p.t.Helper()
	p.said++
	frame["id"] = "message-" + strconv.Itoa(p.said)
	p.send(frame)
	p.hear("ack")
}

func (p *webScreen) press(label string) {
	p.t.Helper()
	k, ok := p.keys[label]
	if !ok {
		p.t.Fatalf("no button %q", label)
	}
	p.bring(map[string]any{"type": "action", "action": k.data, "on": k.message})
}

func (p *webScreen) phone(number string) { p.say(number) }

func (p *webScreen) photo(name string) { p.upload(url.Values{"name": {name}}) }

// upload brings a photo.
func (p *webScreen) upload(about url.Values) {
	p.t.Helper()
	p.said++
	about.Set("id", "message-"+strconv.Itoa(p.said))
	about.Set("lang", p.lang)
	where := p.url + "/file?" + about.Encode()
	r := must(http.NewRequestWithContext(p.t.Context(), http.MethodPost, where, bytes.NewReader(onePixel)))(p.t)
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "image/png")
	resp := must(http.DefaultClient.Do(r))(p.t)
	defer resp.Body.Close() //nolint:errcheck // only read from
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("status %d for a photo", resp.StatusCode)
	}
}

// shown reads what the transcript has and the page has not shown yet.
func (p *webScreen) shown() []shown {
	p.t.Helper()
	if p.at.Chat == "" {
		p.at = p.w.address(func(c *crm.Conversation) bool { return c.Install == string(p.install) })
	}
	entries := must(p.w.line.Host("webchat", p.install).Transcript(p.t.Context(), p.at, p.last))(p.t)
	for len(entries) > 0 && p.last < entries[len(entries)-1].ID {
		p.hear("entry")
	}
	var all []shown
	for _, e := range p.entries {
		if e.From != "me" {
			all = append(all, p.see(e))
		}
	}
	p.entries = nil
	return all
}

// see is an entry as it is shown.
func (p *webScreen) see(e webEntry) shown {
	x := shown{what: "entry"}
	if e.Replace != 0 {
		x.what = "entry in place of another"
	}
	x.text = p.read(e, &x)
	x.plain = webPlain.Replace(x.text)
	return x
}

var webPlain = strings.NewReplacer("<strong>", "", "</strong>", "", "<em>", "", "</em>", "", "<code>", "", "</code>", "", "<a>", "", "</a>", "")

func (p *webScreen) read(e webEntry, x *shown) string {
	lines := webLines(e.Text)
	buttons := e.Buttons
	for _, c := range e.Cards {
		lines = append(lines, c.Title, c.Subtitle)
		lines = append(lines, webLines(c.Text)...)
		for _, f := range c.Fields {
			lines = append(lines, f.Name+": "+f.Value)
		}
		buttons = append(c.Buttons, buttons...)
	}
	if e.Table != nil {
		lines = append(lines, strings.Join(e.Table.Header, " | "))
		for _, row := range e.Table.Rows {
			lines = append(lines, strings.Join(row, " | "))
		}
	}
	for range e.Files {
		lines = append(lines, aPicture)
	}
	if e.Ask != "" {
		x.options = append(x.options, e.Ask+" ☎")
	}
	for _, b := range buttons {
		x.options = append(x.options, b.Label)
		p.keys[b.Label] = pressed{message: e.Entry, data: b.Action}
	}
	return strings.Join(lines, "\n")
}

func webLines(from []webLine) []string {
	var out []string
	for _, l := range from {
		text := webSpans(l.Spans)
		if l.Item {
			text = "- " + text
		}
		out = append(out, text)
	}
	return out
}

func webSpans(spans []webSpan) string {
	var b strings.Builder
	for _, s := range spans {
		inner := s.Text + webSpans(s.Spans)
		if s.Kind != "" {
			inner = "<" + s.Kind + ">" + inner + "</" + s.Kind + ">"
		}
		b.WriteString(inner)
	}
	return b.String()
}
