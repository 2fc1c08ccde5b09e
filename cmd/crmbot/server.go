package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long the two servers wait. Who takes longer on purpose, such as an upload
// over a slow line, has deadlines of his own; a socket has none.
const (
	headWithin    = 5 * time.Second // a request without its body
	requestWithin = 30 * time.Second
	answerWithin  = time.Minute
	idleFor       = 2 * time.Minute
	headMost      = 16 << 10
	adminWithin   = 5 * time.Minute // a profile takes as long as is asked for
	graceFor      = 5 * time.Second
)

// serveWorld answers the world on l until ctx ends, then lets what is under way
// finish.
func serveWorld(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	lobby := newLobby(l, log, connectionsMost())
	return serveHTTP(ctx, worldServer(lobby, handler), lobby, lobby.empty, log)
}

// worldServer is a server behind a lobby.
func worldServer(lobby *lobby, handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           lobby.serve(handler),
		ReadHeaderTimeout: headWithin,
		ReadTimeout:       requestWithin,
		WriteTimeout:      answerWithin,
		IdleTimeout:       idleFor,
		MaxHeaderBytes:    headMost,
		ConnState:         lobby.state,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, guestKey{}, c)
		},
	}
}

// serveInside answers the engineer.
func serveInside(ctx context.Context, l net.Listener, handler http.Handler, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headWithin, ReadTimeout: adminWithin, WriteTimeout: adminWithin,
		IdleTimeout: idleFor, MaxHeaderBytes: headMost,
	}
	return serveHTTP(ctx, server, l, func() {}, log)
}

// serveHTTP runs a server until ctx ends. leave has those go who have asked for
// nothing yet.
func serveHTTP(ctx context.Context, server *http.Server, l net.Listener, leave func(), log *slog.Logger) error {
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelDebug) // what strangers send is no error of ours
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceFor)
		defer cancel()
		leave()
		if err := server.Shutdown(grace); err != nil {
			_ = server.Close()
		}
	}()
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return err
}
