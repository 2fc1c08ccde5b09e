//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// null is a bot that keeps nothing: it answers and says that the message is
// taken. What it reaches is what this bench, HTTP and the machine leave to
// anybody.
func null(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("crmbench null", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:8090", "where messages are brought to")
	api := f.String("api", "127.0.0.1:9100", "the platform")
	if err := parse(f, args); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000}}
	server := &http.Server{Addr: *listen, ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := thank(r, client, "http://"+*api+"/bot123:abc/sendMessage"); err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// thank answers the message of a request.
func thank(r *http.Request, client *http.Client, url string) error {
	var u struct {
		Message struct {
			Chat struct {
				ID int64 `json:"id"`
			} `json:"chat"`
			Text string `json:"text"`
		} `json:"message"`
	}
	if err := json.NewDecoder(r.Body).Decode(&u); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"chat_id": u.Message.Chat.ID, "text": "Thanks, we got: " + u.Message.Text})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// null is how that bot is run.
func (y *yard) null(ctx context.Context) (*setup, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address, err := free(ctx)
	if err != nil {
		return nil, err
	}
	return &setup{
		urls: []string{"http://" + address + "/"},
		start: []func() (*process, error){func() (*process, error) {
			return start(y.log("null"), nil, self, "null", "-listen", address, "-api", y.o.api)
		}},
		end: func() {},
	}, nil
}

// log is the file into which a system prints.
func (y *yard) log(system string) string { return filepath.Join(y.dir, fmt.Sprintf("%s.log", system)) }
