package webchat_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"crmbot/adapters/webchat"
)

func get(t *testing.T, url, language string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Language", language)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestPageSpeaksTheBrowsersLanguage(t *testing.T) {
	r := newReplica(t, newHouse(), webchat.Config{Title: `R&D "<b>" 食品`})
	for _, test := range []struct{ url, language, want string }{
		{r.url, "zh-CN,zh;q=0.9,en;q=0.8", "转人工"},
		{r.url, "zh-TW", "转人工"},
		{r.url, "de-DE,en;q=0.5", "Talk to a person"},
		{r.url, "fr", "Talk to a person"},
		{r.url + "?lang=zh-CN", "en", "转人工"},
	} {
		res, body := get(t, test.url, test.language)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, test.want) {
			t.Errorf("%s in %s: %d without %q", test.url, test.language, res.StatusCode, test.want)
		}
		if strings.Contains(body, "{{") {
			t.Errorf("a place is not filled: %.60s", body[strings.Index(body, "{{"):])
		}
		if strings.Contains(body, "<b>") {
			t.Error("the title is read as HTML")
		}
	}
}

func TestStaffHaveNobodyToBePutThroughTo(t *testing.T) {
	r := newReplica(t, newHouse(), webchat.Config{Install: "team", Staff: true})
	if _, body := get(t, r.url, "en"); strings.Contains(body, `id="person"`) {
		t.Error("the page offers a person")
	}
}

func TestOnlyKnownSitesMayShowTheChat(t *testing.T) {
	r := newReplica(t, newHouse(), webchat.Config{Origins: []string{"https://www.example.com"}, PublicURL: "https://bot.example.com/"})
	res, _ := get(t, r.url, "en")
	policy := res.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(policy, "frame-ancestors 'self' https://www.example.com") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	for origin, want := range map[string]bool{
		"https://www.example.com":         true,
		strings.Split(r.url, "/chat/")[0]: true, // its own
		"https://bot.example.com":         true,
		"https://evil.example":            false,
		"http://www.example.com":          false,
	} {
		conn, res, err := websocket.Dial(context.Background(), strings.Replace(r.url, "http", "ws", 1)+"/socket",
			&websocket.DialOptions{HTTPHeader: http.Header{"Origin": {origin}}})
		if (err == nil) != want {
			t.Errorf("%s: %v", origin, err)
		}
		if err == nil {
			_ = conn.CloseNow()
		} else if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: status %d", origin, res.StatusCode)
		}
	}
}

func TestBadConfigs(t *testing.T) {
	for _, cfg := range []webchat.Config{
		{Install: "a/b"},
		{Install: ""},
		{Install: "{x}"},
		{Install: "site", Origins: []string{"*"}},
		{Install: "site", Origins: []string{"www.example.com"}},
		{Install: "site", Origins: []string{"https://www.example.com/"}},
		{Install: "site", Origins: []string{"https://a.example; script-src *"}},
		{Install: "site", Proxies: []string{"localhost"}},
		{Install: "site", Proxies: []string{"10.0.0.0/99"}},
	} {
		if _, err := webchat.New(cfg, newHouse()); err == nil {
			t.Errorf("%+v was taken", cfg)
		}
	}
}

func TestEmbedScript(t *testing.T) {
	r := newReplica(t, newHouse(), webchat.Config{Title: "</script>"})
	res, body := get(t, r.url+"/embed.js", "zh")
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") || !strings.Contains(body, "打开聊天") {
		t.Errorf("%v\n%s", res.Header, body)
	}
	if strings.Contains(body, "</script>") {
		t.Error("the title ends a script")
	}
}

// loaded are the files that a page brings with it, and how large they are.
func loaded(t *testing.T, files ...string) (names []string, size int) {
	t.Helper()
	imported := regexp.MustCompile(`from '\./([a-z]+\.js)'`)
	for i := 0; i < len(files); i++ {
		body, err := os.ReadFile("page/" + files[i])
		if err != nil {
			t.Fatal(err)
		}
		size += len(body)
		for _, m := range imported.FindAllStringSubmatch(string(body), -1) {
			if !slices.Contains(files, m[1]) {
				files = append(files, m[1])
			}
		}
	}
	return files, size
}

// The scripts of a page name no word that it does not have, and it has none
// that nobody names.
func TestWordsOfThePages(t *testing.T) {
	for _, test := range []struct {
		cfg   webchat.Config
		files []string
		most  int // bytes of all together
	}{
		{webchat.Config{}, []string{"chat.html", "chat.js", "embed.js", "chat.css"}, 50_000},
		{webchat.Config{Install: "office", Staff: true}, []string{"desk.html", "desk.js", "chat.css", "desk.css"}, 72_000},
	} {
		_, body := get(t, newReplica(t, newHouse(), test.cfg).url, "en")
		var given struct{ Words map[string]string }
		data := regexp.MustCompile(`(?s)id="chat">(.*?)</script>`).FindStringSubmatch(body)
		if err := json.Unmarshal([]byte(data[1]), &given); err != nil {
			t.Fatal(err)
		}
		used := map[string]bool{"bad": true, "empty": true, "fast": true, "title": true} // reasons of a refusal
		files, size := loaded(t, test.files...)
		for _, name := range files {
			file, err := os.ReadFile("page/" + name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`\b[wW]ords\.([a-z_]+)\b`).FindAllStringSubmatch(string(file), -1) {
				used[m[1]] = true
				if given.Words[m[1]] == "" && !elsewhere[m[1]] {
					t.Errorf("%s wants the word %s", name, m[1])
				}
			}
		}
		for word := range given.Words {
			if !used[word] {
				t.Errorf("nobody wants the word %s", word)
			}
		}
		if size > test.most {
			t.Errorf("%v are %d bytes", files, size)
		}
	}
}

// elsewhere are the words that a script which both pages have wants on one of
// them alone.
var elsewhere = map[string]bool{"only_you": true, "as_note": true, "as_customer": true, "customer": true, "edit": true, "withdraw": true}

// Nothing in the pages may turn text into HTML or code, or load anything from
// elsewhere.
func TestPageFiles(t *testing.T) {
	bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc|@import|url\(|//cdn|fonts\.|\sstyle=|\son[a-z]+=["']`)
	err := fs.WalkDir(os.DirFS("page"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile("page/" + path)
		if found := bad.Find(body); found != nil {
			t.Errorf("%s contains %s", path, found)
		}
		if lines := strings.Count(string(body), "\n"); lines >= 400 {
			t.Errorf("%s has %d lines", path, lines)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, cfg := range []webchat.Config{{}, {Install: "office", Staff: true}} {
		r := newReplica(t, newHouse(), cfg)
		_, body := get(t, r.url, "en")
		asked := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(body, -1)
		if len(asked) < 3 {
			t.Errorf("%v", asked)
		}
		for _, m := range asked {
			res, _ := get(t, origin(r)+m[1], "en")
			if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %d, %s", m[1], res.StatusCode, res.Header.Get("Cache-Control"))
			}
		}
		part := r.url + "/part/old/"
		if res, _ := get(t, part+"chat.js", "en"); res.StatusCode != http.StatusOK || strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("an old address: %d, %s", res.StatusCode, res.Header.Get("Cache-Control"))
		}
		if res, _ := get(t, part+"desk.html", "en"); res.StatusCode != http.StatusNotFound {
			t.Errorf("a file that is no part: %d", res.StatusCode)
		}
	}
}
