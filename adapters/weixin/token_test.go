package weixin_test

import (
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
	"crmbot/adapters/weixin"
)

// TestAnotherSecretHasAnotherToken changes the secret in the config: the token
// of the old one is kept, but not used, and a proof always asks the platform
// and takes nobody's token away.
func TestAnotherSecretHasAnotherToken(t *testing.T) {
	p, house := newPlatform(t), adaptertest.NewHouse()
	right := open(t, house, p.Host)
	if err := say(t.Context(), right, "hello"); err != nil {
		t.Fatal(err)
	}
	wrong, err := weixin.Open(weixin.Options{Host: house, APIURL: p.Host, ID: appID, Secret: "another-secret", Fetch: weixin.Stable})
	if err != nil {
		t.Fatal(err)
	}
	no := adaptertest.Answer{Body: `{"errcode":40125,"errmsg":"invalid appsecret another-secret"}`}
	p.Force("cgi-bin/stable_token", no, no)
	for name, err := range map[string]error{"call": say(t.Context(), wrong, "hello"), "proof": wrong.Prove(t.Context())} {
		if weixin.CodeOf(err) != 40125 || strings.Contains(err.Error(), "another-secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := len(p.Calls("cgi-bin/stable_token"))
	if err := right.Prove(t.Context()); err != nil {
		t.Error(err)
	}
	if calls := p.Calls("cgi-bin/stable_token")[before:]; len(calls) != 1 || calls[0].Params["force_refresh"] != "false" {
		t.Errorf("the proof: %v", calls)
	}
	p.Force("cgi-bin/stable_token", adaptertest.Answer{Body: `{}`})
	if err := right.Prove(t.Context()); err == nil {
		t.Error("no token is no error")
	}
	for _, key := range house.Keys() {
		if strings.Contains(key, secret) || strings.Contains(key, "another") {
			t.Errorf("a secret is in %s", key)
		}
	}
}
