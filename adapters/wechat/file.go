package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/silenceper/wechat/v2/officialaccount/material"
	wxmessage "github.com/silenceper/wechat/v2/officialaccount/message"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// The largest files of each kind that WeChat takes, in bytes.
const (
	imageMost = 10 << 20
	voiceMost = 2 << 20
	videoMost = 10 << 20
)

// kinds are what WeChat shows, by the type that the bytes have.
var kinds = map[string]struct {
	as   material.MediaType
	ext  string
	most int
}{
	"image/jpeg": {material.MediaTypeImage, ".jpg", imageMost},
	"image/png":  {material.MediaTypeImage, ".png", imageMost},
	"image/gif":  {material.MediaTypeImage, ".gif", imageMost},
	"image/bmp":  {material.MediaTypeImage, ".bmp", imageMost},
	"audio/mpeg": {material.MediaTypeVoice, ".mp3", voiceMost},
	"audio/amr":  {material.MediaTypeVoice, ".amr", voiceMost},
	"video/mp4":  {material.MediaTypeVideo, ".mp4", videoMost},
}

// errUnshown is of a file that WeChat does not show, or that is too large for
// it.
var errUnshown = errors.New("not shown by WeChat")

// sendFile sends a file. sent is false for one that WeChat does not show: it is
// told in words instead.
func (a *Adapter) sendFile(ctx context.Context, person string, f bot.File) (sent bool, err error) {
	err = a.api.WithMedia(ctx, f.Hash,
		func() (weixin.Media, error) { return a.upload(ctx, f) },
		func(m weixin.Media) error { return a.say(ctx, fileMessage(person, m, f.Name)) })
	if errors.Is(err, errUnshown) {
		return false, nil
	}
	return true, err
}

// upload brings a file to WeChat.
func (a *Adapter) upload(ctx context.Context, f bot.File) (weixin.Media, error) {
	data, err := a.api.Stored(ctx, f, videoMost)
	if err != nil {
		return weixin.Media{}, err
	}
	kind, known := kinds[weixin.TypeOf(data)]
	if !known || len(data) > kind.most {
		return weixin.Media{}, errUnshown
	}
	m := weixin.Media{Kind: string(kind.as)}
	err = a.api.DoFile(ctx, func(h weixin.Handle) error {
		media, err := material.NewMaterial(a.library(h)).MediaUploadFromReader(kind.as, fileName(f.Name, kind.ext), bytes.NewReader(data))
		m.ID = media.MediaID
		return err
	})
	if err == nil && m.ID == "" {
		err = errors.New("an upload without an id")
	}
	if err != nil {
		return weixin.Media{}, weixin.Failure(err, true)
	}
	return m, nil
}

// fileMessage is the message that shows a file.
func fileMessage(person string, m weixin.Media, name string) *wxmessage.CustomerMessage {
	switch material.MediaType(m.Kind) {
	case material.MediaTypeVoice:
		return wxmessage.NewCustomerVoiceMessage(person, m.ID)
	case material.MediaTypeVideo:
		return &wxmessage.CustomerMessage{
			ToUser: person, Msgtype: wxmessage.MsgTypeVideo, Video: &wxmessage.MediaVideo{MediaID: m.ID, Title: name},
		}
	}
	return wxmessage.NewCustomerImgMessage(person, m.ID)
}

// fileName is a name as an upload may have it, with the end that its type has.
func fileName(name, ext string) string {
	base := strings.TrimSuffix(path.Base("/"+name), path.Ext(name))
	base = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`"\/:*?<>|`, r) {
			return -1
		}
		return r
	}, base)
	if base == "" {
		base = "file"
	}
	return clip(base, 60) + ext
}

// Download fetches a file that somebody sent. WeChat keeps it for three days.
// Of a video it gives an address instead; and a picture has one that an
// account without the right to files may use.
func (a *Adapter) Download(ctx context.Context, f bot.File) (io.ReadCloser, error) {
	id, picture, _ := strings.Cut(f.Native, " ")
	body, note, err := a.api.Get(ctx, "/cgi-bin/media/get", url.Values{"media_id": {id}})
	if err != nil && picture != "" && weixin.CodeOf(err) != 0 {
		body, err = a.api.Fetch(ctx, picture)
	}
	if err == nil && body == nil {
		var at struct {
			Video string `json:"video_url"`
		}
		if json.Unmarshal(note, &at) != nil || at.Video == "" {
			return nil, &bot.Failure{Class: bot.Stale, Err: errors.New("media/get: neither a file nor an address")}
		}
		body, err = a.api.Fetch(ctx, at.Video)
	}
	if err != nil {
		return nil, gone(err)
	}
	return body, nil
}

// gone is the failure of a download: what WeChat does not have any more never
// comes back.
func gone(err error) *bot.Failure {
	f := weixin.Failure(err, true)
	if f.Class == bot.BadContent {
		f = &bot.Failure{Class: bot.Stale, Err: f.Err}
	}
	return f
}
