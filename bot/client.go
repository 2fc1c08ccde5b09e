package bot

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// NewClient returns an HTTP client for calls to a platform: no call takes
// longer than timeout (0: than its context allows), and all go through proxy
// ("http://…", "https://…", "socks5://…"; "" is the environment's). An answer
// that sends us to another host is returned as it is: our tokens are in bodies,
// addresses and referrers, and would go there too. The error of a bad proxy does
// not repeat it, for it may hold a password.
func NewClient(proxy string, timeout time.Duration) (*http.Client, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = 2*idleMost, idleMost
	if proxy != "" {
		via, err := ProxyURL(proxy)
		if err != nil {
			return nil, err
		}
		transport.Proxy = http.ProxyURL(via)
	}
	return &http.Client{Transport: transport, Timeout: timeout, CheckRedirect: StayHere}, nil
}

// idleMost is how many connections to a host wait for the next call: as many as
// calls are under way at once, for a new one costs more than the call.
const idleMost = 128

// StayHere is the CheckRedirect of a client that follows an answer at most to
// the same scheme and host.
func StayHere(next *http.Request, before []*http.Request) error {
	from := before[0].URL
	if len(before) >= 5 || next.URL.Scheme != from.Scheme || next.URL.Host != from.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// ProxyURL reads the address of a proxy.
func ProxyURL(proxy string) (*url.URL, error) {
	via, err := url.Parse(proxy)
	if err != nil || via.Host == "" {
		return nil, &BadKey{Key: "proxy", Rule: RuleForm, Want: "socks5://host:port"}
	}
	switch via.Scheme {
	case "http", "https", "socks5", "socks5h":
		return via, nil
	}
	return nil, &BadKey{Key: "proxy", Rule: RuleBegins, Want: "http://, https:// / socks5://"}
}

// ReadBody reads the body of a webhook request up to BodyLimit. Status is 0,
// or what to answer at once: 413 for a longer body, 400 for one that broke off.
func ReadBody(w http.ResponseWriter, r *http.Request) (body []byte, status int) {
	if r.ContentLength > BodyLimit {
		return nil, http.StatusRequestEntityTooLarge // none of it is read
	}
	body, err := readAll(http.MaxBytesReader(w, r.Body, BodyLimit), int(min(r.ContentLength, bodyAtOnce)))
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, http.StatusBadRequest
	}
	return body, 0
}

// readAll is io.ReadAll with room for size bytes from the start; less than 0 is
// not known.
func readAll(r io.Reader, size int) ([]byte, error) {
	if size < 0 {
		size = bytes.MinRead
	}
	all := make([]byte, 0, size+1) // the one more is for the end
	for {
		n, err := r.Read(all[len(all):cap(all)])
		all = all[:len(all)+n]
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return all, err
		case len(all) == cap(all):
			all = slices.Grow(all, bytes.MinRead)
		}
	}
}

// bodyAtOnce is the longest body that is believed to come because its header
// says so, in bytes.
const bodyAtOnce = 16 << 10

// Clean is text as it can be kept: valid UTF-8 without NUL.
func Clean(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	clean := make([]rune, 0, len(text))
	for _, r := range text {
		if r != 0 {
			clean = append(clean, r)
		}
	}
	return string(clean)
}
