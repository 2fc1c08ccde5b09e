package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"

	"github.com/spf13/cobra"
)

func serveCommand() *cobra.Command {
	path := ""
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bot",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := readConfig(path)
			if err != nil {
				return err
			}
			if !cfg.Pprof {
				forget()
			}
			return serve(cmd.Context(), cfg, cfg.logger(cmd.ErrOrStderr()), cmd.OutOrStdout())
		},
	}
	configFlag(cmd, &path)
	return cmd
}

// logger writes structured lines to w.
func (c *Config) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// serve runs the house until ctx ends.
func serve(ctx context.Context, cfg *Config, log *slog.Logger, out io.Writer) error {
	h, err := build(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.claim(); err != nil {
		return err
	}
	world, err := listen(ctx, "listen", cfg.Listen)
	if err != nil {
		return err
	}
	inside, err := listen(ctx, "admin_listen", cfg.AdminListen)
	if err != nil {
		return errors.Join(err, world.Close())
	}
	if err := h.greet(ctx, out, world.Addr(), inside.Addr()); err != nil {
		return errors.Join(err, world.Close(), inside.Close())
	}
	return h.together(ctx,
		func(ctx context.Context) error { return serveWorld(ctx, world, h.public(), log) },
		func(ctx context.Context) error { return serveInside(ctx, inside, h.admin(), log) },
	)
}

// greet says where we listen and, with nobody in charge, how to take charge.
func (h *house) greet(ctx context.Context, out io.Writer, world, inside net.Addr) error {
	words := h.catalog.Words(h.cfg.Language)
	fmt.Fprintln(out, words.Label("serve.listening", "address", here(world), "admin", here(inside)))
	for _, page := range h.pages() {
		key := "serve.page"
		if page.staff {
			key = "serve.desk"
		}
		fmt.Fprintln(out, words.Label(key, "address", here(world)+page.path))
	}
	if len(h.installs) == 0 {
		fmt.Fprintln(out, words.Label("check.nothing"))
	}
	code, err := h.services.Users.AdminCode(ctx)
	if err != nil {
		return err
	}
	if code != "" {
		fmt.Fprintln(out, words.Label("serve.admin", "code", code))
	}
	return nil
}

// here is an address of this machine as a browser on it takes it.
func here(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return "http://" + address.String()
	}
	return "http://localhost:" + port
}

// together runs the servers and the line of messages. The servers stop taking
// in before the line drains; the first failure stops all.
func (h *house) together(ctx context.Context, servers ...func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lineCtx, stopLine := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLine()
	errs := make(chan error, len(servers)+1)
	var doors sync.WaitGroup
	for _, s := range servers {
		doors.Go(func() {
			defer stop()
			errs <- s(ctx)
		})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer stop()
		errs <- h.run(lineCtx)
	}()
	doors.Wait()
	stopLine()
	<-ended
	close(errs)
	var all error
	for err := range errs {
		all = errors.Join(all, err)
	}
	return all
}
