package webchat

import (
	"context"
	"crypto/hmac"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
)

// ticketFor is how long the address of a file works. The page gets a new one
// with every socket.
const ticketFor = 24 * time.Hour

// sniffed is what decides what a file is.
const sniffed = 512

// pictures are the types that are shown; everything else is handed over to be
// saved. What a file is, its bytes say and nobody else.
var pictures = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// attached is a file of an entry as the page draws it.
type attached struct {
	Name    string `json:"name"`
	Size    int64  `json:"size,omitempty"`
	URL     string `json:"url,omitempty"` // "" while we have no bytes
	Picture bool   `json:"picture,omitempty"`
}

// attach makes what the page needs of the files of an entry. Each address is
// a ticket that was made for this visitor and this file.
func (s *socket) attach(files []bot.File, topic bot.TopicID) []attached {
	var out []attached
	for _, f := range files {
		a := attached{Name: f.Name, Size: f.Size, Picture: pictures[f.MIME]}
		if f.Hash != "" {
			a.URL = s.path() + "/file/" + s.ticket(s.sender.ID, topic, f)
		}
		out = append(out, a)
	}
	return out
}

// ticket is "<end, sender, thread, hash and name>.<code>": it opens one file to
// one visitor, one of a thread as long as he sees that.
func (s *socket) ticket(sender bot.SenderID, topic bot.TopicID, f bot.File) string {
	end := strconv.FormatInt(s.host.Now().Add(ticketFor).Truncate(time.Hour).Unix(), 10)
	payload := strings.Join([]string{end, string(sender), string(topic), f.Hash, f.Name}, "\n")
	return b64.EncodeToString([]byte(payload)) + "." + b64.EncodeToString(s.mac(s.key, "file\n"+payload))
}

// admit reads a ticket. It returns the hash and the name of the file.
func (a *Adapter) admit(ctx context.Context, key []byte, ticket string) (hash, name string, err error) {
	head, code, _ := strings.Cut(ticket, ".")
	payload, err := b64.DecodeString(head)
	if err != nil {
		return "", "", errToken
	}
	sum, err := b64.DecodeString(code)
	if err != nil || !hmac.Equal(sum, a.mac(key, "file\n"+string(payload))) {
		return "", "", errToken
	}
	parts := strings.SplitN(string(payload), "\n", 5)
	if len(parts) != 5 {
		return "", "", errToken
	}
	end, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || !a.host.Now().Before(time.Unix(end, 0)) {
		return "", "", errToken
	}
	if parts[2] != "" {
		if ok, err := a.sees(ctx, bot.SenderID(parts[1]), bot.TopicID(parts[2])); err != nil || !ok {
			return "", "", errToken
		}
	}
	return parts[3], parts[4], nil
}

// serveFiles hands a file to whoever has its ticket. A picture is shown, all
// else is saved; nothing in it runs, whatever it says it is.
func (a *Adapter) serveFiles() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, err := a.tokenKey(r.Context())
		if err != nil {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		hash, name, err := a.admit(r.Context(), key, r.PathValue("ticket"))
		if err != nil {
			a.host.Count(Platform, a.cfg.Install, "refused", nil)
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		body, err := a.host.File(r.Context(), hash)
		if err != nil {
			a.host.Logger().Warn("file not opened", "error", err)
			http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
			return
		}
		defer func() { _ = body.Close() }()
		slowly(w)
		if err := hand(w, body, name); err != nil {
			a.host.Logger().Debug("file not sent", "error", err)
		}
	})
}

// hand writes a file with everything that keeps a browser from reading more
// into it than there is.
func hand(w http.ResponseWriter, body io.Reader, name string) error {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return err
	}
	kind, way := http.DetectContentType(head[:n]), "inline"
	if !pictures[kind] {
		kind, way = "application/octet-stream", "attachment"
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(way, name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "private, max-age=3600")
	if _, err := w.Write(head[:n]); err != nil {
		return err
	}
	_, err = io.Copy(w, body)
	return err
}

// disposition is the header of a way with a name, or without one that cannot
// be written.
func disposition(way, name string) string {
	if s := mime.FormatMediaType(way, map[string]string{"filename": clean(name)}); s != "" && name != "" {
		return s
	}
	return way
}
