package telegram_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/telegram"
	"crmbot/adapters/telegram/telegramtest"
)

// FuzzWebhook posts authentic nonsense: it is kept or counted, never both.
func FuzzWebhook(f *testing.F) {
	s := telegramtest.New()
	f.Cleanup(s.Close)
	for _, body := range inbound(s) {
		f.Add(body)
	}
	for body := range notForUs() {
		f.Add([]byte(body))
	}
	files, err := filepath.Glob(filepath.Join(adaptertest.Fixtures(f, "telegram"), "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		house := adaptertest.NewHouse()
		if err := house.SetValue(t.Context(), "name/111111111", s.Username, 0); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", s.Secret)
		w := httptest.NewRecorder()
		open(t, webhookConfig(s), house).Webhook(house).ServeHTTP(w, r)
		if w.Code != http.StatusOK || len(house.Received())+len(house.Counts()) != 1 {
			t.Errorf("status %d, received %v, counted %v", w.Code, house.Received(), house.Counts())
		}
		for _, in := range house.Received() {
			if in.EventID == "" || in.Address.Chat == "" || in.Sender.ID == "" || !utf8.ValidString(in.Text) || strings.ContainsRune(in.Text, 0) {
				t.Errorf("received %+v", in)
			}
		}
	})
}

// FuzzText renders and cuts whatever a text may be made of.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"**bold** _it_ `x<y` [a \"b\"](https://e.com/?q=\"1\"&x=<>)\n- one\n- _two_ 😀", "**_nested `code` [label](https://e.com)_**",
		"&amp; <b>not bold</b> &lt;", `\*\*\_x\_ \[a\](b)`, "[](https://e.com)[x]()[x](javascript:alert)", "- \n-\n\n- x", "\x00\xff\u202e",
	} {
		f.Add(text, uint16(20))
		f.Add(text, uint16(4096))
	}
	f.Fuzz(func(t *testing.T, text string, most uint16) {
		if utf8.ValidString(text) {
			checkText(t, text, max(int(most), 20)) // a list's mark and an emoji of several always fit
		}
	})
}

// FuzzFileName makes names of files safe.
func FuzzFileName(f *testing.F) {
	for _, name := range []string{"报价.pdf", `..\..\x`, "/etc/passwd", "a\u202egpj.exe", "", ".", "con:", strings.Repeat("x", 999), "x." + strings.Repeat("y", 99)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := telegram.FileName(name, "application/pdf")
		bad := strings.ContainsFunc(got, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`/\<>:"|?*`, r)
		})
		if got == "" || bad || got[0] == '.' || utf8.RuneCountInString(got) > 60 || !utf8.ValidString(got) {
			t.Errorf("%q became %q", name, got)
		}
	})
}
