package webchat_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// chromium is a real browser without a screen, spoken to over the DevTools
// protocol.
type chromium struct {
	host string // of its DevTools
}

// startChromium starts a browser for this test, or skips it where there is
// none.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	path := ""
	for _, name := range []string{os.Getenv("CRMBOT_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); name != "" && err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no real browser: install chromium, or name one in CRMBOT_CHROMIUM")
	}
	ctx, stop := context.WithCancel(context.Background())
	home, err := os.MkdirTemp("", "crmbot-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--mute-audio",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
		"--user-data-dir="+home, "about:blank")
	cmd.WaitDelay = 5 * time.Second
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	found := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(said)
		for lines.Scan() {
			if m := regexp.MustCompile(`DevTools listening on (ws://\S+)`).FindStringSubmatch(lines.Text()); m != nil {
				found <- m[1]
			}
		}
	}()
	address := ""
	t.Cleanup(func() {
		shut(address)
		_ = cmd.Wait()
		stop()
		_ = os.RemoveAll(home)
	})
	select {
	case address = <-found:
	case <-time.After(30 * time.Second):
		stop()
		t.Fatal("the browser does not start")
	}
	return &chromium{strings.Split(address, "/")[2]}
}

// shut asks a browser to end, with all its processes.
func shut(address string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		return
	}
	_ = conn.Write(ctx, websocket.MessageText, []byte(`{"id":1,"method":"Browser.close"}`))
	_, _, _ = conn.Read(ctx)
	_ = conn.CloseNow()
}

// tab is one page of it.
type tab struct {
	t       *testing.T
	conn    *websocket.Conn
	last    atomic.Int64
	answers chan cdp
	mu      sync.Mutex
	logged  []string // what the page complained about
}

type cdp struct {
	ID     int64           `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// screen is what a page is looked at on.
type screen struct {
	width, height int
	phone, dark   bool
}

// open opens an address on a screen.
func (c *chromium) open(t *testing.T, s screen, address string) *tab {
	t.Helper()
	req, err := http.NewRequest(http.MethodPut, "http://"+c.host+"/json/new?about:blank", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var target struct{ WebSocketDebuggerURL string }
	if err := json.NewDecoder(res.Body).Decode(&target); err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.Dial(t.Context(), target.WebSocketDebuggerURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	p := &tab{t: t, conn: conn, answers: make(chan cdp, 16)}
	t.Cleanup(func() { _ = conn.CloseNow() })
	go p.listen()
	colors := "light"
	if s.dark {
		colors = "dark"
	}
	p.do("Runtime.enable", nil)
	p.do("Log.enable", nil)
	p.do("Page.enable", nil)
	p.do("Emulation.setDeviceMetricsOverride", map[string]any{"width": s.width, "height": s.height, "deviceScaleFactor": 1, "mobile": s.phone})
	p.do("Emulation.setTouchEmulationEnabled", map[string]any{"enabled": s.phone})
	p.do("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": colors}}})
	p.do("Page.navigate", map[string]any{"url": address})
	return p
}

// listen takes what the browser says: answers, and what the page complains of.
func (p *tab) listen() {
	for {
		_, raw, err := p.conn.Read(context.Background())
		if err != nil {
			close(p.answers)
			return
		}
		var m cdp
		if json.Unmarshal(raw, &m) != nil {
			continue
		}
		switch m.Method {
		case "":
			p.answers <- m
		case "Runtime.exceptionThrown", "Log.entryAdded":
			p.mu.Lock()
			p.logged = append(p.logged, string(m.Params))
			p.mu.Unlock()
		}
	}
}

// do performs a command of the protocol.
func (p *tab) do(method string, params any) json.RawMessage {
	p.t.Helper()
	result, wrong := p.try(method, params)
	if wrong != "" {
		p.t.Fatalf("%s: %s", method, wrong)
	}
	return result
}

// try is do for a command that the browser may refuse.
func (p *tab) try(method string, params any) (result json.RawMessage, wrong string) {
	p.t.Helper()
	id := p.last.Add(1)
	raw, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := patience(p.t)
	defer cancel()
	if err := p.conn.Write(ctx, websocket.MessageText, raw); err != nil {
		p.t.Fatalf("%s: %v", method, err)
	}
	for {
		select {
		case m, ok := <-p.answers:
			if !ok {
				p.t.Fatalf("%s: the browser is gone", method)
			}
			if m.ID != id {
				continue
			}
			if m.Error != nil {
				return nil, m.Error.Message
			}
			return m.Result, ""
		case <-ctx.Done():
			p.t.Fatalf("%s: no answer", method)
		}
	}
}

// is is what an expression of the page comes to. A page that was left while it
// was asked is asked again.
func (p *tab) is(expression string) any {
	p.t.Helper()
	var got struct {
		Result           struct{ Value any }
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	ask := map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true}
	raw, wrong := p.try("Runtime.evaluate", ask)
	if strings.Contains(wrong, "navigated") || strings.Contains(wrong, "context") {
		raw, wrong = p.try("Runtime.evaluate", ask)
	}
	if wrong != "" {
		p.t.Fatalf("%s: %s", expression, wrong)
	}
	if err := json.Unmarshal(raw, &got); err != nil {
		p.t.Fatal(err)
	}
	if got.ExceptionDetails != nil {
		p.t.Fatalf("%s: %s", expression, got.ExceptionDetails.Exception.Description)
	}
	return got.Result.Value
}

// until waits for an expression to become true.
func (p *tab) until(expression string) {
	p.t.Helper()
	value := p.is(fmt.Sprintf(`new Promise(go => {
		const end = Date.now() + 15000;
		const look = () => { let ok = false; try { ok = !!(%s); } catch {} if (ok || Date.now() > end) go(ok); else setTimeout(look, 20); };
		look();
	})`, expression))
	if value != true {
		p.shot("failed")
		p.quiet()
		p.t.Fatalf("never: %s\n%s", expression, p.is(`document.title + "\n" + document.body.innerText`))
	}
}

// press presses an element.
func (p *tab) press(selector string) {
	p.t.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q) && document.querySelector(%q).offsetParent !== null", selector, selector))
	p.is(fmt.Sprintf("document.querySelector(%q).click()", selector))
}

// write types into what has the focus.
func (p *tab) write(selector, text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("document.querySelector(%q) && document.querySelector(%q).offsetParent !== null", selector, selector))
	p.is(fmt.Sprintf("document.querySelector(%q).focus()", selector))
	p.do("Input.insertText", map[string]any{"text": text})
}

// key strikes a key.
func (p *tab) key(key string, code int) {
	p.t.Helper()
	strike := map[string]any{"type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code}
	if key == "Enter" {
		strike["text"] = "\r"
	}
	p.do("Input.dispatchKeyEvent", strike)
	p.do("Input.dispatchKeyEvent", map[string]any{"type": "keyUp", "key": key, "code": key, "windowsVirtualKeyCode": code})
}

// shot keeps a picture of the page in CRMBOT_SHOTS, if that is set.
func (p *tab) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("CRMBOT_SHOTS")
	if dir == "" {
		return
	}
	var got struct{ Data string }
	if err := json.Unmarshal(p.do("Page.captureScreenshot", map[string]any{"format": "png"}), &got); err != nil {
		p.t.Fatal(err)
	}
	picture, err := base64.StdEncoding.DecodeString(got.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	name = strings.ReplaceAll(p.t.Name(), "/", "-") + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(dir, name), picture, 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// quiet fails if the page has complained: an error of a script, or something
// that its own policy forbids.
func (p *tab) quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.logged {
		p.t.Errorf("the page complains: %s", l)
	}
}
