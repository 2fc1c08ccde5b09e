package telegram_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/bot"
)

// picture is a picture of that size.
func picture(t *testing.T, kind string, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch img := image.NewGray(image.Rect(0, 0, width, height)); kind {
	case "png":
		err = png.Encode(&b, img)
	default:
		err = jpeg.Encode(&b, img, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webp is the beginning of a WebP picture, which is all that is looked at.
func webp(chunk string, width, height int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WEBP"+chunk+"\x00\x00\x00\x00"), make([]byte, 14)...)
	little := binary.LittleEndian
	switch chunk {
	case "VP8 ":
		little.PutUint16(b[26:], uint16(width))  //nolint:gosec // of the tests
		little.PutUint16(b[28:], uint16(height)) //nolint:gosec // of the tests
	case "VP8L":
		little.PutUint32(b[21:], uint32(width-1)|uint32(height-1)<<14) //nolint:gosec // of the tests
	case "VP8X":
		little.PutUint32(b[24:], uint32(width-1))  //nolint:gosec // of the tests
		little.PutUint32(b[27:], uint32(height-1)) //nolint:gosec // of the tests
	}
	return b
}

func withFile(f bot.File, reply bot.Reply) bot.Outgoing {
	reply.Files = []bot.File{f}
	return bot.Outgoing{
		V: 1, Op: bot.OpPost, Direct: true, Reply: &reply,
		To: bot.Address{Platform: telegram.Platform, Install: "support", Chat: "555"},
	}
}

// TestFilesGoOut sends files of many kinds and looks at what Telegram got.
func TestFilesGoOut(t *testing.T) {
	s := newServer(t)
	big := append(picture(t, "png", 20, 20), make([]byte, 11<<20)...)
	for _, c := range []struct {
		name string
		body []byte
		file bot.File
		want string // method and name
	}{
		{"jpeg", picture(t, "jpeg", 200, 100), bot.File{Name: "破袋.jpg"}, "sendPhoto 破袋.jpg"},
		{"png", picture(t, "png", 200, 100), bot.File{}, "sendPhoto file.png"},
		{"webp", webp("VP8 ", 640, 480), bot.File{Name: "a.webp"}, "sendPhoto a.webp"},
		{"webp lossless", webp("VP8L", 640, 480), bot.File{Name: "a.webp"}, "sendPhoto a.webp"},
		{"webp extended", webp("VP8X", 640, 480), bot.File{Name: "a.webp"}, "sendPhoto a.webp"},
		{"webp wide", webp("VP8X", 6400, 48), bot.File{Name: "a.webp"}, "sendDocument a.webp"},
		{"webp cut off", []byte("RIFF\x00\x00\x00\x00WEBPVP"), bot.File{Name: "a.webp"}, "sendDocument a.webp"},
		{"wide", picture(t, "png", 2100, 100), bot.File{Name: "w.png"}, "sendDocument w.png"},
		{"just not too wide", picture(t, "png", 2000, 100), bot.File{Name: "w.png"}, "sendPhoto w.png"},
		{"large", picture(t, "png", 9000, 1001), bot.File{Name: "l.png"}, "sendDocument l.png"},
		{"heavy", big, bot.File{Name: "h.png"}, "sendDocument h.png"},
		{"cut off", picture(t, "png", 20, 20)[:20], bot.File{Name: "c.png"}, "sendDocument c.png"},
		{"called a picture", []byte("<script>alert(1)</script>"), bot.File{Name: "x.png", MIME: "image/png"}, "sendDocument x.png"},
		{"pdf", []byte("%PDF-1.7 …"), bot.File{}, "sendDocument file.pdf"},
		{"path", []byte("x"), bot.File{Name: `..\..\etc/passwd`}, "sendDocument passwd"},
		{"hidden ending", []byte("x"), bot.File{Name: "a\u202egpj\x00.e\r\nxe\""}, "sendDocument agpj.exe_"},
		{"long", []byte("x"), bot.File{Name: strings.Repeat("长", 300) + ".pdf"}, "sendDocument " + strings.Repeat("长", 56) + ".pdf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			house := adaptertest.NewHouse()
			house.Keep("h1", c.body)
			c.file.Hash, c.file.Size = "h1", int64(len(c.body))
			before := len(s.Calls())
			sent, err := open(t, config(s), house).Send(t.Context(), withFile(c.file, bot.Reply{Text: "**see** <"}))
			if err != nil || sent.ID == "" {
				t.Fatal(sent, err)
			}
			calls := s.Calls()[before:]
			last := calls[len(calls)-1]
			if len(calls) != 1 || len(last.Files) != 1 || last.Method+" "+last.Files[0].Name != c.want {
				t.Fatalf("%v, want %s", calls, c.want)
			}
			if !bytes.Equal(last.Files[0].Body, c.body) {
				t.Errorf("%d bytes arrived of %d", len(last.Files[0].Body), len(c.body))
			}
			if last.Params["caption"] != "<b>see</b> &lt;" || last.Params["parse_mode"] != "HTML" {
				t.Errorf("caption: %v", last.Params)
			}
		})
	}
	checkRequests(t, s.Calls(), "sendPhoto", "sendDocument")
}

// TestFileInItsPlace sends one with everything that belongs to a message.
func TestFileInItsPlace(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	house.Keep("h1", []byte("%PDF-1.7"))
	out := withFile(bot.File{Hash: "h1", Name: "offer.pdf", Size: 8}, bot.Reply{
		Quote: "7", Buttons: []bot.Button{{Label: "Order", Action: "b:a234567890123456"}},
	})
	out.To.Chat, out.To.Topic, out.Direct = "-1001234", "33", false
	a := open(t, config(s), house)
	sent, err := a.Send(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Calls("sendDocument")[0].Params
	want := map[string]string{
		"chat_id": "-1001234", "message_thread_id": "33", "reply_parameters": `{"message_id":7,"allow_sending_without_reply":true}`,
		"reply_markup": `{"inline_keyboard":[[{"text":"Order","callback_data":"b:a234567890123456"}]]}`,
	}
	for k, v := range want {
		if p[k] != v {
			t.Errorf("%s = %q, want %q", k, p[k], v)
		}
	}
	if _, given := p["caption"]; given {
		t.Error("a caption without words")
	}
	out.Op, out.Target, out.Reply = bot.OpEdit, sent.ID, &bot.Reply{Text: "Ordered by _Ana_."}
	if again, err := a.Send(t.Context(), out); err != nil || again.ID != sent.ID {
		t.Errorf("%v, %v: the words under a file cannot be changed", again, err)
	}
	out.Reply = bot.Text(strings.Repeat("Ordered. ", 200))
	if again, err := a.Send(t.Context(), out); err != nil || again.ID == sent.ID {
		t.Errorf("%v, %v: want what is too long for a caption as a new message", again, err)
	}
	out.Reply = &bot.Reply{Text: "Ordered.", Files: []bot.File{{Hash: "h1"}}}
	if again, err := a.Send(t.Context(), out); err != nil || again.ID == sent.ID {
		t.Errorf("%v, %v: want a new message with the file", again, err)
	}
	checkRequests(t, s.Calls(), "sendDocument", "editMessageCaption")
}

// TestLongWordsWithAFile sends what Fit makes of a file with more to say than a
// caption holds.
func TestLongWordsWithAFile(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	house.Keep("h1", picture(t, "png", 9, 9))
	a := open(t, config(s), house)
	for _, n := range []int{511, 512, 513, 4000} { // an emoji is two units
		out := withFile(bot.File{Hash: "h1", Name: "a.png"}, bot.Reply{Text: "**" + strings.Repeat("😀", n) + "**"})
		texts, photos := len(s.Calls("sendMessage")), len(s.Calls("sendPhoto"))
		for _, piece := range bot.Fit(out.Reply, a.Features(), a.Measure) {
			next := out
			next.Reply = piece
			if _, err := a.Send(t.Context(), next); err != nil {
				t.Errorf("%d: %v", n, err)
			}
		}
		texts, photos = len(s.Calls("sendMessage"))-texts, len(s.Calls("sendPhoto"))-photos
		if want := (n*2 + 4095) / 4096; photos != 1 || n > 512 && texts != want || n <= 512 && texts != 0 {
			t.Errorf("%d: %d texts and %d photos", n, texts, photos)
		}
	}
}

// TestNoPhotoAfterAll has Telegram refuse a photo that looked like one.
func TestNoPhotoAfterAll(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	house.Keep("h1", picture(t, "png", 9, 9))
	a := open(t, config(s), house)
	for _, says := range []string{"Bad Request: PHOTO_INVALID_DIMENSIONS", "Bad Request: IMAGE_PROCESS_FAILED"} {
		before := len(s.Calls("sendDocument"))
		s.Force("sendPhoto", adaptertest.Answer{Status: 400, Body: `{"ok":false,"error_code":400,"description":"` + says + `"}`})
		if _, err := a.Send(t.Context(), withFile(bot.File{Hash: "h1"}, bot.Reply{})); err != nil {
			t.Fatal(err)
		}
		if calls := s.Calls("sendDocument")[before:]; len(calls) != 1 || len(calls[0].Files) != 1 {
			t.Errorf("%s: %v", says, calls)
		}
	}
}

func TestFilesThatFail(t *testing.T) {
	s, house := newServer(t), adaptertest.NewHouse()
	house.Keep("h1", []byte("%PDF-1.7"))
	house.Keep("nothing", nil)
	file := func(hash string) bot.Outgoing { return withFile(bot.File{Hash: hash, Size: 8}, bot.Reply{Text: "x"}) }
	two := file("h1")
	two.Reply.Files = append(two.Reply.Files, bot.File{Hash: "h1"})
	heavy := file("h1")
	heavy.Reply.Files[0].Size = 51 << 20
	for _, c := range []struct {
		name   string
		out    bot.Outgoing
		answer *adaptertest.Answer
		class  bot.Class
		after  time.Duration
	}{
		{"unknown", file("h2"), nil, bot.BadContent, 0},
		{"empty", file("nothing"), nil, bot.BadContent, 0},
		{"two", two, nil, bot.BadContent, 0},
		{"too heavy", heavy, nil, bot.BadContent, 0},
		{"rate", file("h1"), &adaptertest.Answer{Status: 429, Body: `{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5","parameters":{"retry_after":5}}`}, bot.RateLimited, 5 * time.Second},
		{"blocked", file("h1"), &adaptertest.Answer{Status: 403, Body: `{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}`}, bot.RecipientGone, 0},
		{"refused", file("h1"), &adaptertest.Answer{Status: 413, Body: `{"ok":false,"error_code":413,"description":"Request Entity Too Large"}`}, bot.BadContent, 0},
		{"gateway", file("h1"), &adaptertest.Answer{Status: 502, Body: "<html>"}, bot.Transient, 0},
		{"token", file("h1"), &adaptertest.Answer{Status: 401, Body: `{"ok":false,"error_code":401,"description":"Unauthorized"}`}, bot.Unauthorized, 0},
		{"cut", file("h1"), &adaptertest.Answer{Cut: true}, bot.Ambiguous, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.answer != nil {
				s.Force("sendDocument", *c.answer)
			}
			_, err := open(t, config(s), house).Send(t.Context(), c.out)
			if f := bot.FailureOf(err); err == nil || f.Class != c.class || f.After != c.after {
				t.Errorf("%v, want %s after %v", err, c.class, c.after)
			}
			if err != nil && strings.Contains(err.Error(), s.Token) {
				t.Error("the token got out")
			}
		})
	}
}

// brokenHost breaks off in the middle of a file.
type brokenHost struct {
	*adaptertest.House
	closed chan struct{}
}

func (h brokenHost) File(context.Context, string) (io.ReadCloser, error) {
	return &broken{Reader: io.MultiReader(bytes.NewReader(make([]byte, 1<<20)), failing{}), closed: h.closed}, nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the database went away") }

type broken struct {
	io.Reader
	closed chan struct{}
}

func (b *broken) Close() error { close(b.closed); return nil }

// TestFileBreaksOff sees to it that half a file is no message, and that what
// was opened is closed.
func TestFileBreaksOff(t *testing.T) {
	s := newServer(t)
	host := brokenHost{adaptertest.NewHouse(), make(chan struct{})}
	_, err := open(t, config(s), host).Send(t.Context(), withFile(bot.File{Hash: "h1"}, bot.Reply{}))
	if f := bot.FailureOf(err); f.Class != bot.Transient || !strings.Contains(err.Error(), "went away") {
		t.Errorf("%v, want transient and why", err)
	}
	<-host.closed
}

func TestDownload(t *testing.T) {
	s := newServer(t)
	a := open(t, config(s), adaptertest.NewHouse())
	s.AddFile("photo1", []byte("\xff\xd8 a photo"))
	r, err := a.Download(t.Context(), bot.File{Native: "photo1"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() //nolint:errcheck // only read from
	if body, err := io.ReadAll(r); err != nil || string(body) != "\xff\xd8 a photo" {
		t.Errorf("%q, %v", body, err)
	}
	too := adaptertest.Answer{Status: 400, Body: `{"ok":false,"error_code":400,"description":"Bad Request: file is too big"}`}
	for name, class := range map[string]bot.Class{"gone": bot.Stale, "heavy": bot.BadContent} {
		if name == "heavy" {
			s.Force("getFile", too)
		}
		_, err = a.Download(t.Context(), bot.File{Native: name})
		if bot.FailureOf(err).Class != class || strings.Contains(err.Error(), s.Token) {
			t.Errorf("%s: %v, want %s without the token", name, err, class)
		}
	}
}
