package adapters_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"crmbot/crm"
)

// TestRefusedAtTheChatPage is the list for the chat page, which has no webhook:
// tokens, origins, files.
func TestRefusedAtTheChatPage(t *testing.T) {
	s, d := newWebchat(t, "en")
	w, _, _ := doors{{s, d}}.open(t, "en")
	s.enter("fair")
	before := w.events()
	name, code, _ := strings.Cut(s.token, ".")
	for _, c := range []struct {
		what, path, token, origin string
		body                      io.Reader
		want                      int
	}{
		{"a file without a token", "/file?id=message-77&name=a.png", "", "", bytes.NewReader(onePixel), 403},
		{"a file with a forged token", "/file?id=message-77&name=a.png", "MTkwMDAwMDAwMCBsaS53ZWk." + code, "", bytes.NewReader(onePixel), 403},
		{"a file with half a token", "/file?id=message-77&name=a.png", name + ".", "", bytes.NewReader(onePixel), 403},
		{"a file without a name of its message", "/file?name=a.png", s.token, "", bytes.NewReader(onePixel), 400},
		{"a file of more than 20 MB", "/file?id=message-77&name=a.bin", s.token, "", io.LimitReader(zeros{}, crm.MediaMax+1), 413},
		{"a socket from another site", "/socket", "", "https://evil.example.com", nil, 403},
		{"a file that nobody sent", "/file/" + url.PathEscape(s.token), "", "", nil, 403},
	} {
		t.Run(c.what, func(t *testing.T) {
			verb := http.MethodGet
			if c.body != nil {
				verb = http.MethodPost
			}
			r := must(http.NewRequestWithContext(t.Context(), verb, s.url+c.path, c.body))(t)
			if c.token != "" {
				r.Header.Set("Authorization", "Bearer "+c.token)
			}
			if c.origin != "" {
				for k, v := range map[string]string{
					"Origin": c.origin, "Connection": "Upgrade", "Upgrade": "websocket",
					"Sec-Websocket-Version": "13", "Sec-Websocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
				} {
					r.Header.Set(k, v)
				}
			}
			resp := must(http.DefaultClient.Do(r))(t)
			defer resp.Body.Close() //nolint:errcheck // only read from
			if resp.StatusCode != c.want {
				t.Errorf("status %d, want %d", resp.StatusCode, c.want)
			}
		})
	}
	if n := w.events(); n != before {
		t.Errorf("%d events came in", n-before)
	}
}

// zeros is a file without end.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
