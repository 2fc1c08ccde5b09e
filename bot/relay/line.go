package relay

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// choiceFor is how long a number means an entry of a list.
const choiceFor = 10 * time.Minute

// botShort is how much of the bot's answers a thread shows.
const botShort = 200

// mirrored is a customer's message as a thread shows it, nil for one that is
// not shown: what was written there, what nobody is to see, what says nothing.
func (of *customer) mirrored(ctx context.Context, r *bot.Request, t *crm.Thread, m *crm.Message, files []*crm.Media) *bot.Reply {
	if m.Muted || m.ThreadID == t.ID || !m.Deleted.IsZero() || m.Kind == string(bot.KindVisit) || changes(m) {
		return nil
	}
	voice := of.voice(ctx, r, m)
	if voice == nil {
		return nil
	}
	shown, lost := attached(files)
	text := said(voice, m.Body)
	if voice.Role == bot.VoiceBot {
		text = clip(text, botShort)
	}
	if voice.Role == bot.VoiceCustomer {
		if label := of.chosen(ctx, r, m); label != "" {
			text = strings.TrimSpace(text) + " 「" + label + "」"
		}
	}
	body := markup.Escape(strings.TrimSpace(text))
	if m.Kind == string(bot.KindAction) && body != "" {
		body = "「" + body + "」"
	}
	for _, name := range lost {
		if body += "\n"; body == "\n" {
			body = ""
		}
		body += r.Words.T("thread.file.missing", "file", name)
	}
	if body == "" && len(shown) == 0 {
		if len(files) == 0 && m.Kind != string(bot.KindMedia) {
			return nil
		}
		body = r.Words.T("thread.file.none")
	}
	return &bot.Reply{Text: of.spoken(r, voice, body), Files: shown, Voice: voice}
}

// chosen is what the number stands for that a customer typed in the place of
// pressing a button, "" if it is none.
func (of *customer) chosen(ctx context.Context, r *bot.Request, m *crm.Message) string {
	n, err := strconv.Atoi(strings.TrimSpace(m.Body))
	if err != nil || n < 1 || of.features(r).Buttons > 0 || m.Kind != string(bot.KindText) {
		return ""
	}
	last, err := r.Store.Messages(ctx, of.ID, 0, -mostLines)
	if err != nil {
		return ""
	}
	label := ""
	for _, x := range last {
		if x.ID >= m.ID {
			break
		}
		if x.Direction != crm.Out || x.AuthorKind != crm.AuthorBot || m.Happened.Sub(x.Happened) > choiceFor {
			continue
		}
		var reply bot.Reply
		if json.Unmarshal([]byte(x.Detail), &reply) != nil {
			continue
		}
		if options := bot.Options(&reply); len(options) > 0 {
			if label = ""; n <= len(options) {
				label = options[n-1].Label
			}
		}
	}
	return label
}

// said is what a message says without the name that it begins with for the
// customer.
func said(v *bot.Voice, body string) string {
	if v.Role != bot.VoiceReply && v.Role != bot.VoiceNote || v.Name == "" {
		return body
	}
	for _, colon := range []string{"：", ": "} {
		if rest, ok := strings.CutPrefix(body, v.Name+colon); ok {
			return rest
		}
	}
	return body
}

// voice is whose words a message is, nil for those of nobody in particular.
func (of *customer) voice(ctx context.Context, r *bot.Request, m *crm.Message) *bot.Voice {
	name := ""
	if m.AuthorKind == crm.AuthorUser {
		name = userName(ctx, r, crm.UserID(m.AuthorID))
	}
	switch {
	case m.Audience == crm.AudienceNote && m.AuthorKind == crm.AuthorUser:
		if before, _, ok := strings.Cut(m.Body, ": "); ok && name == "" {
			name = before // somebody whom we do not know
		}
		return &bot.Voice{Name: name, Role: bot.VoiceNote}
	case m.Audience == crm.AudienceNote:
		return nil
	case m.Direction == crm.In:
		return &bot.Voice{Name: r.Words.Speaker(of.contact.Name), Role: bot.VoiceCustomer}
	case m.AuthorKind == crm.AuthorUser:
		if name == "" {
			name = of.platform(r, r.Words) // at the platform's own desk
		}
		return &bot.Voice{Name: name, Role: bot.VoiceReply}
	case m.AuthorKind == crm.AuthorBot:
		return &bot.Voice{Role: bot.VoiceBot}
	}
	return nil
}

// spoken puts the name of who speaks before his words, where the platform does
// not show it.
func (of *customer) spoken(r *bot.Request, v *bot.Voice, body string) string {
	if r.Features.Authors {
		return body
	}
	return named(r.Words, v, of.someone(r.Words), body)
}

// named is who says what, "王芳: …".
func named(w *locale.Words, v *bot.Voice, customer, body string) string {
	key := "thread.said." + string(v.Role)
	return w.T(key, "who", markup.Bold(v.Name), "to", customer, "text", markup.Text(body))
}

// changes says whether a message only changes an earlier one.
func changes(m *crm.Message) bool {
	return m.Kind == string(bot.KindEdit) || m.Kind == string(bot.KindDelete)
}

// attached are the files whose bytes we have, and the names of the others.
func attached(media []*crm.Media) (files []bot.File, lost []string) {
	for _, m := range media {
		if m.State != crm.MediaStored || m.Hash == "" {
			lost = append(lost, clip(m.Name, 60))
			continue
		}
		files = append(files, bot.File{Name: m.Name, MIME: m.MIME, Size: m.Size, Hash: m.Hash})
	}
	return files, lost
}
