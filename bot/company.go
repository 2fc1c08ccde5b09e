package bot

import (
	"strings"
	"time"
	"unicode"

	"crmbot/crm"
)

// Company is what the config says about the house. It does not change while
// the program runs.
type Company struct {
	Name     string
	Language string // when the person's is not known
	Zone     *time.Location
	Currency string // ISO 4217, of amounts typed without one
	Country  string // ISO 3166, of phone numbers typed without a prefix
	Stages   crm.Stages
	Sources  []Source
	DayEnds  int // hour of the company's zone after which "today" becomes tomorrow in promises
	// Platforms is what people call the platforms, by language: the
	// Features.Names of the adapters that are installed.
	Platforms map[string]map[string]string
	// Threads are the places where colleagues answer customers, in order.
	Threads []ThreadPlace
	Hold    time.Duration // how long words to a customer can still be stopped
	Hours   crm.Hours
	Rules   crm.Rules
	Survey  bool // customers are asked how content they are
	Flood   Flood
	// Translates says that there is a Translator.
	Translates bool
	// Page is the address of the page where colleagues answer in the browser, ""
	// if there is none.
	Page string
	// Started is when this process began: a live thread from before is none.
	Started   time.Time
	Knowledge Knowledge
	// Features of the installs, by "platform/install".
	Features map[string]Features
	// Desks are the platforms with a desk of their own, to which a chat can be
	// given: those that can OpTransfer.
	Desks map[string]bool
}

// PlatformName is what people call a platform in a language.
func (c *Company) PlatformName(platform, language string) string {
	names := c.Platforms[platform]
	for _, l := range []string{language, "en"} {
		if name := names[l]; name != "" {
			return name
		}
	}
	return platform
}

// SourceName is what people call a source: in Chinese by the first of its
// words that is Chinese, else by its name.
func (c *Company) SourceName(name, language string) string {
	if !strings.HasPrefix(language, "zh") {
		return name
	}
	for _, s := range c.Sources {
		if s.Name != name {
			continue
		}
		for _, word := range s.Words {
			if strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				return word
			}
		}
	}
	return name
}

// Knowledge is how the knowledge base is kept and used.
type Knowledge struct {
	// Wrong is the share of the bot's answers that may be wrong, between 0 and 1:
	// from it follows how sure an answer must be.
	Wrong float64
	// Keepers are the handles of those who keep the knowledge base; none is every
	// manager, or the admins where there is no manager.
	Keepers []string
	// Weekly is when the keepers get the week's misses, in the company's zone.
	Weekly Weekly
	// Embeds says that there is an Embedder, Answers that there is an Answerer.
	Embeds, Answers bool
	// Wait is how long a customer waits for a model before he gets what the bot
	// knows by itself.
	Wait time.Duration
	// PerDay bounds how often a model is asked for customers in a day of the
	// company's zone; 0 is never.
	PerDay int
}

// Weekly is a moment of each week.
type Weekly struct {
	Day    time.Weekday
	Minute int // of the day
	Off    bool
}

// Source is one place where customers come from. Words are what people type
// for it and what start payloads and scenes begin with.
type Source struct {
	Name  string // stored
	Words []string
}

// ThreadPlace is a chat of colleagues in which customers' conversations are
// opened as threads. Of the places at one install the first that fits is used.
type ThreadPlace struct {
	Platform Platform
	Install  Install
	Chat     ChatID
	// From are the installs whose customers belong here, as "platform:install";
	// none is all of them.
	From []string
	Team string // of the contact's owner or the person called; "" is every team
}

// Address is the place.
func (p ThreadPlace) Address() Address {
	return Address{Platform: p.Platform, Install: p.Install, Chat: p.Chat}
}

// Flood is how much one sender may write. Zero is no limit.
type Flood struct {
	PerMinute int           // above it nothing is answered; above twice that the sender is muted
	Mute      time.Duration // for how long
}

// FeaturesOf are the features of the install of a conversation.
func (c *Company) FeaturesOf(platform, install string) Features {
	return c.Features[platform+"/"+install]
}
