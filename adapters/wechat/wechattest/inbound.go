package wechattest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// How long what somebody writes, and a tap of his, lets us write.
const (
	afterWords = 48 * time.Hour
	afterTap   = time.Minute
)

// Text is a text message of somebody. It gives us five answers.
func (s *Server) Text(from, text string) []byte {
	return s.Message(from, "text", "<Content>"+cdata(text)+"</Content>")
}

// Message is a message of any type with its fields, as XML.
func (s *Server) Message(from, kind, fields string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grant(from, 5, afterWords)
	s.messages++
	return fmt.Appendf(nil, "<xml>%s<MsgType>%s</MsgType>%s<MsgId>%d</MsgId></xml>", s.head(from), cdata(kind), fields, s.messages)
}

// Event is something that somebody did. A follow, a scan and a tap on the menu
// give us three answers within a minute.
func (s *Server) Event(from, event, key string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch event {
	case "subscribe", "SCAN", "CLICK":
		s.grant(from, 3, afterTap)
		s.person(from).gone = false
	case "unsubscribe":
		*s.person(from) = person{gone: true}
	}
	return fmt.Appendf(nil, "<xml>%s<MsgType>%s</MsgType><Event>%s</Event><EventKey>%s</EventKey></xml>",
		s.head(from), cdata("event"), cdata(event), cdata(key))
}

// Consent is somebody's choice about a subscription's template: "accept" or
// "reject".
func (s *Server) Consent(from, template, choice string) []byte {
	if choice == "accept" {
		s.Agree(from, template)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Appendf(nil, "<xml>%s<MsgType>%s</MsgType><Event>%s</Event><SubscribeMsgPopupEvent><List><TemplateId>%s</TemplateId>"+
		"<SubscribeStatusString>%s</SubscribeStatusString><PopupScene>1</PopupScene></List></SubscribeMsgPopupEvent></xml>",
		s.head(from), cdata("event"), cdata("subscribe_msg_popup_event"), cdata(template), cdata(choice))
}

// head is what all messages begin with.
func (s *Server) head(from string) string {
	return fmt.Sprintf("<ToUserName>%s</ToUserName><FromUserName>%s</FromUserName><CreateTime>%d</CreateTime>",
		cdata(s.Name), cdata(from), s.now().Unix())
}

func cdata(text string) string {
	return "<![CDATA[" + strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>") + "]]>"
}

// Request is a message as WeChat brings it in its safe mode, at a moment.
func (s *Server) Request(body []byte, at time.Time) *http.Request {
	sealed := s.encrypt(body)
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), "n0nce"
	q := url.Values{
		"timestamp": {stamp}, "nonce": {nonce}, "encrypt_type": {"aes"},
		"signature": {sign(s.Token, stamp, nonce)}, "msg_signature": {sign(s.Token, stamp, nonce, sealed)},
	}
	envelope := "<xml><ToUserName>" + cdata(s.Name) + "</ToUserName><Encrypt>" + cdata(sealed) + "</Encrypt></xml>"
	r := httptest.NewRequest(http.MethodPost, "/hook?"+q.Encode(), strings.NewReader(envelope))
	r.Header.Set("Content-Type", "text/xml")
	return r
}

// Plain is a message as WeChat brings it in its plain mode.
func (s *Server) Plain(body []byte, at time.Time) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/hook?"+s.signed(at).Encode(), strings.NewReader(string(body)))
	r.Header.Set("Content-Type", "text/xml")
	return r
}

// Knock is the request by which WeChat tries out an address; the answer must be
// echo.
func (s *Server) Knock(echo string, at time.Time) *http.Request {
	q := s.signed(at)
	q.Set("echostr", echo)
	return httptest.NewRequest(http.MethodGet, "/hook?"+q.Encode(), nil)
}

func (s *Server) signed(at time.Time) url.Values {
	stamp, nonce := strconv.FormatInt(at.Unix(), 10), "n0nce"
	return url.Values{"timestamp": {stamp}, "nonce": {nonce}, "signature": {sign(s.Token, stamp, nonce)}}
}
