//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// lorises are the ways in which somebody keeps a server waiting, with what he
// says now and then so that it goes on waiting.
var lorises = []struct{ says, then string }{
	{"", ""},
	{"POST %s HTTP/1.1\r\nHost: x\r\nX-Slow: ", "z"},
	{"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{", " "},
	{"POST %s HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\n{\r\n"},
}

// loris holds n connections to the first hook of what runs, none of which ever
// says what it wants, and opens another for each that is ended. What it returns
// ends that and says how many were ended.
func (y *yard) loris(ctx context.Context, at *running, n int) (end func() int64, err error) {
	hook, err := url.Parse(at.urls[0])
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var going sync.WaitGroup
	var ended atomic.Int64
	for i := range n {
		way := lorises[i%len(lorises)]
		says := way.says
		if says != "" {
			says = fmt.Sprintf(says, hook.Path)
		}
		going.Go(func() {
			for ctx.Err() == nil {
				if linger(ctx, hook.Host, says, way.then); ctx.Err() == nil {
					ended.Add(1)
				}
			}
		})
	}
	return func() int64 {
		cancel()
		going.Wait()
		return ended.Load()
	}, nil
}

// linger says something and then a little every half a second, until it is hung
// up on.
func linger(ctx context.Context, host, says, then string) {
	c, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, "tcp", host)
	if err != nil {
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
		return
	}
	defer func() { _ = c.Close() }() // it says nothing that counts
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, c)
	}()
	for _, err = io.WriteString(c, says); err == nil; _, err = io.WriteString(c, then) {
		select {
		case <-gone:
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
	_ = c.Close()
	<-gone
}
