package telegram

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"crmbot/bot"
)

// Limits of the list of commands.
const (
	menuMost = 100
	aboutMax = 256
)

// codes are the languages in which the list is set, as Telegram names them; ""
// is everybody else's.
var codes = []string{"en", "zh", ""}

// language is ours behind a code.
func (a *Adapter) language(code string) string {
	switch code {
	case "":
		return a.cfg.Language
	case "zh":
		return "zh-CN"
	}
	return code
}

type botCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

var commandShape = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

// commands is a menu as Telegram has it, in a language. "my leads" is typed as
// /my_leads; what cannot be written that way is left out.
func commands(items []bot.MenuItem, language string) []botCommand {
	list := []botCommand{}
	for _, item := range items {
		c := botCommand{
			Command:     strings.ReplaceAll(item.Line, " ", "_"),
			Description: bot.Limit{Max: aboutMax, Unit: bot.UTF16}.Cut(item.About.In(language)),
		}
		double := slices.ContainsFunc(list, func(other botCommand) bool { return other.Command == c.Command })
		if commandShape.MatchString(c.Command) && c.Description != "" && !double && len(list) < menuMost {
			list = append(list, c)
		}
	}
	return list
}

// fingerprint tells one menu from another.
func fingerprint(items []bot.MenuItem) string {
	raw, err := json.Marshal(items)
	if err != nil || len(items) == 0 {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// SetMenu says what the lists of commands show. It is called before Run.
func (a *Adapter) SetMenu(m bot.Menu) { a.menu = m }

// place says whether a chat is one where colleagues answer customers.
func (a *Adapter) place(chat bot.ChatID) bool { return slices.Contains(a.menu.Places, chat) }

// offers says whether a command is on a list that people see in a chat.
func (a *Adapter) offers(name string, chat bot.ChatID) bool {
	items := a.menu.Everybody
	if a.cfg.Staff || a.place(chat) {
		items = slices.Concat(items, a.menu.Staff)
	}
	return slices.ContainsFunc(items, func(item bot.MenuItem) bool {
		return strings.EqualFold(strings.ReplaceAll(item.Line, " ", "_"), name)
	})
}

// menuVersion changes when the lists are set in another way.
const menuVersion = "2 "

// setMenu sets the lists of commands that nobody in particular sees, unless
// they are set already. Colleagues get theirs in their own chats, and as
// administrators of the groups where we have answered one: anybody may add us to
// a group of his own.
func (a *Adapter) setMenu(ctx context.Context) error {
	if len(a.menu.Everybody)+len(a.menu.Staff) == 0 {
		return nil
	}
	key, now := a.key("menu"), menuVersion+fingerprint(a.menu.Everybody)+a.cfg.Language
	if set, err := a.host.Value(ctx, key); err != nil || set == now {
		return err
	}
	for _, scope := range []string{"all_chat_administrators", "all_private_chats", "default"} {
		items := a.menu.Everybody
		if scope == "all_chat_administrators" {
			items = nil
		}
		for _, code := range codes {
			if err := a.setCommands(ctx, map[string]any{"type": scope}, code, commands(items, a.language(code))); err != nil {
				return err
			}
		}
	}
	return a.host.SetValue(ctx, key, now, 0)
}

// setCommands sets the list of a scope for people of one language, or takes it
// away; code is the language as Telegram names it, "" for everybody else's.
func (a *Adapter) setCommands(ctx context.Context, scope map[string]any, code string, list []botCommand) error {
	where, err := json.Marshal(scope)
	if err != nil {
		return err
	}
	params := tgbotapi.Params{"scope": string(where)}
	if code != "" {
		params["language_code"] = code
	}
	method := "deleteMyCommands"
	if len(list) > 0 {
		raw, err := json.Marshal(list)
		if err != nil {
			return err
		}
		method, params["commands"] = "setMyCommands", string(raw)
	}
	return a.call(ctx, callTime, method, params, nil)
}

// groupMenu gives a group the list of commands of colleagues, for one of them
// was answered there: its administrators, or everybody where it is a place that
// the config names.
func (a *Adapter) groupMenu(ctx context.Context, out bot.Outgoing) {
	named := a.place(out.To.Chat)
	if !a.cfg.Staff && !named || !out.Colleague || len(a.menu.Staff) == 0 {
		return
	}
	kind := "chat_administrators"
	if named {
		kind = "chat"
	}
	state, sign, err := a.look(ctx, out.To.Chat)
	want := kind + fingerprint(a.menu.Staff) + a.cfg.Language
	if err != nil || state.Menu == want {
		return
	}
	scope := map[string]any{"type": kind, "chat_id": json.Number(out.To.Chat)}
	for _, code := range codes {
		if err = a.setCommands(ctx, scope, code, commands(a.menu.Staff, a.language(code))); err != nil {
			break
		}
	}
	if err != nil {
		a.host.Logger().WarnContext(ctx, "cannot set the commands of a group", "error", err)
		if f := a.failure(err, true); f.Class == bot.Transient || f.Class == bot.RateLimited {
			return
		}
	}
	a.keep(ctx, out.To.Chat, chatState{Menu: want}, sign)
}

// menuOf gives a colleague's chat the list of commands that he may use, and
// takes it from whoever is none any more. No message is held back for it.
func (a *Adapter) menuOf(ctx context.Context, out bot.Outgoing, state *chatState) {
	want, list := "", []botCommand(nil)
	if out.Staff && len(a.menu.Staff) > 0 {
		want = fingerprint(a.menu.Staff) + out.Language
		list = commands(a.menu.Staff, out.Language)
	}
	if state.Menu == want {
		return
	}
	scope := map[string]any{"type": "chat", "chat_id": json.Number(out.To.Chat)}
	if err := a.setCommands(ctx, scope, "", list); err != nil {
		a.host.Logger().WarnContext(ctx, "cannot set a colleague's commands", "error", err)
		if f := a.failure(err, true); f.Class == bot.Transient || f.Class == bot.RateLimited {
			return
		}
	}
	state.Menu = want
}
