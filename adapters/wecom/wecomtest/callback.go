package wecomtest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // what WeCom signs with
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Callback makes the request that says that an account has news: to a path,
// signed at a moment. The token in it is good for ten minutes.
func (s *Server) Callback(path, account string, at time.Time) *http.Request {
	s.mu.Lock()
	token := "ENC" + strconv.Itoa(s.next())
	s.pulls[token] = at
	s.mu.Unlock()
	return s.Request(path, fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><CreateTime>%d</CreateTime>"+
		"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[kf_msg_or_event]]></Event><Token><![CDATA[%s]]></Token>"+
		"<OpenKfId><![CDATA[%s]]></OpenKfId></xml>", s.CorpID, at.Unix(), token, account), at)
}

// Request makes an authentic request of any content.
func (s *Server) Request(path, xml string, at time.Time) *http.Request {
	secret := s.Encrypt(xml)
	body := fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><Encrypt><![CDATA[%s]]></Encrypt><AgentID><![CDATA[]]></AgentID></xml>", s.CorpID, secret)
	r, err := http.NewRequest(http.MethodPost, path+"?"+s.Sign(secret, at).Encode(), strings.NewReader(body)) //nolint:noctx // a request that comes in
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	r.Header.Set("Content-Type", "text/xml")
	return r
}

// Verify makes the request by which WeCom tries out a new callback address;
// the answer must be echo.
func (s *Server) Verify(path, echo string, at time.Time) *http.Request {
	secret := s.Encrypt(echo)
	query := s.Sign(secret, at)
	query.Set("echostr", secret)
	r, err := http.NewRequest(http.MethodGet, path+"?"+query.Encode(), nil) //nolint:noctx // a request that comes in
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	return r
}

// Sign is the query that proves who sent an encrypted text.
func (s *Server) Sign(encrypted string, at time.Time) url.Values {
	s.mu.Lock()
	nonce := strconv.Itoa(1372000000 + s.next())
	s.mu.Unlock()
	timestamp := strconv.FormatInt(at.Unix(), 10)
	parts := []string{s.Token, timestamp, nonce, encrypted}
	slices.Sort(parts)
	sum := sha1.Sum([]byte(strings.Join(parts, ""))) //nolint:gosec // what WeCom signs with
	return url.Values{"msg_signature": {hex.EncodeToString(sum[:])}, "timestamp": {timestamp}, "nonce": {nonce}}
}

// Encrypt is a text as WeCom sends it: AES-256-CBC over 16 random bytes, the
// length, the text and the company's id.
func (s *Server) Encrypt(text string) string {
	key, err := base64.StdEncoding.DecodeString(s.AESKey + "=")
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	var plain bytes.Buffer
	plain.WriteString("0123456789abcdef")
	_ = binary.Write(&plain, binary.BigEndian, uint32(len(text))) //nolint:gosec // short
	plain.WriteString(text + s.CorpID)
	pad := 32 - plain.Len()%32
	plain.Write(bytes.Repeat([]byte{byte(pad)}, pad))
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // a programmer's error in a test
	}
	out := make([]byte, plain.Len())
	cipher.NewCBCEncrypter(block, key[:16]).CryptBlocks(out, plain.Bytes())
	return base64.StdEncoding.EncodeToString(out)
}

// Deliver puts messages where sync_msg finds them and tells a webhook of it; it
// returns the status of the answer.
func (s *Server) Deliver(hook, account string, bodies ...[]byte) (int, error) {
	for _, raw := range bodies {
		s.Arrive(account, raw)
	}
	resp, err := http.DefaultClient.Do(s.Callback(hook, account, s.now()))
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close() //nolint:errcheck // only read from
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, nil
}
