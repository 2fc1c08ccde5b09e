package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
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

// kindOf is the type of a file by its first bytes, whatever its name says.
func kindOf(data []byte) string {
	if bytes.HasPrefix(data, []byte("#!AMR")) {
		return "audio/amr"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}

// fileMessage uploads a file and makes the message that shows it. It is nil
// for a file that WeChat does not show, or is too large for it.
func (a *Adapter) fileMessage(ctx context.Context, person string, f bot.File) (*wxmessage.CustomerMessage, error) {
	data, err := a.stored(ctx, f)
	if err != nil || len(data) == 0 || len(data) > videoMost {
		return nil, err
	}
	kind, known := kinds[kindOf(data)]
	if !known || len(data) > kind.most {
		return nil, nil //nolint:nilnil // it is told in words instead
	}
	id := ""
	err = a.api.DoFile(ctx, func(h weixin.Handle) error {
		media, err := material.NewMaterial(a.library(h)).MediaUploadFromReader(kind.as, fileName(f.Name, kind.ext), bytes.NewReader(data))
		id = media.MediaID
		return err
	})
	if err == nil && id == "" {
		err = errors.New("an upload without an id")
	}
	if err != nil {
		return nil, weixin.Failure(err, true)
	}
	switch kind.as {
	case material.MediaTypeVoice:
		return wxmessage.NewCustomerVoiceMessage(person, id), nil
	case material.MediaTypeVideo:
		return &wxmessage.CustomerMessage{
			ToUser: person, Msgtype: wxmessage.MsgTypeVideo, Video: &wxmessage.MediaVideo{MediaID: id, Title: f.Name},
		}, nil
	}
	return wxmessage.NewCustomerImgMessage(person, id), nil
}

// stored reads the bytes of a file that goes out, up to what WeChat takes.
func (a *Adapter) stored(ctx context.Context, f bot.File) ([]byte, error) {
	r, err := a.host.File(ctx, f.Hash)
	if err != nil {
		class := bot.Transient
		if bot.Missing(err) {
			class = bot.Stale
		}
		return nil, &bot.Failure{Class: class, Err: err}
	}
	defer r.Close() //nolint:errcheck // only read from
	data, err := io.ReadAll(io.LimitReader(r, videoMost+1))
	if err != nil {
		return nil, &bot.Failure{Class: bot.Transient, Err: err}
	}
	return data, nil
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
