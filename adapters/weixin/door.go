package weixin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/util"

	"crmbot/bot"
)

// ErrRefused says that a request does not come from the platform, or not now:
// the answer is 403.
var ErrRefused = errors.New("not authentic")

// fresh is how far the time of a request may be from ours.
const fresh = 10 * time.Minute

// Door is where an account's callbacks come in. It checks who comes before it
// reads what they bring. With an AESKey it lets in encrypted requests only: the
// signature of a plain one does not cover its body, and whoever saw one address
// could put any words into anybody's mouth.
type Door struct {
	Token    string // that the account shares with the platform
	AESKey   string // 43 characters; "" for the plain mode
	Receiver string // app id or corp id: whom an encrypted message is for
	// Corp is for a company's account, whose very first check is encrypted too.
	Corp bool
	Now  func() time.Time
}

var (
	tokenShape = regexp.MustCompile(`^[A-Za-z0-9]{3,32}$`)
	keyShape   = regexp.MustCompile(`^[A-Za-z0-9+/]{43}$`)
)

// Validate checks what the config says. The error names the key at fault and
// does not repeat its value.
func (d Door) Validate() error {
	switch {
	case d.Token == "":
		return &bot.BadKey{Key: "token", Rule: bot.RuleGiven}
	case !tokenShape.MatchString(d.Token):
		return &bot.BadKey{Key: "token", Rule: bot.RuleForm, Want: "A-Z a-z 0-9 (3-32)"}
	case d.AESKey == "" && d.Corp:
		return &bot.BadKey{Key: "encoding_aes_key", Rule: bot.RuleGiven}
	case d.AESKey == "":
		return nil
	case !keyShape.MatchString(d.AESKey):
		return &bot.BadKey{Key: "encoding_aes_key", Rule: bot.RuleForm, Want: "A-Z a-z 0-9 (43)"}
	}
	if key, err := base64.StdEncoding.DecodeString(d.AESKey + "="); err != nil || len(key) != 32 {
		return &bot.BadKey{Key: "encoding_aes_key", Rule: bot.RuleForm, Want: "A-Z a-z 0-9 (43)"}
	}
	return nil
}

// Serve answers a request to the door. A GET is the platform trying out the
// address. The message of a POST goes to take, which answers for it; whoever is
// not let in gets 403, or 413 for more than a megabyte, and goes to refused.
func (d Door) Serve(w http.ResponseWriter, r *http.Request, refused func(err error), take func(message []byte)) {
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	refuse := func(status int, err error) {
		refused(err)
		w.WriteHeader(status)
	}
	switch r.Method {
	case http.MethodGet:
		echo, err := d.Echo(r.URL.Query())
		if err != nil {
			refuse(http.StatusForbidden, err)
			return
		}
		_, _ = io.WriteString(w, echo) //nolint:gosec // plain text, to the platform, which signed the request
	case http.MethodPost:
		body, status := bot.ReadBody(w, r)
		if status != 0 {
			refuse(status, fmt.Errorf("status %d", status))
			return
		}
		message, err := d.Open(r.URL.Query(), body)
		if err != nil {
			refuse(http.StatusForbidden, err)
			return
		}
		take(message)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// Echo answers the request by which the platform makes sure that the address
// is ours. Its error is ErrRefused.
func (d Door) Echo(q url.Values) (string, error) {
	echo := q.Get("echostr")
	if echo == "" {
		return "", refuse("nothing to echo")
	}
	if !d.Corp {
		return echo, d.check(q, "signature")
	}
	if err := d.check(q, "msg_signature", echo); err != nil {
		return "", err
	}
	plain, err := d.decrypt(echo)
	return string(plain), err
}

// Open returns the message of a callback, decrypted. Its error is ErrRefused.
func (d Door) Open(q url.Values, body []byte) ([]byte, error) {
	if d.AESKey == "" {
		return body, d.check(q, "signature")
	}
	if !d.Corp && q.Get("encrypt_type") != "aes" {
		return nil, refuse("not encrypted")
	}
	var envelope struct {
		Encrypt string `xml:"Encrypt"`
	}
	if err := xml.Unmarshal(body, &envelope); err != nil || envelope.Encrypt == "" { //nolint:gosec // into one plain field
		return nil, refuse("no envelope")
	}
	if err := d.check(q, "msg_signature", envelope.Encrypt); err != nil {
		return nil, err
	}
	return d.decrypt(envelope.Encrypt)
}

// Seal makes of a reply what goes into the answer to a callback: encrypted and
// signed, or as it is in the plain mode.
func (d Door) Seal(reply []byte) ([]byte, error) {
	if d.AESKey == "" {
		return reply, nil
	}
	var seed [24]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return nil, err
	}
	sealed, err := util.EncryptMsg(seed[:16], reply, d.Receiver, d.AESKey)
	if err != nil {
		return nil, errors.New("cannot encrypt the reply")
	}
	stamp := strconv.FormatInt(d.Now().Unix(), 10)
	nonce := hex.EncodeToString(seed[16:])
	return fmt.Appendf(nil, "<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature>"+
		"<TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]></Nonce></xml>",
		sealed, util.Signature(d.Token, stamp, nonce, string(sealed)), stamp, nonce), nil
}

// check compares a signature over the token, the time, the nonce and what else
// it covers, and looks at the clock.
func (d Door) check(q url.Values, name string, covered ...string) error {
	stamp, nonce := q.Get("timestamp"), q.Get("nonce")
	want := util.Signature(append([]string{d.Token, stamp, nonce}, covered...)...)
	if subtle.ConstantTimeCompare([]byte(q.Get(name)), []byte(want)) != 1 {
		return refuse("wrong signature")
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return refuse("no time")
	}
	if at, now := time.Unix(seconds, 0), d.Now(); at.Before(now.Add(-fresh)) || at.After(now.Add(fresh)) {
		return refuse("too old or too early")
	}
	return nil
}

// decrypt opens an envelope whose signature is right and makes sure that it is
// for us.
func (d Door) decrypt(sealed string) ([]byte, error) {
	_, plain, err := util.DecryptMsg(d.Receiver, sealed, d.AESKey)
	if err != nil {
		return nil, refuse("cannot be decrypted, or is for another account")
	}
	return plain, nil
}

func refuse(why string) error { return fmt.Errorf("%w: %s", ErrRefused, why) }
