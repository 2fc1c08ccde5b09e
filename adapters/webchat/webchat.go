// Package webchat is the company's own chat page: a page at /chat/{install}, a
// script that puts it into any other web page, and a socket behind both. This
// line, anywhere in a page of one of Config.Origins, is all it takes:
//
//	<script src="https://bot.example.com/chat/site/embed.js" async></script>
//
// A visitor signs in nowhere. The first socket gives him a random name in a
// signed token, his browser keeps the token, and whoever shows it again is the
// same visitor: after a reload, on another page, on another replica. No e-mail
// address and no phone number ever opens somebody's conversation.
//
// What goes out is not pushed through this process. The conversation is in the
// database already when Send is called, so Send has nothing to do; every
// socket, on whichever replica, is told when to read its own transcript
// (tail.go) and shows what is new. A page that is open and silent asks the
// database nothing and keeps some twenty kilobytes, so that thousands may be.
// What comes in is acknowledged when it is safe, under the name that the browser
// gave it, so a browser that lost its connection may send everything again.
//
// # The page of those who work here
//
// A staff install shows a list of the customers' conversations and, one at a
// time, their threads: rooms of the one chat "desk", each a topic of it. Send
// opens a thread by giving it a name; nothing is asked for elsewhere. Who may
// see a thread is asked of the house before anything of it is shown or taken
// (Host.Sees), and who writes in it is whoever the token names. What is written
// says where it goes: a note, words to the customer, or a question to the bot;
// a note of the page begins with the sign of a note, so that nothing of it can
// ever be taken for words to the customer. Somebody signs in by a one-time code
// that the bot gave him: the page says it to the bot in his own chat, as he
// might himself.
//
// The page draws what package markup parsed, as text nodes: nothing that
// anybody wrote is ever read as HTML.
package webchat

import (
	"context"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"crmbot/bot"
	"crmbot/bot/locale"
	"crmbot/bot/markup"
)

// Platform is the name of this platform in configs and addresses.
const Platform bot.Platform = "webchat"

// The limits.
const (
	textMax     = 8000     // runes of a message, either way
	frameMax    = 64 << 10 // bytes of a frame
	fileMax     = 20 << 20 // bytes of a file, as many as are kept
	buttonsMax  = 8
	cardMax     = 16 // buttons of a message on the staff page
	labelMax    = 80
	backlogMax  = 200   // entries shown again after a reload
	socketsMax  = 20000 // open at once, of all visitors,
	fromMax     = 500   // from one network
	pagesMax    = 10    // and of one visitor
	strikesMax  = 30    // refused frames before the socket is closed
	burst       = 10    // messages at once from one socket
	perSecond   = 2
	helloWithin = 10 * time.Second
	writeWithin = 10 * time.Second
	byeWithin   = 2 * time.Second
	pingEvery   = 25 * time.Second // proxies give up what is silent for a minute
	readEvery   = 5 * time.Second  // where colleagues work
	againSoon   = time.Second      // after a failure, at least
	readsAtOnce = 4                // of sockets, so that messages find a database that is free
	listEvery   = time.Second      // at most, and
	listBesides = 15 * time.Second // when nothing is told
)

// Config is an install in the config file.
type Config struct {
	Install bot.Install `yaml:"-"`
	// Title stands above the chat, in place of the company's name.
	Title string `yaml:"title"`
	// Company is the company's name, "" if it has none.
	Company string `yaml:"-"`
	// Origins are the web sites that may show this chat beside its own, as
	// "https://www.example.com".
	Origins []string `yaml:"origins"`
	// Staff is set where people who work here write: they have nobody to be
	// put through to.
	Staff bool `yaml:"-"`
	// Proxies are the addresses and networks of the proxies in front of us,
	// whose X-Forwarded-For is believed: how many pages an address may have open,
	// and how many strangers it may bring in, is counted by it.
	Proxies []string `yaml:"proxies"`
	// PublicURL is where browsers reach us, when a proxy in front of us says
	// another name.
	PublicURL string `yaml:"-"`
}

var (
	_ bot.Pages      = (*Adapter)(nil)
	_ bot.Downloader = (*Adapter)(nil)
	_ bot.Examiner   = (*Adapter)(nil)
)

// Adapter is one install of the chat page.
type Adapter struct {
	cfg     Config
	host    bot.Host
	words   *locale.Catalog
	rooms   rooms
	reads   chan struct{} // has a value for each read of a socket that is under way
	proxies proxies
	// doors open and strangers are let in by network, uploads by visitor; what
	// may be wrong for thousands at once is told by what it is.
	doors, strangers, uploads, told *gate

	mu  sync.Mutex
	key []byte // signs tokens; read from the Host once
}

// New makes the adapter. It fails when the install or an origin is unfit for an
// address.
func New(cfg Config, host bot.Host) (*Adapter, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	words, err := locale.Load()
	if err != nil {
		return nil, err
	}
	trusted, err := parseProxies(cfg.Proxies)
	if err != nil {
		return nil, err
	}
	return &Adapter{
		cfg: cfg, host: host, words: words, rooms: newRooms(), reads: make(chan struct{}, readsAtOnce), proxies: trusted,
		doors: newGate(doorsEvery, doorsBurst), strangers: newGate(strangersEvery, strangersBurst),
		uploads: newGate(uploadsEvery, uploadsBurst), told: newGate(toldEvery, 1),
	}, nil
}

// Platform is "webchat".
func (a *Adapter) Platform() bot.Platform { return Platform }

// Features says that everything is drawn. A shared number is a field to type
// into: nobody vouches for it, so it arrives as text.
func (a *Adapter) Features() bot.Features {
	f := bot.Features{
		Ops:     []bot.Op{bot.OpPost, bot.OpEdit, bot.OpDelete, bot.OpTyping},
		Text:    bot.Limit{Max: textMax, Unit: bot.Runes},
		Label:   bot.Limit{Max: labelMax, Unit: bot.Runes},
		Buttons: buttonsMax,
		Cards:   true,
		Tables:  true,
		Contact: true,
		Files:   true,
		Authors: true,
		Watched: true,
		Caption: bot.Limit{Max: textMax, Unit: bot.Runes},
		Names:   a.names(),
	}
	if a.cfg.Staff {
		f.Ops, f.Buttons = append(f.Ops, bot.OpThread, bot.OpEphemeral), cardMax
	}
	return f
}

// names is what people call this platform.
func (a *Adapter) names() map[string]string {
	names := map[string]string{}
	for _, lang := range a.words.Languages() {
		names[lang] = a.words.Words(lang).Label("web.name")
	}
	return names
}

// Run waits for ctx to end and then closes the sockets, so that the browsers
// look for another replica at once.
func (a *Adapter) Run(ctx context.Context, _ bot.Inbox) error {
	<-ctx.Done()
	a.rooms.close()
	return nil
}

// let counts a socket or an upload in, or answers that there is no room. Whoever
// was let in must leave the rooms.
func (a *Adapter) let(w http.ResponseWriter, from string) bool {
	if !a.doors.passes(from, a.host.Now()) {
		a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
		w.Header().Set("Retry-After", "5")
		http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
		return false
	}
	if a.rooms.let(from) {
		return true
	}
	a.host.Count(Platform, a.cfg.Install, bot.ReasonRefused, nil)
	if a.told.passes("full", a.host.Now()) {
		a.host.Logger().Warn("no room for another page", "open", a.rooms.count(), "most", socketsMax, "most_from_one_network", fromMax)
	}
	w.Header().Set("Retry-After", "30")
	http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	return false
}

// Send accepts: the sockets read the conversation themselves.
func (a *Adapter) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	switch out.Op {
	case bot.OpTyping:
		a.rooms.typing(ctx, out.To.Chat)
		return bot.Sent{}, nil
	case bot.OpThread:
		return a.openThread(ctx, out)
	case bot.OpEdit:
		return bot.Sent{ID: bot.MessageID(out.Key)}, a.redraw(ctx, out)
	}
	return bot.Sent{ID: bot.MessageID(out.Key)}, nil
}

// Measure counts the runes that are shown.
func (a *Adapter) Measure(s string) int { return utf8.RuneCountInString(markup.Plain(s)) }

// address is the chat of a sender: everybody has one.
func (a *Adapter) address(sender bot.SenderID) bot.Address {
	return bot.Address{Platform: Platform, Install: a.cfg.Install, Chat: bot.ChatID(sender)}
}
