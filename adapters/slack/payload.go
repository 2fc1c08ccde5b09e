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
	Type       string `json:"type"`
	Subtype    string `json:"subtype"`
	Tab        string `json:"tab"`
	User       string `json:"user"`
	BotID      string `json:"bot_id"`
	Text       string `json:"text"`
	TS         string `json:"ts"`
	EventTS    string `json:"event_ts"`
	ThreadTS   string `json:"thread_ts"`
	ParentUser string `json:"parent_user_id"`
	Root       struct {
		User string `json:"user"`
	} `json:"root"`
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

// under says whether it stands in a thread that a message of somebody begins.
func (e *event) under(user string) bool {
	return user != "" && first(e.ParentUser, e.Root.User) == user
}

type file struct {
	Name     string `json:"name"`
	MIME     string `json:"mimetype"`
	Size     int64  `json:"size"`
	URL      string `json:"url_private"`
	Download string `json:"url_private_download"`
}

// interaction is a pressed button, a shortcut or what happens in a form.
type interaction struct {
	Type        string  `json:"type"`
	CallbackID  string  `json:"callback_id"`
	TriggerID   string  `json:"trigger_id"`
	ResponseURL string  `json:"response_url"`
	User        account `json:"user"`
	Team        struct {
		Domain string `json:"domain"`
	} `json:"team"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	MessageTS string `json:"message_ts"`
	Message   struct {
		TS       string `json:"ts"`
		ThreadTS string `json:"thread_ts"`
		User     string `json:"user"`
		Username string `json:"username"`
		Text     string `json:"text"`
	} `json:"message"`
	Actions  []action `json:"actions"`
	ActionTS string   `json:"action_ts"`
	View     view     `json:"view"`
	BlockID  string   `json:"block_id"` // of the field whose options are asked for
	Value    string   `json:"value"`    // what was typed there
}

// view is a form as somebody filled it in.
type view struct {
	ID         string `json:"id"`
	Hash       string `json:"hash"`
	CallbackID string `json:"callback_id"`
	Private    string `json:"private_metadata"`
	Blocks     []struct {
		Type    string `json:"type"`
		BlockID string `json:"block_id"`
	} `json:"blocks"`
	State struct {
		Values map[string]map[string]entry `json:"values"`
	} `json:"state"`
}

// entry is what stands in a field, by the type of the field.
type entry struct {
	Value    string `json:"value"`
	Date     string `json:"selected_date"`
	Selected struct {
		Value string `json:"value"`
	} `json:"selected_option"`
}

type account struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Username string `json:"username"`
}

type action struct {
	ActionID string `json:"action_id"`
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
