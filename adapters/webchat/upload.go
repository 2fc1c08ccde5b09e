package webchat

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"crmbot/bot"
)

// An upload waits in the Host, in pieces, until its bytes are fetched.
const (
	fileWithin = 5 * time.Minute // either way, for a slow telephone
	uploadKept = 24 * time.Hour
	pieceMax   = 192 << 10
	nameMax    = 150 // runes
)

// slowly gives a request the time that a file takes over a slow line, beyond what
// the server gives to others.
func slowly(w http.ResponseWriter) {
	until := time.Now().Add(fileWithin)
	_ = http.NewResponseController(w).SetReadDeadline(until) // where there are none, nothing ends it
	_ = http.NewResponseController(w).SetWriteDeadline(until)
}

// errRefused is an upload that was answered already.
var errRefused = errors.New("upload refused")

// serveUpload takes a file of a visitor: its bytes are the body, its name and
// the name of the message are in the address, the token is in the header. For a
// thread the address says besides which, as what ("note" or "customer") and with
// which words. The answer is {"why": word of the page}, or empty once the
// message is safe; the same upload may be sent again.
func (a *Adapter) serveUpload(inbox bot.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from := a.proxies.from(r)
		if !a.rooms.let(from) {
			tellWhy(w, http.StatusServiceUnavailable, "later")
			return
		}
		defer a.rooms.leave(from)
		in, err := a.uploader(w, r)
		if err != nil {
			a.host.Count(Platform, a.cfg.Install, "refused", nil)
			return
		}
		slowly(w)
		f, why, err := a.keep(r, in.EventID, http.MaxBytesReader(w, r.Body, fileMax))
		switch {
		case err != nil:
			a.host.Logger().Warn("file not kept", "error", err)
			tellWhy(w, http.StatusServiceUnavailable, "later")
			return
		case why == "large":
			tellWhy(w, http.StatusRequestEntityTooLarge, why)
			return
		case why != "":
			tellWhy(w, http.StatusBadRequest, why)
			return
		}
		in.Files = []bot.File{f}
		err = inbox.Receive(r.Context(), in)
		switch {
		case err == nil:
			tellWhy(w, http.StatusOK, "")
		case bot.HTTPStatus(err) == http.StatusOK:
			tellWhy(w, http.StatusBadRequest, "bad")
		default:
			a.host.Logger().Warn("file not kept", "error", err)
			tellWhy(w, http.StatusServiceUnavailable, "later")
		}
	})
}

// uploader finds out who brings a file, where and under which name: the event
// without its file.
func (a *Adapter) uploader(w http.ResponseWriter, r *http.Request) (in bot.Inbound, err error) {
	key, err := a.tokenKey(r.Context())
	if err != nil {
		tellWhy(w, http.StatusServiceUnavailable, "later")
		return in, errRefused
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	sender, _, err := a.verify(key, token)
	q := r.URL.Query()
	switch {
	case err != nil:
		tellWhy(w, http.StatusForbidden, "expired")
	case !names.MatchString(q.Get("id")):
		tellWhy(w, http.StatusBadRequest, "bad")
	case !a.uploads.passes(string(sender), a.host.Now()):
		tellWhy(w, http.StatusTooManyRequests, "fast")
	case r.ContentLength > fileMax:
		tellWhy(w, http.StatusRequestEntityTooLarge, "large")
	default:
		at := a.address(sender)
		in = bot.Inbound{
			V: bot.InboundVersion, EventID: string(sender) + ":" + q.Get("id"), Kind: bot.KindMedia, Address: at, Direct: true,
			Sender: bot.Sender{ID: sender, Chat: at.Chat, Language: language(q.Get("lang"))}, At: a.host.Now(),
		}
		if q.Get("topic") == "" {
			return in, nil
		}
		return in, a.uploadInThread(w, r, &in)
	}
	return in, errRefused
}

// uploadInThread makes of an upload something said in a thread.
func (a *Adapter) uploadInThread(w http.ResponseWriter, r *http.Request, in *bot.Inbound) error {
	q := r.URL.Query()
	topic, text := bot.TopicID(q.Get("topic")), clean(q.Get("text"))
	signed, _, ok := spoken(q.Get("as"), text)
	sees := false
	if ok = ok && q.Get("as") != asOrder && a.cfg.Staff && len(topic) <= topicMax; ok {
		var err error
		if sees, err = a.sees(r.Context(), in.Sender.ID, topic); err != nil {
			a.host.Logger().Warn("file not kept", "error", err)
			tellWhy(w, http.StatusServiceUnavailable, "later")
			return errRefused
		}
	}
	switch {
	case !ok:
		tellWhy(w, http.StatusBadRequest, "bad")
	case !sees:
		tellWhy(w, http.StatusForbidden, "gone")
	case utf8.RuneCountInString(text) > textMax:
		tellWhy(w, http.StatusBadRequest, "long")
	default:
		in.Address, in.Direct, in.Text, in.Message = a.desk(topic), false, signed, bot.MessageID(in.EventID)
		return nil
	}
	return errRefused
}

// keep puts the bytes into the Host, piece by piece. why says what is wrong
// with the file, err what is wrong with us.
func (a *Adapter) keep(r *http.Request, event string, body io.Reader) (f bot.File, why string, err error) {
	sum := sha256.Sum256([]byte(event))
	f = bot.File{Name: fileName(r.URL.Query().Get("name")), Native: hex.EncodeToString(sum[:16])}
	piece := make([]byte, pieceMax)
	pieces := 0
	for {
		n, err := io.ReadFull(body, piece)
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return f, "large", nil
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return f, "bad", nil // it broke off
		case n == 0 && pieces == 0:
			return f, "empty", nil
		case n == 0:
			return f, "", a.host.SetValue(r.Context(), "upload "+f.Native, strconv.Itoa(pieces), uploadKept)
		}
		if pieces == 0 {
			f.MIME = http.DetectContentType(piece[:min(n, sniffed)])
			if claimed := r.Header.Get("Content-Type"); !pictures[f.MIME] && claimed != "" && len(claimed) < 100 {
				f.MIME = claimed
			}
		}
		if err := a.host.SetValue(r.Context(), pieceKey(f.Native, pieces), base64.StdEncoding.EncodeToString(piece[:n]), uploadKept); err != nil {
			return f, "", err
		}
		pieces++
		f.Size += int64(n)
	}
}

func pieceKey(native string, n int) string { return fmt.Sprintf("upload %s %d", native, n) }

// fileName is a name without a path and without what nobody types.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ReplaceAll(clean(name), "\n", " "), `\`, "/"))
	if name = strings.TrimSpace(strings.ToValidUTF8(name, "")); name == "." || name == "/" || name == "" {
		return "file"
	}
	if n := utf8.RuneCountInString(name); n > nameMax {
		runes := []rune(name)
		name = string(runes[:nameMax/2]) + "…" + string(runes[n-nameMax/2:])
	}
	return name
}

// tellWhy answers an upload.
func tellWhy(w http.ResponseWriter, status int, why string) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"why": why})
}

// Download reads an upload from the Host.
func (a *Adapter) Download(ctx context.Context, f bot.File) (io.ReadCloser, error) {
	kept, err := a.host.Value(ctx, "upload "+f.Native)
	if err != nil {
		return nil, err
	}
	pieces, err := strconv.Atoi(kept)
	if err != nil {
		return nil, &bot.Failure{Class: bot.Stale, Err: errors.New("the upload is no more")}
	}
	return &upload{ctx: ctx, host: a.host, native: f.Native, pieces: pieces}, nil
}

// upload reads the pieces in their order.
type upload struct {
	ctx          context.Context //nolint:containedctx // of the Download that this reader is the result of
	host         bot.Host
	native       string
	next, pieces int
	rest         []byte
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	for len(u.rest) == 0 {
		if u.next == u.pieces {
			return 0, io.EOF
		}
		kept, err := u.host.Value(u.ctx, pieceKey(u.native, u.next))
		if err != nil {
			return 0, err
		}
		if u.rest, err = base64.StdEncoding.DecodeString(kept); err != nil || len(u.rest) == 0 {
			return 0, io.ErrUnexpectedEOF
		}
		u.next++
	}
	n := copy(p, u.rest)
	u.rest = u.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (u *upload) Close() error { return nil }
