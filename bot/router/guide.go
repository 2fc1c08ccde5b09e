package router

import (
	"slices"
	"strings"

	"crmbot/bot"
	"crmbot/crm"
)

// Guide is what people can ask for in an install, for lists that a platform
// shows: commands by their words. What is for those alone who lead others is
// left out, for the list is the same for all colleagues.
func (r *Router) Guide(audience crm.Audience) bot.Menu {
	var m bot.Menu
	for _, c := range r.order {
		item, ok := r.guideItem(c)
		if !ok {
			continue
		}
		if c.For == "" && forCustomers(c) || forCustomers(c) && audience == crm.AudienceCustomers {
			m.Everybody = append(m.Everybody, item)
		}
		daily := len(c.Roles) == 0 || slices.Contains(c.Roles, crm.RoleSales) || slices.Contains(c.Roles, crm.RoleService)
		if c.For != crm.AudienceCustomers && daily {
			m.Staff = append(m.Staff, item)
		}
	}
	return m
}

// guideItem is a command's line and what it does; ok is false for one that is
// not shown.
func (r *Router) guideItem(c *bot.Command) (item bot.MenuItem, ok bool) {
	item = bot.MenuItem{About: bot.Local{}}
	for _, lang := range r.catalog.Languages() {
		w := r.catalog.Words(lang)
		if c.Hidden || !w.Has("help."+c.Name) {
			return item, false
		}
		item.About[lang] = capital(w.Label("help." + c.Name))
	}
	item.Line = first(r.catalog.Words("en"), "command."+c.Name, "")
	return item, item.Line != "" && item.Line == strings.ToLower(item.Line)
}
