package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"crmbot/adapters/webchat"
	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/cmd/crmbot/playground"
	"crmbot/cmd/crmbot/sample"
	"crmbot/crm"
)

// The web chats of the demo.
const (
	pageOfCustomers bot.Install = "site"
	pageOfStaff     bot.Install = "office"
)

func demoCommand() *cobra.Command {
	o := chatOptions{}
	address := ""
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show a sample company in the browser, without any account",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), o, address, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8080", "where to listen; the next free port if it is taken")
	cmd.Flags().StringVar(&o.database, "database", "", "a file to keep the sample company in; without it nothing is kept")
	cmd.Flags().StringVar(&o.language, "language", "", "what the company speaks: en or zh-CN; without it that of this machine")
	return cmd
}

// demo runs the sample company until ctx ends: on one page a customer, and those
// who work there at the desk where he is answered.
func demo(ctx context.Context, o chatOptions, address string, out io.Writer) error {
	if err := onlyHere(address); err != nil {
		return wrongUse(err)
	}
	cfg, cleanup, err := o.company()
	if err != nil {
		return err
	}
	defer cleanup()
	if cfg.Language, err = demoLanguage(o.language, os.Getenv); err != nil {
		return wrongUse(err)
	}
	l, err := listenNear(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }() // it is closed already where everything went well
	cfg.PublicURL = "http://" + l.Addr().String()
	var office *webchat.Adapter
	h, err := buildWith(ctx, cfg, discardLog(), demoDoors(cfg, &office))
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.claim(); err != nil {
		return err
	}
	if err := sample.Load(ctx, h.store, now(), cfg.settings()); err != nil {
		return err
	}
	seats, err := h.seats(ctx, office)
	if err != nil {
		return err
	}
	words := h.catalog.Words(cfg.Language)
	fmt.Fprintln(out, words.Label("demo.open", "address", cfg.PublicURL))
	mux := h.public()
	mux.Handle("/", playground.Handler(seats, h.catalog))
	err = h.together(ctx, func(ctx context.Context) error { return serveWorld(ctx, l, ownHost(mux, l.Addr()), h.log) })
	fmt.Fprintln(out, words.Label("demo.next"))
	return err
}

// demoLanguage is what the sample company speaks: what is asked for, else the
// language of this machine if it is one of ours, else English.
func demoLanguage(asked string, env func(string) string) (string, error) {
	words, err := locale.Load()
	if err != nil {
		return "", err
	}
	if asked != "" {
		if tag, ok := words.Match(asked); ok {
			return tag, nil
		}
		return "", fmt.Errorf("--language: expected one of %s", strings.Join(words.Languages(), ", "))
	}
	machine, _, _ := strings.Cut(cmp.Or(env("LC_ALL"), env("LC_MESSAGES"), env("LANG")), ".")
	if tag, ok := words.Match(machine); ok {
		return tag, nil
	}
	return "en", nil
}

// demoDoors are the company's page and one for those who work here.
func demoDoors(cfg *Config, office **webchat.Adapter) []door {
	return []door{
		{platform: webchat.Platform, install: pageOfCustomers, audience: crm.AudienceCustomers, open: func(host bot.Host) (bot.Adapter, error) {
			return webchat.New(webchat.Config{Install: pageOfCustomers, Title: cfg.Company}, host)
		}},
		{platform: webchat.Platform, install: pageOfStaff, audience: crm.AudienceStaff, open: func(host bot.Host) (bot.Adapter, error) {
			a, err := webchat.New(webchat.Config{Install: pageOfStaff, Title: cfg.Company, Staff: true}, host)
			*office = a
			return a, err
		}},
	}
}

// seats lets the people of the sample in and places them on the page.
func (h *house) seats(ctx context.Context, office *webchat.Adapter) ([]playground.Seat, error) {
	if err := h.seatStaff(ctx, webchat.Platform, pageOfStaff); err != nil {
		return nil, err
	}
	if err := h.onDuty(ctx, sample.Service, sample.Manager); err != nil {
		return nil, err
	}
	seats := []playground.Seat{{Role: "customer", Path: "/chat/" + string(pageOfCustomers)}}
	for _, p := range []struct{ role, handle string }{
		{"service", sample.Service}, {"sales", sample.Sales}, {"manager", sample.Manager},
	} {
		token, err := office.Token(ctx, bot.SenderID(p.handle))
		if err != nil {
			return nil, err
		}
		seats = append(seats, playground.Seat{Role: p.role, Path: "/chat/" + string(pageOfStaff), Token: token})
	}
	return seats, nil
}

// onDuty has everybody else away, so that a customer's call comes to somebody
// whom the page shows.
func (h *house) onDuty(ctx context.Context, handles ...string) error {
	users, err := h.store.Users(ctx, crm.UserFilter{Active: true, Roles: []crm.Role{crm.RoleSales, crm.RoleService}})
	if err != nil {
		return err
	}
	for _, u := range users {
		if _, err := h.services.Users.Away(ctx, u.Actor(), !slices.Contains(handles, u.Handle)); err != nil {
			return err
		}
	}
	return nil
}

// onlyHere refuses an address that others could reach: the demo lets whoever
// opens it speak as the manager.
func onlyHere(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen: expected an address such as 127.0.0.1:8080: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("--listen: the demo is for this machine alone; use 127.0.0.1 and a port")
	}
	return nil
}

// ownHost refuses requests that came under another name than the one we
// printed, so that no other web page can reach the demo through the browser.
func ownHost(next http.Handler, addr net.Addr) http.Handler {
	_, port, _ := net.SplitHostPort(addr.String())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Host {
		case addr.String(), "localhost:" + port, "127.0.0.1:" + port:
			next.ServeHTTP(w, r)
		default:
			http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
		}
	})
}

// listenNear listens at the address, or at the next free port after it.
func listenNear(ctx context.Context, address string) (net.Listener, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, wrongUse(err)
	}
	port, err := net.DefaultResolver.LookupPort(ctx, "tcp", service)
	if err != nil {
		return nil, wrongUse(fmt.Errorf("--listen: %q is no port", service))
	}
	for tries := 0; ; tries++ {
		l, err := listen(ctx, "listen", net.JoinHostPort(host, fmt.Sprint(port)))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || tries == 100 {
			return l, err
		}
		port++
	}
}
