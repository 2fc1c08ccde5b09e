package webchat

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"crmbot/bot"
)

//go:embed page
var files embed.FS

// shown are the words of the page: web.<word> in the locale files.
var shown = []string{
	"attach", "bad", "bot", "close", "connecting", "deleted", "drop", "empty", "expired", "failed", "fast",
	"hello", "large", "later", "log", "long", "news", "offline", "open", "person", "person_say", "phone", "retry",
	"script", "send", "sending", "sent", "title", "typing", "write", "you",
}

// page is what the templates are given.
type page struct {
	Lang    string            `json:"lang"`
	Title   string            `json:"title"`
	Path    string            `json:"path"` // /chat/site
	Version string            `json:"-"`    // of scripts and style, so that a browser never mixes two
	Staff   bool              `json:"staff"`
	Embed   bool              `json:"embed"` // in the bubble of another page
	TextMax int               `json:"textMax"`
	FileMax int               `json:"fileMax"`
	Words   map[string]string `json:"words"`
}

// Pages are the page, its files, the script for other sites and the socket.
func (a *Adapter) Pages(inbox bot.Inbox) map[string]http.Handler {
	path := a.path()
	html := template.Must(template.ParseFS(files, "page/chat.html"))
	return map[string]http.Handler{
		"GET " + path:               a.servePage(html),
		"GET " + path + "/embed.js": a.serveEmbed(),
		"GET " + path + "/paint.js": serveFile("page/paint.js", "text/javascript; charset=utf-8"),
		"GET " + path + "/chat.js":  serveFile("page/chat.js", "text/javascript; charset=utf-8"),
		"GET " + path + "/chat.css": serveFile("page/chat.css", "text/css; charset=utf-8"),
		"GET " + path + "/icon.svg": serveFile("page/icon.svg", "image/svg+xml"),
		"GET " + path + "/socket":   a.serveSocket(inbox),

		"GET " + path + "/file/{ticket}": a.serveFiles(),
		"POST " + path + "/file":         a.serveUpload(inbox),
	}
}

func (a *Adapter) path() string { return "/chat/" + string(a.cfg.Install) }

func (a *Adapter) servePage(html *template.Template) http.Handler {
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
		if err := html.Execute(w, a.page(r)); err != nil {
			a.host.Logger().Debug("page not sent", "error", err)
		}
	})
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
		Lang: words.Lang(), Path: a.path(), Version: version, Staff: a.cfg.Staff,
		Embed: r.FormValue("embed") != "", TextMax: textMax, FileMax: fileMax, Title: a.cfg.Title, Words: map[string]string{},
	}
	for _, key := range shown {
		p.Words[key] = words.Label("web." + key)
	}
	if p.Staff {
		p.Words["title"], p.Words["hello"] = words.Label("web.title_staff"), words.Label("web.hello_staff")
		p.Title = cmp.Or(p.Title, p.Words["title"])
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

// serveFile sends a built-in file; its address changes with its content.
func serveFile(name, mime string) http.Handler {
	body := builtIn(name)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mime)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-cache")
		if r.FormValue("v") == version {
			w.Header().Set("Cache-Control", "max-age=31536000, immutable")
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
	for _, name := range []string{"page/chat.js", "page/paint.js", "page/chat.css", "page/icon.svg"} {
		h.Write(builtIn(name))
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
