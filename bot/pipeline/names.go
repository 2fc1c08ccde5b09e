package pipeline

import (
	"maps"

	"crmbot/bot"
)

// introduced is a copy of the company that learns what people call the
// platforms.
func introduced(c *bot.Company) *bot.Company {
	if c == nil {
		return nil
	}
	own := *c
	own.Platforms = map[string]map[string]string{}
	maps.Copy(own.Platforms, c.Platforms)
	return &own
}

// introduce tells the company the platform's names.
func (p *Pipeline) introduce(platform bot.Platform, a bot.Adapter) {
	if p.opt.Company != nil && a != nil {
		p.opt.Company.Platforms[string(platform)] = a.Features().Names
	}
}
