package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/slack-go/slack"

	"crmbot/bot"
)

const (
	// fileMax is the largest file that goes out, in bytes.
	fileMax = 20 << 20
	// fileChannel stands in the place of the channel in the native id of a
	// message that is a file: Slack does not say which message it became.
	fileChannel = "file"
)

// upload sends the files of a reply in one message, with its words. Files are
// never for one person's eyes in a channel: those go to his direct chat.
func (a *Adapter) upload(ctx context.Context, out bot.Outgoing, t turn) (bot.Sent, error) {
	if who := first(string(out.For), t.Who); who != "" && (t.Hidden || out.Op == bot.OpEphemeral) && !out.Reply.Share {
		out.To, t = a.address(who, ""), turn{}
	}
	channel, err := a.room(ctx, string(out.To.Chat))
	if err != nil {
		return bot.Sent{}, err
	}
	var files []slack.FileSummary
	for _, f := range out.Reply.Files {
		id, err := a.store(ctx, f)
		if err != nil {
			return bot.Sent{}, err
		}
		files = append(files, slack.FileSummary{ID: id, Title: first(f.Name, f.Hash)})
	}
	shown := slack.CompleteUploadExternalParameters{Files: files, Channel: channel, ThreadTimestamp: thread(out, t)}
	switch r := out.Reply; {
	case len(r.Cards)+len(r.Buttons) > 0 || r.Table != nil:
		shown.Blocks.BlockSet = blocksOf(out)
	default:
		shown.InitialComment = strings.TrimSpace(calling(out.Notify) + " " + mrkdwn(r.Text))
	}
	err = a.do(ctx, false, func(ctx context.Context) error {
		_, err := a.api.CompleteUploadExternalContext(ctx, shown)
		return err
	})
	if err != nil {
		return bot.Sent{}, err
	}
	return bot.Sent{ID: native(fileChannel, files[0].ID)}, nil
}

// room is the channel of a chat: files go to no person.
func (a *Adapter) room(ctx context.Context, chat string) (string, error) {
	if !person(chat) {
		return chat, nil
	}
	var room *slack.Channel
	err := a.do(ctx, true, func(ctx context.Context) (err error) {
		room, _, _, err = a.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{chat}})
		return err
	})
	if err != nil {
		return "", err
	}
	return room.ID, nil
}

// store brings the bytes of a file to Slack, where nobody sees them yet, and
// returns its id. Doing it twice does no harm.
func (a *Adapter) store(ctx context.Context, f bot.File) (string, error) {
	body, err := a.bytes(ctx, f.Hash)
	if err != nil {
		return "", err
	}
	name := first(f.Name, f.Hash)
	ctx, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	place, err := a.api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: name, FileSize: len(body), AltTxt: name})
	if err == nil {
		err = a.slow.UploadToURL(ctx, slack.UploadToURLParameters{UploadURL: place.UploadURL, Reader: bytes.NewReader(body), Filename: name})
	}
	if err != nil {
		return "", a.failure(err, false)
	}
	return place.FileID, nil
}

// bytes reads a stored file. One that is not there, empty or too large is
// refused for good.
func (a *Adapter) bytes(ctx context.Context, hash string) ([]byte, error) {
	r, err := a.host.File(ctx, hash)
	if bot.Missing(err) {
		return nil, &bot.Failure{Class: bot.BadContent, Err: fmt.Errorf("file: %w", err)}
	}
	if err != nil {
		return nil, fmt.Errorf("file: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read from
	body, err := io.ReadAll(io.LimitReader(r, fileMax+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("file: %w", err)
	case len(body) == 0 || len(body) > fileMax:
		return nil, &bot.Failure{Class: bot.BadContent, Err: errors.New("file: empty or too large")}
	}
	return body, nil
}
