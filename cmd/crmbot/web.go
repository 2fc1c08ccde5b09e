package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"syscall"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"crmbot/bot"
	"crmbot/crm"
)

// public is what the world may reach: webhooks and the adapters' pages.
func (h *house) public() *http.ServeMux {
	mux := http.NewServeMux()
	for _, in := range h.installs {
		inbox := h.line.Inbox(in.Platform, in.Install)
		if hook, ok := in.Adapter.(bot.Webhook); ok {
			path := fmt.Sprintf("/hook/%s/%s", in.Platform, in.Install)
			handler := hooks(hook.Webhook(inbox))
			mux.Handle(path, handler)
			mux.Handle(path+"/", handler)
		}
		if pages, ok := in.Adapter.(bot.Pages); ok {
			for pattern, handler := range pages.Pages(inbox) {
				mux.Handle(pattern, handler)
			}
		}
	}
	return mux
}

// webPage is a path that a person can open.
type webPage struct {
	path  string
	staff bool
}

// pages are the paths that a person can open, the shortest of each adapter.
func (h *house) pages() []webPage {
	var all []webPage
	for _, in := range h.installs {
		pages, ok := in.Adapter.(bot.Pages)
		if !ok {
			continue
		}
		shortest := ""
		for pattern := range pages.Pages(h.line.Inbox(in.Platform, in.Install)) {
			path := strings.TrimPrefix(pattern, "GET ")
			if shortest == "" || len(path) < len(shortest) {
				shortest = path
			}
		}
		all = append(all, webPage{shortest, in.Audience == crm.AudienceStaff})
	}
	return all
}

// admin is for the engineer alone.
func (h *house) admin() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.metrics(), promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }) // the process lives
	mux.HandleFunc("GET /readyz", h.readyz)
	if h.cfg.Pprof {
		mux.HandleFunc("/debug/pprof/", pprof.Index)
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}

// listen opens an address of the config.
func listen(ctx context.Context, key, address string) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s: %s is taken by another program; stop it, or change %s in the config: %w", key, address, key, err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return l, nil
}
