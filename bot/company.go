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

// Source is one place where customers come from. Words are what people type
// for it and what start payloads and scenes begin with.
type Source struct {
	Name  string // stored
	Words []string
}
