package pipeline

import (
	"maps"

	"crmbot/bot"
)

// introduced is a copy of the company that learns what people call the
// platforms, what they can do and when we began.
func introduced(c *bot.Company) *bot.Company {
	if c == nil {
		return nil
	}
	own := *c
	own.Platforms = map[string]map[string]string{}
	maps.Copy(own.Platforms, c.Platforms)
	own.Desks = map[string]bool{}
	maps.Copy(own.Desks, c.Desks)
	own.Features = map[string]bot.Features{}
	maps.Copy(own.Features, c.Features)
	return &own
}

// introduce tells the company the platform's names, what the install can do, and
// whether it has a desk of its own.
func (p *Pipeline) introduce(platform bot.Platform, name bot.Install, a bot.Adapter) {
	if p.opt.Company != nil && a != nil {
		f := a.Features()
		p.opt.Company.Platforms[string(platform)] = f.Names
		p.opt.Company.Features[string(platform)+"/"+string(name)] = f
		if f.Can(bot.OpTransfer) {
			p.opt.Company.Desks[string(platform)] = true
		}
	}
}
