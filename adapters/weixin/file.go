package weixin

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"crmbot/bot"
)

// Media is a file as the platform has it: what it is shown as, and its id.
type Media struct{ Kind, ID string }

const (
	mediaName = "media/" // begins what an uploaded file is remembered by
	// mediaLife is how long that is remembered. The platform keeps files for
	// three days.
	mediaLife = 48 * time.Hour
	// codeNoMedia says that the platform has no such file, or no more.
	codeNoMedia = 40007
)

// WithMedia does something with a stored file as the platform has it. put
// uploads it, unless that was done not long ago. A file that the platform does
// not have any more is uploaded again. The error is that of put or use.
func (a *Account) WithMedia(ctx context.Context, hash string, put func() (Media, error), use func(m Media) error) error {
	m, kept := a.uploaded(ctx, hash)
	if kept {
		if err := use(m); CodeOf(err) != codeNoMedia {
			return err
		}
	}
	m, err := put()
	if err != nil {
		return err
	}
	if hash != "" {
		if err := a.host.SetValue(ctx, a.mediaKey(hash), m.Kind+" "+m.ID, mediaLife); err != nil {
			a.host.Logger().WarnContext(ctx, "an uploaded file could not be remembered", "error", err)
		}
	}
	return use(m)
}

// uploaded is what a file is remembered as.
func (a *Account) uploaded(ctx context.Context, hash string) (m Media, ok bool) {
	if hash == "" {
		return Media{}, false
	}
	kept, err := a.host.Value(ctx, a.mediaKey(hash))
	if err != nil {
		return Media{}, false // it is uploaded again
	}
	m.Kind, m.ID, ok = strings.Cut(kept, " ")
	return m, ok
}

// mediaKey is of this account alone: another one has not got the file.
func (a *Account) mediaKey(hash string) string { return mediaName + a.id + "/" + hash }

// Stored reads a file that goes out, as far as one byte over most: so its
// length says whether it is too large. The error is a *bot.Failure.
func (a *Account) Stored(ctx context.Context, f bot.File, most int64) ([]byte, error) {
	r, err := a.host.File(ctx, f.Hash)
	if err != nil {
		class := bot.Transient
		if bot.Missing(err) {
			class = bot.Stale
		}
		return nil, &bot.Failure{Class: class, Err: err}
	}
	defer r.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, &bot.Failure{Class: bot.Transient, Err: err}
	}
	return data, nil
}

// TypeOf is the type of a file by its first bytes, whatever its name says.
func TypeOf(data []byte) string {
	if bytes.HasPrefix(data, []byte("#!AMR")) {
		return "audio/amr"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}
