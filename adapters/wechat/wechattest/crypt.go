package wechattest

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1" //nolint:gosec // WeChat's signature is made of it
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"slices"
	"strings"
)

// sign is WeChat's signature of some words.
func sign(words ...string) string {
	slices.Sort(words)
	sum := sha1.Sum([]byte(strings.Join(words, ""))) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

const block = 32

func (s *Server) cipher() (cipher.Block, []byte) {
	key, err := base64.StdEncoding.DecodeString(s.AESKey + "=")
	if err != nil {
		panic("wechattest: AESKey is none")
	}
	c, err := aes.NewCipher(key)
	if err != nil {
		panic("wechattest: AESKey is none")
	}
	return c, key[:aes.BlockSize]
}

// encrypt seals a message for the account.
func (s *Server) encrypt(message []byte) string {
	plain := []byte("0123456789abcdef")
	plain = binary.BigEndian.AppendUint32(plain, uint32(len(message))) //nolint:gosec // a test's message
	plain = append(append(plain, message...), s.AppID...)
	pad := block - len(plain)%block
	plain = append(plain, bytes.Repeat([]byte{byte(pad)}, pad)...)
	c, iv := s.cipher()
	cipher.NewCBCEncrypter(c, iv).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}

// Reply is what was answered within a request.
type Reply struct {
	To      string `xml:"ToUserName"`
	From    string `xml:"FromUserName"`
	Time    int64  `xml:"CreateTime"`
	Type    string `xml:"MsgType"`
	Content string `xml:"Content"`
}

// Open reads an answer as WeChat does: sealed, signed and for this account, or
// plain.
func (s *Server) Open(answer []byte, sealed bool) (Reply, error) {
	var r Reply
	if sealed {
		var e struct{ Encrypt, MsgSignature, TimeStamp, Nonce string }
		if err := xml.Unmarshal(answer, &e); err != nil {
			return r, err
		}
		if e.MsgSignature != sign(s.Token, e.TimeStamp, e.Nonce, e.Encrypt) {
			return r, errors.New("wrong signature")
		}
		opened, err := s.decrypt(e.Encrypt)
		if err != nil {
			return r, err
		}
		answer = opened
	}
	err := xml.Unmarshal(answer, &r)
	return r, err
}

func (s *Server) decrypt(sealed string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(data) == 0 || len(data)%block != 0 {
		return nil, errors.New("not a sealed message")
	}
	c, iv := s.cipher()
	cipher.NewCBCDecrypter(c, iv).CryptBlocks(data, data)
	data = data[:len(data)-int(data[len(data)-1])]
	if len(data) < 20 {
		return nil, errors.New("too short")
	}
	n := int(binary.BigEndian.Uint32(data[16:20]))
	if n > len(data)-20 || string(data[20+n:]) != s.AppID {
		return nil, errors.New("for another account")
	}
	return data[20 : 20+n], nil
}
