package adaptertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"crmbot/bot"
	"crmbot/crm"
)

// photo is the beginning of a PNG, and enough of it to be one.
var photo = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\b\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")

// download checks that what somebody sent comes as it is, and that the house can
// see when it is more than it keeps.
func (r *Remote) download(t *testing.T) {
	house := NewHouse()
	d, ok := r.Open(t, house, Way{}).(bot.Downloader)
	if !ok || r.File == nil {
		t.Skip("it hands no files over")
	}
	t.Run("photo", func(t *testing.T) {
		body, err := d.Download(t.Context(), r.File(photo, "image/png"))
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close() //nolint:errcheck // only read from
		got, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(got, photo) {
			t.Errorf("%d bytes of %d, %v", len(got), len(photo), err)
		}
	})
	t.Run("too_large", func(t *testing.T) {
		f := r.File(make([]byte, crm.MediaMax+1<<20), "application/octet-stream")
		body, err := d.Download(t.Context(), f)
		if err != nil {
			return // refused at once
		}
		defer body.Close() //nolint:errcheck // only read from
		if n, err := io.CopyN(io.Discard, body, crm.MediaMax+1); errors.Is(err, io.EOF) {
			t.Errorf("cut off at %d bytes without a word: it would be kept as if it were whole", n)
		}
	})
	t.Run("gone", func(t *testing.T) {
		f := r.File(photo, "image/png")
		f.Native += "-gone"
		body, err := d.Download(t.Context(), f)
		if err == nil {
			_ = body.Close()
			t.Error("a file that is not there was found")
		}
		r.quiet(t, fmt.Sprint(err), house.Log())
	})
	t.Run("elsewhere", func(t *testing.T) {
		f := bot.File{Native: "http://localhost:1/evil?" + strings.Repeat("x", 20)}
		before := house.Log()
		body, err := d.Download(t.Context(), f)
		if err == nil {
			_ = body.Close()
			t.Error("it was fetched from anywhere")
		}
		r.quiet(t, fmt.Sprint(err), strings.TrimPrefix(house.Log(), before))
	})
}

// filesOut checks that a file goes out with its bytes, one message for each.
func (r *Remote) filesOut(t *testing.T) {
	house := NewHouse()
	a := r.Open(t, house, Way{})
	f := a.Features()
	if !f.Files {
		t.Skip("it sends no files")
	}
	house.Keep("h-photo", photo)
	file := bot.File{Name: "照片.png", MIME: "image/png", Size: int64(len(photo)), Hash: "h-photo"}
	long := strings.Repeat("说明。", 600)
	pieces := bot.Fit(&bot.Reply{Text: long, Files: []bot.File{file, file}}, f, a.Measure)
	files := 0
	for i, piece := range pieces {
		files += len(piece.Files)
		if len(piece.Files) > 1 {
			t.Errorf("piece %d has %d files", i, len(piece.Files))
		}
		out := r.hello()
		out.Key, out.Reply = fmt.Sprint("1-", i), piece
		if _, err := a.Send(t.Context(), out); err != nil {
			t.Errorf("piece %d: %v", i, err)
		}
	}
	if files != 2 {
		t.Errorf("%d files of 2 in %d pieces", files, len(pieces))
	}
	if r.Image != nil && !bytes.Equal(r.Image(), photo) {
		t.Errorf("the platform got %d bytes, want %d", len(r.Image()), len(photo))
	}
	out := r.hello()
	out.Reply = &bot.Reply{Files: []bot.File{{Name: "x.png", MIME: "image/png", Hash: "nobody has it"}}}
	if _, err := a.Send(t.Context(), out); err == nil {
		t.Error("a file that is not kept was sent")
	}
	r.quiet(t, house.Log())
	r.disguised(t)
}

// disguised checks that a page that calls itself a picture does not go out as
// one: what a file is stands in its bytes.
func (r *Remote) disguised(t *testing.T) {
	t.Helper()
	house := NewHouse()
	page := []byte("<html><script>alert(1)</script></html>")
	house.Keep("h-page", page)
	before := len(r.API.Calls())
	out := r.hello()
	out.Reply = &bot.Reply{Files: []bot.File{{Name: "photo.png", MIME: "image/png", Size: int64(len(page)), Hash: "h-page"}}}
	_, err := r.Open(t, house, Way{}).Send(t.Context(), out) // taken as a file, or refused
	r.quiet(t, fmt.Sprint(err), house.Log())
	for _, c := range r.API.Calls()[before:] {
		for _, f := range c.Files {
			if bytes.Equal(f.Body, page) && (strings.HasPrefix(f.Type, "image/") || f.Field == "photo" || c.Params["type"] == "image") {
				t.Errorf("%s: a page went out as a picture: %s, %s", c.Method, f.Field, f.Type)
			}
		}
	}
}
