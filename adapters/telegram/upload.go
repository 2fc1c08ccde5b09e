package telegram

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // what photos are made of
	_ "image/png"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"unicode"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// What Telegram takes as a photo, and as a file at all.
const (
	photoMax     = 10 << 20
	photoSides   = 10_000 // width and height together
	photoStretch = 20     // the longer side by the shorter
	fileMax      = 50 << 20
	headSize     = 256 << 10 // in which the size of a picture is found
	nameMax      = 60        // of a file, in characters
)

// sendFile sends the one file of a message with its caption: as a photo if it
// is one that Telegram takes for such, else as a document.
func (a *Adapter) sendFile(ctx context.Context, out bot.Outgoing, params tgbotapi.Params) (m posted, err error) {
	if n := len(out.Reply.Files); n > 1 {
		return m, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("%d files in one message", n)}
	}
	file := out.Reply.Files[0]
	f, err := a.openFile(ctx, file)
	if err != nil {
		return m, err
	}
	if !f.photo {
		return a.sendAs(ctx, "document", params, f)
	}
	m, err = a.sendAs(ctx, "photo", params, f)
	var e *callError
	if !errors.As(err, &e) || !says(e, noPhoto) && e.code != http.StatusRequestEntityTooLarge {
		return m, err
	}
	if f, err = a.openFile(ctx, file); err != nil {
		return m, err
	}
	return a.sendAs(ctx, "document", params, f)
}

// noPhoto are the words of refusals of a picture that may go as a document.
var noPhoto = []string{"photo_", "image_process_failed", "too big for a photo", "wrong type of the web page content"}

func (a *Adapter) sendAs(ctx context.Context, field string, params tgbotapi.Params, f *outgoingFile) (m posted, err error) {
	method := map[string]string{"photo": "sendPhoto", "document": "sendDocument"}[field]
	err = a.upload(ctx, method, params, field, f, &m)
	return m, err
}

// openFile opens a file that is to go out and looks at what it is: its bytes
// say that, not its name.
func (a *Adapter) openFile(ctx context.Context, file bot.File) (*outgoingFile, error) {
	if file.Size > fileMax {
		return nil, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("a file of %d bytes", file.Size)}
	}
	stored, err := a.host.File(ctx, file.Hash)
	if err != nil {
		class := bot.Transient
		if bot.Missing(err) {
			class = bot.BadContent
		}
		return nil, &bot.Failure{Class: class, Err: fmt.Errorf("file to send: %w", err)}
	}
	f := &outgoingFile{stored: stored, buffer: bufio.NewReaderSize(stored, headSize)}
	head, err := f.buffer.Peek(headSize)
	if err != nil && !errors.Is(err, io.EOF) {
		f.Close()
		return nil, &bot.Failure{Class: bot.Transient, Err: fmt.Errorf("file to send: %w", err)}
	}
	if len(head) == 0 {
		f.Close()
		return nil, &bot.Failure{Class: bot.BadContent, Err: errors.New("file to send: it is empty")}
	}
	kind := http.DetectContentType(head)
	f.photo = file.Size <= photoMax && isPhoto(kind, head)
	f.name = fileName(file.Name, kind)
	return f, nil
}

// isPhoto says whether a picture has the measures of a photo.
func isPhoto(kind string, head []byte) bool {
	var width, height int
	switch kind {
	case "image/jpeg", "image/png":
		config, _, err := image.DecodeConfig(bytes.NewReader(head))
		if err != nil {
			return false
		}
		width, height = config.Width, config.Height
	case "image/webp":
		width, height = webpSize(head)
	}
	return width > 0 && height > 0 && width+height <= photoSides &&
		max(width, height) <= photoStretch*min(width, height)
}

// webpSize reads the measures of a WebP picture from its first chunk; 0 if they
// are not there.
func webpSize(b []byte) (width, height int) {
	if len(b) < 30 {
		return 0, 0
	}
	little := func(at, n int) (v int) {
		for i := range n {
			v |= int(b[at+i]) << (8 * i)
		}
		return v
	}
	switch string(b[12:16]) {
	case "VP8 ":
		return little(26, 2) & 0x3FFF, little(28, 2) & 0x3FFF
	case "VP8L":
		bits := little(21, 4)
		return bits&0x3FFF + 1, bits>>14&0x3FFF + 1
	case "VP8X":
		return little(24, 3) + 1, little(27, 3) + 1
	}
	return 0, 0
}

// endings are of files that have no name.
var endings = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/gif": ".gif",
	"application/pdf": ".pdf", "application/zip": ".zip", "video/mp4": ".mp4", "audio/mpeg": ".mp3",
}

// fileName is a name as it may stand on another's disk: one element of a path,
// without signs that hide what it ends in.
func fileName(name, kind string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r): // the latter turn writing round
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " ./")
	if name == "" {
		return "file" + endings[kind]
	}
	if runes := []rune(name); len(runes) > nameMax {
		ending := []rune(path.Ext(name))
		if len(ending) > nameMax/2 {
			ending = nil
		}
		name = string(runes[:nameMax-len(ending)]) + string(ending)
	}
	return name
}

// outgoingFile is a file on its way to the API. The library reads it in a
// goroutine of its own, which may still do so when the request is over.
type outgoingFile struct {
	name   string
	photo  bool
	buffer *bufio.Reader

	mu     sync.Mutex
	stored io.ReadCloser
	closed bool
}

var _ tgbotapi.RequestFileData = (*outgoingFile)(nil)

// NeedsUpload is always true.
func (f *outgoingFile) NeedsUpload() bool { return true }

// UploadData is the file's name and what to read it from.
func (f *outgoingFile) UploadData() (string, io.Reader, error) { return f.name, f, nil }

// SendData is of files that Telegram has already.
func (f *outgoingFile) SendData() string { return "" }

// Read reads on; it fails once the file is closed.
func (f *outgoingFile) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, io.ErrClosedPipe
	}
	return f.buffer.Read(p)
}

// Close closes the file. It may be called twice.
func (f *outgoingFile) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		_ = f.stored.Close() // only read from
	}
}
