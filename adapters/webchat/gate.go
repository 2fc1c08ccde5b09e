package webchat

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one network may open a socket or bring in somebody new, and one
// visitor a file; and how often the log says the same of thousands.
const (
	doorsBurst     = 200 // an office comes back at once
	doorsEvery     = 50 * time.Millisecond
	toldEvery      = time.Minute
	strangersBurst = 20
	strangersEvery = 5 * time.Second
	uploadsBurst   = 10
	uploadsEvery   = 6 * time.Second
	gateMost       = 10000 // names remembered
)

// gate lets everybody through at a rate of his own.
type gate struct {
	every time.Duration
	burst int
	mu    sync.Mutex
	known map[string]*rate.Limiter
}

func newGate(every time.Duration, burst int) *gate {
	return &gate{every: every, burst: burst, known: map[string]*rate.Limiter{}}
}

// passes says whether name may go through now. "" always may.
func (g *gate) passes(name string, now time.Time) bool {
	if name == "" {
		return true
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.known[name]
	if l == nil {
		if len(g.known) >= gateMost {
			g.forget(now)
		}
		l = rate.NewLimiter(rate.Every(g.every), g.burst)
		g.known[name] = l
	}
	return l.AllowN(now, 1)
}

// forget drops whoever would pass as a stranger would, or everybody if there
// are too many at once.
func (g *gate) forget(now time.Time) {
	for name, l := range g.known {
		if l.TokensAt(now) >= float64(g.burst) {
			delete(g.known, name)
		}
	}
	if len(g.known) >= gateMost {
		clear(g.known)
	}
}

// proxies are the addresses whose X-Forwarded-For is believed.
type proxies []netip.Prefix

// parseProxies reads addresses and networks: "127.0.0.1", "10.0.0.0/8".
func parseProxies(from []string) (proxies, error) {
	var all proxies
	for _, s := range from {
		if !strings.Contains(s, "/") {
			addr, err := netip.ParseAddr(s)
			if err != nil {
				return nil, err
			}
			all = append(all, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, err
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

func (p proxies) trust(addr netip.Addr) bool {
	return slices.ContainsFunc(p, func(prefix netip.Prefix) bool { return prefix.Contains(addr) })
}

// from is the network that a request comes from, as one name: an IPv4 address
// or the /64 of an IPv6 one. Behind trusted proxies it is the last address that
// none of them has. It is "" for an address of this house that no proxy
// explains: a whole world may stand behind it.
func (p proxies) from(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	addr := peer.Addr().Unmap()
	if p.trust(addr) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			next, err := netip.ParseAddr(strings.TrimSpace(hop))
			if err != nil {
				return ""
			}
			if addr = next.Unmap(); !p.trust(addr) {
				break
			}
		}
	}
	if addr.IsLoopback() || addr.IsPrivate() || addr.IsLinkLocalUnicast() {
		return ""
	}
	if addr.Is6() {
		network, err := addr.WithZone("").Prefix(64)
		if err != nil {
			return ""
		}
		return network.String()
	}
	return addr.String()
}
