package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// These are the parts of Slack's payloads that become something here.

// envelope is the body of an event.
type envelope struct {
	Type           string          `json:"type"`
	Challenge      string          `json:"challenge"`
	EventID        string          `json:"event_id"`
	EventTime      int64           `json:"event_time"`
	Event          json.RawMessage `json:"event"`
	Authorizations []authorization `json:"authorizations"`
}

type authorization struct {
	UserID string `json:"user_id"`
	IsBot  bool   `json:"is_bot"`
}

// event is one that somebody says or does something in. Others have fields of
// the same names and other types.
type event struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	User        string `json:"user"`
	BotID       string `json:"bot_id"`
	Text        string `json:"text"`
	TS          string `json:"ts"`
	EventTS     string `json:"event_ts"`
	ThreadTS    string `json:"thread_ts"`
	DeletedTS   string `json:"deleted_ts"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	Files       []file `json:"files"`
	Message     *event `json:"message"`
	Previous    *event `json:"previous_message"`
	Reaction    string `json:"reaction"`
	Item        struct {
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
}

func (e *event) direct() bool {
	return e.ChannelType == "im" || e.ChannelType == "" && strings.HasPrefix(e.Channel, "D")
}

type file struct {
	Name     string `json:"name"`
	MIME     string `json:"mimetype"`
	Size     int64  `json:"size"`
	URL      string `json:"url_private"`
	Download string `json:"url_private_download"`
}

// interaction is a pressed button, a shortcut or a form.
type interaction struct {
	TriggerID   string  `json:"trigger_id"`
	ResponseURL string  `json:"response_url"`
	User        account `json:"user"`
	Channel     struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
	} `json:"message"`
	Actions []action `json:"actions"`
}

type account struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

type action struct {
	BlockID  string `json:"block_id"`
	Value    string `json:"value"`
	TS       string `json:"action_ts"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

// slash is a slash command. Over HTTP it is a form with the same names.
type slash struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	ChannelID   string `json:"channel_id"`
	ResponseURL string `json:"response_url"`
	TriggerID   string `json:"trigger_id"`
}

// micros is a "1595926230.009600" in microseconds, 0 for what is none: the
// order of things in a channel.
func micros(ts string) int64 {
	whole, part, _ := strings.Cut(ts, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return 0
	}
	fraction, err := strconv.ParseInt((part + "000000")[:6], 10, 64)
	if err != nil || fraction < 0 {
		return 0
	}
	return seconds*1_000_000 + fraction
}

func moment(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
