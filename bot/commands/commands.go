// Package commands is what the people who work here can ask for.
//
// There is one file for each noun: its commands as data first, then what they
// do. A command reads its arguments from the Request, which the router has
// bound and checked, asks the services of crm for the work, and answers with a
// short sentence, a card or a list. Whatever changes something ends with an
// Undo button, and whoever is given something is told in his own chat, by a
// notice of this package, in his own language.
//
// No word that people read is written here: the sentences, and the words that
// are typed, are in package locale under the names of the commands.
package commands

import (
	"slices"

	"crmbot/bot"
	"crmbot/crm"
)

// All returns every staff command and every notice.
func All() []bot.Command {
	return slices.Concat(
		leads(), opportunities(), tickets(), contacts(), accounts(),
		transfers(), blocks(), merges(), conversations(), activities(), pipelines(), records(), answers(), articles(), sets(),
		presences(), places(), homes(), users(), notices(),
	)
}

// selling is everybody who works with leads and deals.
var selling = []crm.Role{crm.RoleAdmin, crm.RoleManager, crm.RoleSales}

// admins is who runs the house.
var admins = []crm.Role{crm.RoleAdmin}

// staff completes commands of the people who work here.
func staff(commands ...bot.Command) []bot.Command {
	for i := range commands {
		if commands[i].For == "" {
			commands[i].For = crm.AudienceStaff
		}
	}
	return commands
}

// rolesOf lets only those roles use the commands.
func rolesOf(roles []crm.Role, commands []bot.Command) []bot.Command {
	for i := range commands {
		if commands[i].Roles == nil {
			commands[i].Roles = roles
		}
	}
	return commands
}
