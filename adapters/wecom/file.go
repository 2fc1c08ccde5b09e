package wecom

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/silenceper/wechat/v2/util"
	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"crmbot/adapters/weixin"
	"crmbot/bot"
)

// What media/upload takes, in bytes.
const (
	fileMax  = 20 << 20
	imageMax = 10 << 20
	videoMax = 10 << 20
	voiceMax = 2 << 20
	fileMin  = 6
	noteMax  = 1 << 16 // of an answer that is a text, as far as it is read
)

// sendFile posts one file: as what it is where WeCom shows such a thing, else
// as a file.
func (a *Adapter) sendFile(ctx context.Context, chat bot.ChatID, to sendmsg.Message, f bot.File) (sent bot.Sent, err error) {
	err = a.api.WithMedia(ctx, f.Hash,
		func() (weixin.Media, error) { return a.upload(ctx, f) },
		func(m weixin.Media) (err error) {
			sent, err = a.send(ctx, chat, fileMessage(to, m))
			return err
		})
	return sent, err
}

// fileMessage is the message that shows a file.
func fileMessage(to sendmsg.Message, media weixin.Media) any {
	type held struct {
		MediaID string `json:"media_id"`
	}
	m := struct {
		sendmsg.Message
		MsgType string `json:"msgtype"`
		Image   *held  `json:"image,omitempty"`
		Voice   *held  `json:"voice,omitempty"`
		Video   *held  `json:"video,omitempty"`
		File    *held  `json:"file,omitempty"`
	}{Message: to, MsgType: media.Kind}
	content := &held{MediaID: media.ID}
	switch media.Kind {
	case "image":
		m.Image = content
	case "voice":
		m.Voice = content
	case "video":
		m.Video = content
	default:
		m.File = content
	}
	return m
}

// upload brings a stored file to WeCom. The error is a Failure.
func (a *Adapter) upload(ctx context.Context, f bot.File) (weixin.Media, error) {
	body, err := a.api.Stored(ctx, f, fileMax)
	switch {
	case err != nil:
		return weixin.Media{}, failure(err)
	case len(body) > fileMax:
		return weixin.Media{}, &bot.Failure{Class: bot.BadContent, Err: errors.New("a file of more than 20 MB")}
	case len(body) < fileMin:
		return weixin.Media{}, &bot.Failure{Class: bot.BadContent, Err: errors.New("a file of less than six bytes")}
	}
	kind := kindOf(body)
	id, err := a.uploadAs(ctx, kind, fileName(f, kind), body)
	if err != nil {
		return weixin.Media{}, failure(err)
	}
	return weixin.Media{Kind: kind, ID: id}, nil
}

func (a *Adapter) uploadAs(ctx context.Context, kind, name string, body []byte) (string, error) {
	var answer struct {
		Media string `json:"media_id"`
	}
	err := a.api.DoFile(ctx, func(h weixin.Handle) error {
		raw, err := util.PostFileFromReader("media", name, name, at("media/upload", h)+"&type="+kind, bytes.NewReader(body))
		if err != nil {
			return err
		}
		return json.Unmarshal(raw, &answer)
	})
	if err == nil && answer.Media == "" {
		err = errors.New("media/upload: no media_id")
	}
	return answer.Media, err
}

// kindOf is what WeCom shows a file as, by what is in it.
func kindOf(body []byte) string {
	switch kind, size := weixin.TypeOf(body), len(body); {
	case (kind == "image/jpeg" || kind == "image/png") && size <= imageMax:
		return "image"
	case kind == "video/mp4" && size <= videoMax:
		return "video"
	case kind == "audio/amr" && size <= voiceMax:
		return "voice"
	}
	return "file"
}

// endings are of files without a name.
var endings = map[string]string{"image": ".jpg", "video": ".mp4", "voice": ".amr"}

// fileName is the name to show, without what would break the request.
func fileName(f bot.File, kind string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			return -1
		}
		return r
	}, path.Base(strings.ReplaceAll(f.Name, `\`, "/")))
	if name == "" || name == "." || name == "/" {
		name = "file" + endings[kind]
	}
	return bot.Limit{Max: 100, Unit: bot.Runes}.Cut(name)
}

// Download fetches a file that somebody sent.
func (a *Adapter) Download(ctx context.Context, f bot.File) (io.ReadCloser, error) {
	body, note, err := a.api.Get(ctx, "/cgi-bin/media/get", url.Values{"media_id": {f.Native}})
	if err != nil {
		g := failure(err)
		if g.Class == bot.BadContent { // it is gone: WeCom keeps files for three days
			g.Class = bot.Stale
		}
		return nil, g
	}
	switch {
	case body != nil:
		return body, nil
	case len(note) > 0 && len(note) < noteMax: // a text or JSON that is a file, not an error
		return io.NopCloser(bytes.NewReader(note)), nil
	}
	return nil, &bot.Failure{Class: bot.Stale, Err: errors.New("media/get: no file")}
}
