package weixin_test

import (
	"encoding/xml"
	"testing"

	"crmbot/adapters/weixin"
)

// unseal opens a passive reply as the platform does.
func unseal(t *testing.T, door weixin.Door, reply []byte) []byte {
	t.Helper()
	var e struct {
		Encrypt, MsgSignature, TimeStamp, Nonce string
	}
	if err := xml.Unmarshal(reply, &e); err != nil {
		t.Fatal(err)
	}
	got, err := door.Open(query("timestamp", e.TimeStamp, "nonce", e.Nonce, "msg_signature", e.MsgSignature, "encrypt_type", "aes"), reply)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSealedRepliesDiffer(t *testing.T) {
	door := testDoor()
	one, err := door.Seal([]byte("<xml>你好</xml>"))
	if err != nil {
		t.Fatal(err)
	}
	two, _ := door.Seal([]byte("<xml>你好</xml>"))
	if string(one) == string(two) {
		t.Error("the same reply twice: nothing random in it")
	}
	if got := unseal(t, door, one); string(got) != "<xml>你好</xml>" {
		t.Errorf("%q", got)
	}
}
