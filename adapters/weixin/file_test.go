package weixin_test

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// TestAFileIsUploadedOnce sends one file again and again: it is uploaded once,
// and once more when the platform has it no more.
func TestAFileIsUploadedOnce(t *testing.T) {
	house := adaptertest.NewHouse()
	ours := open(t, house, "http://127.0.0.1:1")
	other, err := weixin.Open(weixin.Options{Host: house, APIURL: "http://127.0.0.1:1", ID: "ww2", Secret: secret, Fetch: weixin.Corp})
	if err != nil {
		t.Fatal(err)
	}
	gone := &bot.Failure{Class: bot.BadContent, Err: &weixin.Error{Code: 40007}}
	closed := &bot.Failure{Class: bot.WindowClosed, Err: &weixin.Error{Code: 45015}}
	puts := 0
	for i, step := range []struct {
		account *weixin.Account
		hash    string
		fails   []error // of one use after the other
		uses    []string
		err     error
	}{
		{account: ours, hash: "h", uses: []string{"1"}},
		{account: ours, hash: "h", uses: []string{"1"}},
		{account: ours, hash: "h", fails: []error{closed}, uses: []string{"1"}, err: closed},
		{account: ours, hash: "other", uses: []string{"2"}},
		{account: other, hash: "h", uses: []string{"3"}},
		{account: ours, hash: "h", fails: []error{gone}, uses: []string{"1", "4"}},
		{account: ours, hash: "h", uses: []string{"4"}},
		{account: ours, hash: "h", fails: []error{gone, gone}, uses: []string{"4", "5"}, err: gone},
		{account: ours, uses: []string{"6"}},
		{account: ours, uses: []string{"7"}},
	} {
		var uses []string
		err := step.account.WithMedia(t.Context(), step.hash,
			func() (weixin.Media, error) { puts++; return weixin.Media{Kind: "image", ID: strconv.Itoa(puts)}, nil },
			func(m weixin.Media) error {
				uses = append(uses, m.ID)
				if m.Kind != "image" {
					t.Errorf("%d: kind %q", i, m.Kind)
				}
				if len(step.fails) < len(uses) {
					return nil
				}
				return step.fails[len(uses)-1]
			})
		if !slices.Equal(uses, step.uses) || !errors.Is(err, step.err) {
			t.Errorf("%d: used %v, %v; want %v, %v", i, uses, err, step.uses, step.err)
		}
	}
}

func TestStored(t *testing.T) {
	house := adaptertest.NewHouse()
	house.Keep("ten", []byte("0123456789"))
	a := open(t, house, "http://127.0.0.1:1")
	for most, want := range map[int64]int{20: 10, 10: 10, 9: 10, 5: 6} {
		if data, err := a.Stored(t.Context(), bot.File{Hash: "ten"}, most); err != nil || len(data) != want {
			t.Errorf("most %d: %d bytes, %v", most, len(data), err)
		}
	}
	if _, err := a.Stored(t.Context(), bot.File{Hash: "none"}, 20); bot.FailureOf(err).Class != bot.Stale {
		t.Errorf("a file that is nowhere: %v", err)
	}
	for want, data := range map[string][]byte{
		"audio/amr": []byte("#!AMR\n"), "text/html": []byte("<html><script>"), "image/png": bytes.Repeat([]byte("\x89PNG\x0D\x0A\x1A\x0A"), 2),
	} {
		if got := weixin.TypeOf(data); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
