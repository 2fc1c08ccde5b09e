package telegram

import "encoding/json"

// These are the parts of the Bot API's types that become something here.

type update struct {
	ID       *int64        `json:"update_id"`
	Message  *message      `json:"message"`
	Edited   *message      `json:"edited_message"`
	Callback *callback     `json:"callback_query"`
	Member   *memberChange `json:"my_chat_member"`
	Reaction *reaction     `json:"message_reaction"`
}

// wanted are the updates that we ask Telegram for, always by name: a request
// without the list would keep whatever was asked for last.
var wanted = []string{"message", "edited_message", "callback_query", "my_chat_member", "message_reaction"}

// others are the updates that Telegram has and that mean nothing here. What is
// in neither list is new to us: its payload is kept.
var others = map[string]bool{
	"channel_post": true, "edited_channel_post": true,
	"business_connection": true, "business_message": true,
	"edited_business_message": true, "deleted_business_messages": true,
	"guest_message": true, "message_reaction_count": true,
	"inline_query": true, "chosen_inline_result": true,
	"shipping_query": true, "pre_checkout_query": true, "purchased_paid_media": true,
	"poll": true, "poll_answer": true, "chat_member": true, "chat_join_request": true,
	"chat_boost": true, "removed_chat_boost": true, "managed_bot": true,
}

type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
	Language  string `json:"language_code"`
}

type chat struct {
	ID      int64  `json:"id"`
	Type    string `json:"type"`
	IsForum bool   `json:"is_forum"`
	// IsLetters says that it holds the letters to a channel: who answers there
	// speaks for the channel.
	IsLetters bool `json:"is_direct_messages"`
}

// channel says whether it is a chat of broadcasts, where nobody talks with us.
func (c chat) channel() bool { return c.Type == "channel" || c.IsLetters }

func (c chat) private() bool { return c.Type == "private" }

type message struct {
	ID       int64    `json:"message_id"`
	Thread   int64    `json:"message_thread_id"`
	InTopic  bool     `json:"is_topic_message"`
	From     *user    `json:"from"`
	Chat     chat     `json:"chat"`
	Date     int64    `json:"date"`
	EditDate int64    `json:"edit_date"`
	ReplyTo  *message `json:"reply_to_message"`

	Text            string   `json:"text"`
	Entities        []entity `json:"entities"`
	Caption         string   `json:"caption"`
	CaptionEntities []entity `json:"caption_entities"`

	Photo     []file `json:"photo"`
	Document  *file  `json:"document"`
	Animation *file  `json:"animation"`
	Audio     *file  `json:"audio"`
	Video     *file  `json:"video"`
	VideoNote *file  `json:"video_note"`
	Voice     *file  `json:"voice"`
	Sticker   *file  `json:"sticker"`
	LivePhoto *file  `json:"live_photo"`

	Contact   *contact   `json:"contact"`
	Location  *location  `json:"location"`
	Venue     *venue     `json:"venue"`
	Poll      *poll      `json:"poll"`
	Checklist *checklist `json:"checklist"`
	Dice      *dice      `json:"dice"`
	Rich      *rich      `json:"rich_message"`

	MigrateTo   int64 `json:"migrate_to_chat_id"`
	MigrateFrom int64 `json:"migrate_from_chat_id"`
}

// entity is a part of a text that means more than it says. Offset and Length
// are in UTF-16 units.
type entity struct {
	Type   string `json:"type"`
	Offset int    `json:"offset"`
	Length int    `json:"length"`
	URL    string `json:"url"`
	User   *user  `json:"user"`
}

func (e entity) end() int { return e.Offset + e.Length }

// service are the fields of a message that tell of something that happened or
// show something that is no message to us.
var service = map[string]bool{
	"new_chat_members": true, "left_chat_member": true, "chat_owner_left": true,
	"chat_owner_changed": true, "new_chat_title": true, "new_chat_photo": true,
	"delete_chat_photo": true, "group_chat_created": true, "supergroup_chat_created": true,
	"channel_chat_created": true, "message_auto_delete_timer_changed": true,
	"migrate_from_chat_id": true, "migrate_to_chat_id": true, "pinned_message": true, "invoice": true,
	"successful_payment": true, "refunded_payment": true, "users_shared": true,
	"chat_shared": true, "gift": true, "unique_gift": true, "gift_upgrade_sent": true,
	"connected_website": true, "write_access_allowed": true, "passport_data": true,
	"proximity_alert_triggered": true, "boost_added": true, "chat_background_set": true,
	"checklist_tasks_done": true, "checklist_tasks_added": true,
	"direct_message_price_changed": true, "forum_topic_created": true,
	"forum_topic_edited": true, "forum_topic_closed": true, "forum_topic_reopened": true,
	"general_forum_topic_hidden": true, "general_forum_topic_unhidden": true,
	"giveaway_created": true, "giveaway": true, "giveaway_winners": true,
	"giveaway_completed": true, "managed_bot_created": true,
	"paid_message_price_changed": true, "poll_option_added": true, "poll_option_deleted": true,
	"suggested_post_approved": true, "suggested_post_approval_failed": true,
	"suggested_post_declined": true, "suggested_post_paid": true,
	"suggested_post_refunded": true, "video_chat_scheduled": true, "video_chat_started": true,
	"video_chat_ended": true, "video_chat_participants_invited": true, "web_app_data": true,
	"community_chat_added": true, "community_chat_removed": true,
	"story": true, "game": true, "paid_media": true,
}

type file struct {
	ID    string `json:"file_id"`
	Name  string `json:"file_name"`
	MIME  string `json:"mime_type"`
	Size  int64  `json:"file_size"`
	Emoji string `json:"emoji"` // of a sticker
}

type contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	UserID    int64  `json:"user_id"`
}

type location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

type venue struct {
	Title   string `json:"title"`
	Address string `json:"address"`
}

type labelled struct {
	Text string `json:"text"`
}

type poll struct {
	Question string     `json:"question"`
	Options  []labelled `json:"options"`
}

type checklist struct {
	Title string     `json:"title"`
	Tasks []labelled `json:"tasks"`
}

// rich is a text in blocks, of which there are two dozen kinds.
type rich struct {
	Blocks []json.RawMessage `json:"blocks"`
}

type dice struct {
	Emoji string `json:"emoji"`
}

type callback struct {
	ID      string   `json:"id"`
	From    user     `json:"from"`
	Message *message `json:"message"` // absent, or inaccessible with date 0
	Data    string   `json:"data"`
}

type memberChange struct {
	Chat chat   `json:"chat"`
	From user   `json:"from"`
	Date int64  `json:"date"`
	Old  member `json:"old_chat_member"`
	New  member `json:"new_chat_member"`
}

type member struct {
	Status   string `json:"status"`
	IsMember bool   `json:"is_member"` // of a restricted one
}

func (m member) in() bool {
	switch m.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return m.IsMember
	}
	return false
}

type reaction struct {
	Chat    chat           `json:"chat"`
	Message int64          `json:"message_id"`
	User    *user          `json:"user"`
	Date    int64          `json:"date"`
	New     []reactionType `json:"new_reaction"`
}

type reactionType struct {
	Emoji string `json:"emoji"`
}
