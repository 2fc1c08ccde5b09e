package webchat

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestWhereARequestComesFrom(t *testing.T) {
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		proxies    []string
		want       string
	}{
		{"the world", "203.0.113.9:5000", nil, nil, "203.0.113.9"},
		{"the world in IPv6", "[2001:db8:1:2:3::9]:5000", nil, nil, "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:203.0.113.9]:5000", nil, nil, "203.0.113.9"},
		{"somebody makes it up", "203.0.113.9:5000", []string{"198.51.100.1"}, nil, "203.0.113.9"},
		{"a proxy nobody told us of", "127.0.0.1:5000", []string{"198.51.100.1"}, nil, ""},
		{"a container's bridge", "172.17.0.1:5000", nil, nil, ""},
		{"a proxy", "127.0.0.1:5000", []string{"198.51.100.1"}, []string{"127.0.0.1"}, "198.51.100.1"},
		{"a proxy and a liar", "127.0.0.1:5000", []string{"1.1.1.1, 198.51.100.1"}, []string{"127.0.0.1"}, "198.51.100.1"},
		{"a liar with a header of his own", "127.0.0.1:5000", []string{"1.1.1.1", "198.51.100.1"}, []string{"127.0.0.1"}, "198.51.100.1"},
		{"two proxies", "127.0.0.1:5000", []string{"198.51.100.1, 10.1.2.3"}, []string{"127.0.0.1", "10.0.0.0/8"}, "198.51.100.1"},
		{"nonsense", "127.0.0.1:5000", []string{"unknown"}, []string{"127.0.0.1"}, ""},
		{"nothing", "", nil, nil, ""},
	} {
		trusted, err := parseProxies(c.proxies)
		if err != nil {
			t.Fatal(err)
		}
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := trusted.from(r); got != c.want {
			t.Errorf("%s: from %q, want %q", c.name, got, c.want)
		}
	}
}

func TestGate(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	g := newGate(5*time.Second, 3)
	for i := range 3 {
		if !g.passes("a", now) {
			t.Errorf("a is stopped at %d", i)
		}
	}
	if g.passes("a", now) {
		t.Error("a passes a fourth time")
	}
	if !g.passes("b", now) {
		t.Error("b pays for a")
	}
	if !g.passes("a", now.Add(5*time.Second)) || g.passes("a", now.Add(5*time.Second)) {
		t.Error("a does not get one back in five seconds")
	}
	for range 10 {
		if !g.passes("", now) {
			t.Error("nobody is stopped")
		}
	}
	for i := range 2 * gateMost {
		g.passes(fmt.Sprint(i), now)
	}
	if len(g.known) > gateMost {
		t.Errorf("%d are remembered", len(g.known))
	}
}
