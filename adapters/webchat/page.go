package webchat

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"crmbot/bot"
)

//go:embed page
var files embed.FS

// The words of the pages: web.<word> in the locale files.
var (
	both = []string{
		"attach", "bad", "bot", "deleted", "drop", "edited", "empty", "expired", "failed", "fast", "connecting", "large", "later", "log", "long",
		"news", "offline", "phone", "retry", "script", "send", "sending", "sent", "typing", "write", "you",
	}
	forCustomers = []string{"close", "hello", "open", "person", "person_say", "title"}
	forStaff     = []string{
		"as_bot", "as_customer", "as_note", "back", "card", "closed", "customer", "customer_ref", "door_busy", "door_code", "door_enter", "door_how", "door_say", "edit",
		"go_bot", "go_customer", "go_edit", "go_note", "gone", "hint_bot", "hint_customer", "hint_edit", "hint_note", "leave", "mine", "my_bot", "my_bot_what",
		"nobody", "nobody_yet", "only_you", "staged", "the_customer", "threads", "unchange", "unread", "unstage", "waits", "ways", "withdraw",
		"write_bot", "write_customer", "write_note",
	}
)

// page is what a page says.
type page struct {
	Lang    string            `json:"lang"`
	Title   string            `json:"title"`
	Path    string            `json:"path"`  // /chat/site
	Parts   string            `json:"-"`     // where scripts and style are, which a browser never mixes with others
	Embed   bool              `json:"embed"` // in the bubble of another page
	TextMax int               `json:"textMax"`
	FileMax int               `json:"fileMax"`
	Words   map[string]string `json:"words"`
}

// Pages are the page, its files, the script for other sites and the socket.
func (a *Adapter) Pages(inbox bot.Inbox) map[string]http.Handler {
	path := a.path()
	name := "page/chat.html"
	if a.cfg.Staff {
		name = "page/desk.html"
	}
	pages := map[string]http.Handler{
		"GET " + path:                            a.servePage(string(builtIn(name))),
		"GET " + path + "/part/{version}/{file}": serveParts(),
		"GET " + path + "/socket":                a.serveSocket(inbox),

		"GET " + path + "/file/{ticket}": a.serveFiles(),
		"POST " + path + "/file":         a.serveUpload(inbox),
	}
	if !a.cfg.Staff {
		pages["GET "+path+"/embed.js"] = a.serveEmbed()
	}
	return pages
}

func (a *Adapter) path() string { return "/chat/" + string(a.cfg.Install) }

func (a *Adapter) servePage(file string) http.Handler {
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob:; base-uri 'none'; " +
		"form-action 'none'; frame-ancestors 'self' " + strings.Join(a.cfg.Origins, " ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", strings.TrimSpace(policy))
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		h.Set("Vary", "Accept-Language")
		if _, err := io.WriteString(w, a.page(r).fill(file)); err != nil { //nolint:gosec // fill escapes whatever is text
			a.host.Logger().Debug("page not sent", "error", err)
		}
	})
}

// embedded is what only a page in the bubble of another page has.
var embedded = regexp.MustCompile(`\{\{if \.Embed\}\}(.*?)\{\{end\}\}`)

// fill puts a page into the places that a file names in braces. All of them are
// text, between tags or in quotes, but for {{.}}, which is the page as JSON.
func (p page) fill(file string) string {
	data, err := json.Marshal(p) // it escapes what could end a script
	if err != nil {
		panic(err) // texts and numbers have a form
	}
	places := []string{"{{.}}", string(data)}
	text := func(place, s string) { places = append(places, "{{."+place+"}}", html.EscapeString(s)) }
	text("Lang", p.Lang)
	text("Title", p.Title)
	text("Parts", p.Parts)
	for key, s := range p.Words {
		text("Words."+key, s)
	}
	only := ""
	if p.Embed {
		only = "$1"
	}
	return strings.NewReplacer(places...).Replace(embedded.ReplaceAllString(file, only))
}

// serveEmbed sends the script for other sites. Its file is a function, which
// is called with the page.
func (a *Adapter) serveEmbed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		h.Set("Cache-Control", "max-age=300")
		h.Set("Vary", "Accept-Language")
		argument, err := json.Marshal(a.page(r))
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		_, _ = fmt.Fprintf(w, "%s(%s);\n", strings.TrimSpace(string(builtIn("page/embed.js"))), argument)
	})
}

// page speaks the language that is asked for, else the browser's.
func (a *Adapter) page(r *http.Request) page {
	words := a.words.Words(a.speaks(r))
	p := page{
		Lang: words.Lang(), Path: a.path(), Parts: a.path() + "/part/" + version,
		Embed: r.FormValue("embed") != "", TextMax: textMax, FileMax: fileMax, Title: a.cfg.Title, Words: map[string]string{},
	}
	own := forCustomers
	if a.cfg.Staff {
		own = forStaff
	}
	for _, key := range slices.Concat(both, own) {
		p.Words[key] = words.Label("web." + key)
	}
	if a.cfg.Staff {
		p.Words["hello"] = words.Label("web.hello_staff")
		p.Title = cmp.Or(p.Title, words.Label("web.title_staff"))
	}
	p.Title = cmp.Or(p.Title, a.cfg.Company, p.Words["title"])
	return p
}

// speaks is the first of the browser's languages that we have.
func (a *Adapter) speaks(r *http.Request) string {
	asked := r.FormValue("lang") + "," + r.Header.Get("Accept-Language")
	for tag := range strings.SplitSeq(asked, ",") {
		tag, _, _ = strings.Cut(strings.TrimSpace(tag), ";")
		if lang, ok := a.words.Match(tag); ok {
			return lang
		}
	}
	return ""
}

// parts are the scripts and the style, with their types.
var parts = map[string]string{
	"chat.css": "text/css; charset=utf-8", "desk.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml",
	"chat.js": script, "compose.js": script, "desk.js": script, "field.js": script, "line.js": script, "list.js": script,
	"paint.js": script, "talk.js": script,
}

const script = "text/javascript; charset=utf-8"

// serveParts sends them; their address changes with their content.
func serveParts() http.Handler {
	bodies := map[string][]byte{}
	for name := range parts {
		bodies[name] = builtIn("page/" + name)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("file")
		body, ok := bodies[name]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", parts[name])
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-cache")
		if r.PathValue("version") == version {
			h.Set("Cache-Control", "max-age=31536000, immutable")
		}
		_, _ = w.Write(body)
	})
}

func builtIn(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err) // it is compiled in
	}
	return body
}

// version changes with scripts and style.
var version = func() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		h.Write(builtIn("page/" + name))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}()

var installs = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// Validate says which key is wrong, and what was expected.
func (c Config) Validate() error {
	if !installs.MatchString(string(c.Install)) {
		return errors.New("install: it stands in the page's address: letters, digits, dots and dashes only")
	}
	if _, err := parseProxies(c.Proxies); err != nil {
		return &bot.BadKey{Key: "proxies", Rule: bot.RuleForm, Want: "[127.0.0.1, 10.0.0.0/8]"}
	}
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Scheme+"://"+u.Host != o ||
			strings.ContainsAny(o, " ;,'\"") {
			return &bot.BadKey{Key: "origins", Rule: bot.RuleForm, Want: "[https://www.example.com]"}
		}
	}
	return nil
}
