package slacktest

import (
	"encoding/json"
	"strconv"
	"time"
)

type block struct {
	Type     string    `json:"type"`
	BlockID  string    `json:"block_id"`
	Text     *text     `json:"text"`
	Fields   []text    `json:"fields"`
	Elements []element `json:"elements"`
	Label    *text     `json:"label"`
	Hint     *text     `json:"hint"`
	Element  *element  `json:"element"`
	Beside   *element  `json:"accessory"`
}

type element struct {
	Type     string          `json:"type"`
	ActionID string          `json:"action_id"`
	Value    string          `json:"value"`
	URL      string          `json:"url"`
	Text     json.RawMessage `json:"text"`
	Initial  string          `json:"initial_value"`
	Longest  int             `json:"max_length"`
	Date     string          `json:"initial_date"`
	Options  []option        `json:"options"`
	Chosen   *option         `json:"initial_option"`
}

type option struct {
	Text  text   `json:"text"`
	Value string `json:"value"`
}

type text struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

func (t *text) over(limit int) bool {
	return t != nil && (t.Text == "" || len([]rune(t.Text)) > limit)
}

func (o *option) wrong() bool {
	return o.Text.over(75) || o.Text.Type != "plain_text" || o.Value == "" || len([]rune(o.Value)) > 150
}

// wrong is Slack's view of a button or a field.
func (e *element) wrong() bool {
	switch e.Type {
	case "button":
		var label text
		return json.Unmarshal(e.Text, &label) != nil || label.over(75) || len(e.Value) > 2000 || len(e.URL) > 3000
	case "plain_text_input":
		return e.Longest < 0 || e.Longest > 3000 || e.Longest > 0 && len([]rune(e.Initial)) > e.Longest
	case "datepicker":
		_, err := time.Parse(time.DateOnly, e.Date)
		return e.Date != "" && err != nil
	case "static_select", "external_select":
		return e.wrongList()
	}
	return false
}

func (e *element) wrongList() bool {
	known := e.Type == "external_select" || e.Chosen == nil
	for _, o := range e.Options {
		if o.wrong() {
			return true
		}
		known = known || o == *e.Chosen
	}
	if e.Type == "external_select" {
		return len(e.Options) > 0 || e.Chosen != nil && e.Chosen.wrong()
	}
	return !known || len(e.Options) == 0 || len(e.Options) > 100
}

// checkBlocks is Slack's view of the blocks of a message: "" or what is wrong.
func checkBlocks(raw string) string {
	if raw == "" {
		return ""
	}
	if unwrapped, err := strconv.Unquote(raw); err == nil {
		raw = unwrapped
	}
	wrong, total := checkList(raw, 50)
	if wrong != "" {
		return wrong
	}
	if total > 13200 {
		return "msg_blocks_too_long"
	}
	return ""
}

// checkList checks blocks, and counts the characters of their texts.
func checkList(raw string, most int) (wrong string, total int) {
	var blocks []block
	if json.Unmarshal([]byte(raw), &blocks) != nil || len(blocks) > most {
		return "invalid_blocks", 0
	}
	seen := map[string]bool{}
	for _, b := range blocks {
		if b.BlockID != "" && seen[b.BlockID] || len(b.BlockID) > 255 || b.wrong() {
			return "invalid_blocks", 0
		}
		seen[b.BlockID] = true
		for _, t := range append(b.Fields, deref(b.Text)) {
			total += len([]rune(t.Text))
		}
		for _, e := range append(b.Elements, derefElement(b.Beside)) {
			if e.Type == "button" && seen["/"+e.ActionID] || e.wrong() {
				return "invalid_blocks", 0
			}
			seen["/"+e.ActionID] = e.Type == "button"
		}
	}
	return "", total
}

// wrong is Slack's view of a block by itself.
func (b *block) wrong() bool {
	if b.Type == "input" {
		return b.Label == nil || b.Label.over(2000) || b.Hint.over(2000) || b.Element == nil || b.Element.wrong()
	}
	limit := map[string]int{"header": 150, "section": 3000}[b.Type]
	if b.Text.over(limit) || len(b.Fields) > 10 || len(b.Elements) > 25 {
		return true
	}
	for _, f := range b.Fields {
		if f.over(2000) {
			return true
		}
	}
	return b.Type == "section" && b.Text == nil && len(b.Fields) == 0 || b.Type == "actions" && len(b.Elements) == 0
}

func deref(t *text) text {
	if t == nil {
		return text{}
	}
	return *t
}

func derefElement(e *element) element {
	if e == nil {
		return element{}
	}
	return *e
}

// Refuses is what Slack says of a message with this text and these blocks, ""
// if it takes it.
func Refuses(text, blocks string) string {
	return check(map[string]string{"text": text, "blocks": blocks})
}

// RefusesView is what Slack says of a view of a kind ("modal", "home"), "" if
// it takes it.
func RefusesView(view, kind string) string {
	_, wrong := checkView(view, kind)
	return wrong
}
