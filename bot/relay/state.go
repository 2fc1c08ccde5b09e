package relay

import (
	"context"
	"time"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/markup"
	"crmbot/crm"
)

// What is in Release.Why besides the reasons of platforms and those in send.go.
const (
	whyGathers     = "gathers"     // it waits for what follows, for there is one right to write left
	whyTranslating = "translating" // it waits for its translation
	whyWaits       = "waits"       // for the customer's next word
	whyNudged      = "nudged"      // the same, and he was told that a reply waits
)

// restate has the line of a release drawn anew where it was written.
func restate(ctx context.Context, r *bot.Request, rel *crm.Release, more ...string) error {
	if rel.ThreadID == 0 {
		if rel.State == crm.ReleaseDraft || rel.State == crm.ReleaseStopped && rel.UserID != r.Actor.User {
			r.Tell(rel.UserID, line("relay.result", "release", number(rel.ID)))
		}
		return nil
	}
	t, err := r.Store.Thread(ctx, rel.ThreadID)
	if err != nil || t.Topic == "" {
		return err
	}
	pairs := append([]string{"release", number(rel.ID)}, more...)
	send(r, whereIs(t), line("relay.state", pairs...), time.Time{})
	return nil
}

// state is relay.state: the line of a release as it stands now.
func state(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, crm.ReleaseID(numbered(r, "release")))
	if err != nil {
		return nil, err
	}
	if waits := r.Args.String("waits"); rel.Why == "" && rel.Delivery == crm.DeliveryQueued {
		rel.Why = waits
	}
	if !r.Features.Can(bot.OpEdit) && silent(rel) {
		return nil, nil // a new line for each step would be noise
	}
	reply, err := of.standing(ctx, r, rel, crm.UserID(numbered(r, "by")))
	if err != nil {
		return nil, err
	}
	post := bot.Post{Op: bot.OpEdit, Reply: reply, Label: held(rel.ID), Stays: true}
	if !r.Features.Can(bot.OpEdit) {
		post.Op, post.Label = bot.OpPost, ""
	}
	if failed(rel) {
		post.Notify = []crm.UserID{rel.UserID}
	}
	r.Post(post)
	return nil, nil
}

// result is relay.result, in the author's own chat: how words stand that he wrote
// in no thread.
func result(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	rel, of, err := releaseOf(ctx, r, crm.ReleaseID(numbered(r, "release")))
	if err != nil {
		return nil, err
	}
	reply, err := of.standing(ctx, r, rel, 0)
	if err == nil && visible(r, rel) && rel.Body != "" { // his words stand far above
		reply.Text += "\n" + quoted(rel.Body)
	}
	return reply, err
}

// silent says whether a release stands as everybody would expect.
func silent(rel *crm.Release) bool {
	return rel.State == crm.ReleaseSent && rel.Why == "" && !failed(rel) || rel.State == crm.ReleaseHeld
}

func failed(rel *crm.Release) bool {
	return rel.State == crm.ReleaseSent && (rel.Delivery == crm.DeliveryFailed || rel.Delivery == crm.DeliveryUnknown)
}

// standing is the line of a release: to whom it goes, what became of it, and
// what can be done about it. by is who stopped it, if somebody did.
func (of *customer) standing(ctx context.Context, r *bot.Request, rel *crm.Release, by crm.UserID) (*bot.Reply, error) {
	reply := &bot.Reply{}
	var err error
	switch rel.State {
	case crm.ReleaseHeld:
		of.heldLine(r, rel, reply)
	case crm.ReleaseDraft:
		reply.Text = of.sentence(r, r.Words, "relay.draft."+draftKey(rel))
		reply.Buttons = choices(r, rel, "button.send")
		if rel.Why == whyFile && rel.Body == "" {
			reply.Buttons = reply.Buttons[1:] // nothing is left to send
		}
	case crm.ReleaseStopped:
		reply.Text = of.sentence(r, r.Words, stoppedKey(rel), "user", userName(ctx, r, by))
		gone := rel.Why == whyLeft || rel.Why == whyBlocked
		if by == 0 && !gone {
			reply.Text = of.sentence(r, r.Words, "relay.stopped")
		}
		if !gone {
			reply.Buttons = []bot.Button{{Label: r.Words.Label("button.send"), Action: line("conversation.send", "release", number(rel.ID)), Once: true}}
		}
	case crm.ReleaseSent:
		err = of.sentLine(ctx, r, rel, reply)
	}
	if err != nil {
		return nil, err
	}
	if !visible(r, rel) {
		reply.Text += "\n" + quoted(rel.Body)
	}
	return reply, nil
}

// heldLine says when words go, and how to stop them.
func (of *customer) heldLine(r *bot.Request, rel *crm.Release, reply *bot.Reply) {
	wait := rel.Due.Sub(r.Now).Round(time.Second)
	switch {
	case rel.Why == whyTranslating:
		reply.Text = of.sentence(r, r.Words, "relay.translating", "language", of.language(r.Words))
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: r.Words.Label("button.original"), Action: line("conversation.send", "release", number(rel.ID), "to", toOriginal), Once: true,
		})
	case rel.Why == whyWaits:
		reply.Text = of.sentence(r, r.Words, "relay.waits")
	case wait <= 0:
		reply.Text = of.sentence(r, r.Words, "relay.goes")
	default:
		reply.Text = of.sentence(r, r.Words, "relay.held", "n", int(wait/time.Second))
	}
	if rel.Original != "" {
		reply.Text += "\n" + preview(r, rel)
		reply.Buttons = append(reply.Buttons, bot.Button{
			Label: r.Words.Label("button.original"), Action: line("conversation.send", "release", number(rel.ID), "to", toOriginal), Once: true,
		})
	}
	reply.Buttons = append([]bot.Button{{
		Label: r.Words.Label("relay.button.stop"), Action: line("conversation.stop", "release", number(rel.ID)), Style: bot.StyleDanger, Once: true,
	}}, reply.Buttons...)
}

// sentLine says what became of words that went out, never better than known.
func (of *customer) sentLine(ctx context.Context, r *bot.Request, rel *crm.Release, reply *bot.Reply) error {
	switch rel.Delivery {
	case crm.DeliveryAccepted:
		reply.Text = of.sentence(r, r.Words, "relay.accepted")
		reply.Buttons = learn(r, rel)
	case crm.DeliveryDelivered:
		reply.Text = of.sentence(r, r.Words, "relay.delivered")
		reply.Buttons = learn(r, rel)
	case crm.DeliveryUnknown, crm.DeliveryFailed:
		reply.Text = of.sentence(r, r.Words, failedKey(r, rel))
		reply.Buttons = []bot.Button{{
			Label: r.Words.Label("button.again"), Action: line("conversation.again", "release", number(rel.ID)), Style: bot.StylePrimary, Once: true,
		}}
		others, err := of.otherwise(ctx, r, rel)
		reply.Buttons = append(reply.Buttons, others...)
		return err
	default:
		key := "relay.queued"
		switch rel.Why {
		case whyGathers:
			key = "relay.gathers"
		case whyWaits, whyNudged:
			key = "unsent." + rel.Why
		}
		reply.Text = of.sentence(r, r.Words, key)
		if rel.Why == whyWaits || rel.Why == whyNudged {
			others, err := of.otherwise(ctx, r, rel)
			reply.Buttons = others
			return err
		}
	}
	return nil
}

// learns is from which length on, in runes, words may be an answer to others too.
const learns = 12

// learn is the button that makes words an answer of the bot.
func learn(r *bot.Request, rel *crm.Release) []bot.Button {
	if utf8.RuneCountInString(rel.Body) < learns {
		return nil
	}
	return []bot.Button{{
		Label: r.Words.Label("relay.button.learn"), Action: line("answer.save", "release", number(rel.ID)), Form: r.Features.Can(bot.OpView),
	}}
}

// failedKey is the sentence that says why words have not arrived.
func failedKey(r *bot.Request, rel *crm.Release) string {
	if rel.Delivery == crm.DeliveryUnknown {
		return "unsent.ambiguous"
	}
	if key := "unsent." + rel.Why; rel.Why != "" && r.Words.Has(key) {
		return key
	}
	return "unsent.failed"
}

// draftKey is why words that were held wait for a yes.
func draftKey(rel *crm.Release) string {
	switch rel.Why {
	case whyLive, whyFile, whyLapsed:
		return rel.Why
	}
	return "plain"
}

// stoppedKey is why words do not go.
func stoppedKey(rel *crm.Release) string {
	switch rel.Why {
	case whyLeft, whyBlocked:
		return "relay.stopped." + rel.Why
	}
	return "relay.stopped.by"
}

// visible says whether those who read the line of a release see its words
// above it.
func visible(r *bot.Request, rel *crm.Release) bool {
	return rel.Body == "" || rel.Original != "" && rel.State == crm.ReleaseHeld || rel.Source != "" && rel.Original == ""
}

// quoted are words of a colleague under a line about them.
func quoted(body string) string { return "“" + markup.Escape(clip(body, 300)) + "”" }
