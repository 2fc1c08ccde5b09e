package relay

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/crm"
)

// Tell tells one colleague something about the customer's conversation
// r.Conversation, where he can be told alone: in a thread of it, else in his own
// chat, else in a thread among the others. key is of the locale, pairs are text.
func Tell(ctx context.Context, r *bot.Request, to crm.UserID, key string, pairs ...string) error {
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadOpen, crm.ThreadClosed)
	if err != nil || to == 0 {
		return err
	}
	t, alone, err := hears(ctx, r, to, threads)
	if err != nil {
		return err
	}
	if !alone {
		if alone, err = reached(ctx, r, to); err != nil {
			return err
		}
		if alone || t == nil {
			r.Tell(to, line("relay.told "+r.Conversation.Ref().String(), "key", key, "pairs", written(pairs)))
			return nil
		}
	}
	told := line("thread.tell", "thread", number(t.ID), "by", number(to), "key", key, "pairs", written(pairs))
	send(r, whereIs(t), told, time.Time{})
	return nil
}

// hears is the thread in which a colleague can be told something, alone if there
// is such a one; nil for none.
func hears(ctx context.Context, r *bot.Request, to crm.UserID, threads []*crm.Thread) (t *crm.Thread, alone bool, err error) {
	for _, x := range threads {
		id, err := identityAt(ctx, r, to, x)
		if err != nil {
			return nil, false, err
		}
		if id != nil && r.Company.FeaturesOf(x.Platform, x.Install).Can(bot.OpEphemeral) {
			return x, true, nil
		}
		if t == nil || id != nil {
			t = x
		}
	}
	return t, false, nil
}

// reached says whether a colleague has a chat of his own with us.
func reached(ctx context.Context, r *bot.Request, user crm.UserID) (bool, error) {
	own, err := r.Store.ConversationsOf(ctx, 0, user)
	for _, c := range own {
		if c.Direct {
			return true, err
		}
	}
	return false, err
}

// told is relay.told, in a colleague's own chat: what became of his wish.
func told(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	first, _, _ := strings.Cut(strings.TrimSpace(r.Args.Text), " ")
	ref, _ := crm.ParseRef(first)
	c, err := r.Store.Conversation(ctx, crm.ConversationID(ref.ID))
	if err != nil {
		return nil, err
	}
	of, err := customerOf(ctx, r, c)
	key := r.Args.String("key")
	if err != nil || !r.Words.Has(key) {
		return nil, err
	}
	return bot.Text(of.sentence(r, r.Words, key, read(r.Args.String("pairs"))...)), nil
}

// Say says something to everybody in the open threads of the customer's
// conversation r.Conversation, in the company's language, and calls some of them
// by name.
func Say(ctx context.Context, r *bot.Request, notify []crm.UserID, key string, pairs ...string) error {
	threads, err := threadsOf(ctx, r, r.Conversation, crm.ThreadOpen)
	for _, t := range threads {
		said := line("thread.tell", "thread", number(t.ID), "notify", list(notify), "key", key, "pairs", written(pairs))
		send(r, whereIs(t), said, time.Time{})
	}
	return err
}

// tell is thread.tell: a sentence for one colleague, or for all.
func tell(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	t, of, err := threadOf(ctx, r)
	if err != nil || t == nil {
		return nil, err
	}
	key, pairs := r.Args.String("key"), read(r.Args.String("pairs"))
	post := bot.Post{Stays: true, Notify: users(r.Args.String("notify"))}
	w := r.Words
	if by := crm.UserID(numbered(r, "by")); by != 0 {
		if w, err = alone(ctx, r, t, by, &post); err != nil {
			return nil, err
		}
	}
	if !w.Has(key) {
		return nil, crm.Fail(crm.CodeInvalid, "error.invalid").In("key")
	}
	if t.State == crm.ThreadOpen && of.ended(t) { // the end stands behind what was said before
		if err := catchUp(ctx, r, t, of, of.ClosedAt); err != nil {
			return nil, err
		}
	}
	post.Reply = bot.Text(of.sentence(r, w, key, pairs...))
	r.Post(post)
	return nil, nil
}

// alone makes a post one that a single colleague sees, in his language; where
// the platform has no such thing he is called by name.
func alone(ctx context.Context, r *bot.Request, t *crm.Thread, to crm.UserID, post *bot.Post) (*locale.Words, error) {
	id, err := identityAt(ctx, r, to, t)
	if err != nil {
		return nil, err
	}
	if id == nil || !r.Features.Can(bot.OpEphemeral) {
		post.Notify = append(post.Notify, to)
		return r.Words, nil
	}
	post.Op, post.For, post.Stays = bot.OpEphemeral, bot.SenderID(id.Sender), false
	if u, err := r.Store.User(ctx, to); err == nil && u.Language != "" && r.WordsIn != nil {
		return r.WordsIn(u.Language), nil
	}
	return r.Words, nil
}

// identityAt is how a colleague writes at the install of a thread, nil if he
// does not.
func identityAt(ctx context.Context, r *bot.Request, user crm.UserID, t *crm.Thread) (*crm.Identity, error) {
	found, err := r.Store.IdentitiesOf(ctx, 0, user)
	for _, id := range found {
		if id.Platform == t.Platform && id.Install == t.Install && id.GoneAt.IsZero() {
			return id, err
		}
	}
	return nil, err
}

// written is pairs of text as one value of a line, read takes them out again.
func written(pairs []string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func read(value string) []any {
	values, err := url.ParseQuery(value)
	if err != nil {
		return nil
	}
	var pairs []any
	for name := range values {
		pairs = append(pairs, name, values.Get(name))
	}
	return pairs
}

// list writes users as one value of a line, users reads them.
func list(ids []crm.UserID) string {
	var out []string
	for _, id := range ids {
		out = append(out, number(id))
	}
	return strings.Join(out, ".")
}

func users(value string) []crm.UserID {
	var out []crm.UserID
	for _, s := range strings.Split(value, ".") {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			out = append(out, crm.UserID(id))
		}
	}
	return out
}
