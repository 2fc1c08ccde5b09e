package commands

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"crmbot/bot"
	"crmbot/bot/pinyin"
	"crmbot/crm"
)

var roles = []string{
	string(crm.RoleAdmin), string(crm.RoleManager), string(crm.RoleSales), string(crm.RoleService),
}

// users are the commands about the people who work here.
func users() []bot.Command {
	who := bot.Arg{Name: "user", Type: bot.ArgUser, Need: bot.Required}
	role := bot.Arg{Name: "role", Type: bot.ArgChoice, Choices: roles, Need: bot.Required}
	house := rolesOf(admins, staff(
		bot.Command{Name: "user.add", Run: userAdd, Args: []bot.Arg{
			{Name: "name", Type: bot.ArgWord, Need: bot.Required},
			role,
			{Name: "team", Type: bot.ArgTeam, Need: bot.Asked},
			{Name: "handle", Type: bot.ArgWord, Keyed: true},
		}},
		bot.Command{Name: "user.role", Run: userRole, Args: []bot.Arg{who, role}},
		bot.Command{Name: "user.team", Run: userTeam, Args: []bot.Arg{
			who, {Name: "team", Type: bot.ArgTeam, Need: bot.Required},
		}},
		bot.Command{Name: "user.off", Confirm: true, Run: userOff, Args: []bot.Arg{who}},
		bot.Command{Name: "user.on", Run: userOn, Args: []bot.Arg{
			{Name: "name", Type: bot.ArgText, Need: bot.Required},
		}},
		bot.Command{Name: "user.code", Run: userCode, Args: []bot.Arg{who}},
		bot.Command{Name: "access.grant", Hidden: true, Run: accessGrant, Args: []bot.Arg{
			{Name: "identity", Type: bot.ArgWord, Keyed: true}, role,
		}},
	))
	return append(house,
		bot.Command{Name: "user.list", Query: true, For: crm.AudienceStaff, Run: userList, Args: []bot.Arg{paged}},
		bot.Command{Name: "language", Run: language, Args: []bot.Arg{
			{Name: "language", Type: bot.ArgLanguage, Need: bot.Required},
		}},
		bot.Command{Name: "link", Run: link, Args: []bot.Arg{
			{Name: "code", Type: bot.ArgWord, Need: bot.Required},
		}},
	)
}

func userAdd(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	n := crm.NewUser{
		Name:   r.Args.String("name"),
		Handle: r.Args.String("handle"),
		Role:   crm.Role(r.Args.String("role")),
		Team:   r.Args.String("team"),
	}
	all, err := r.CRM.Users.List(ctx, r.Actor, false)
	if err != nil {
		return nil, err
	}
	if n.Handle == "" {
		n.Handle = handleFor(n.Name, all)
	}
	u, code, err := r.CRM.Users.Add(ctx, r.Actor, n)
	if err != nil {
		return nil, err
	}
	key := "user.added"
	if n.Team != "" {
		key = "user.added.team"
	}
	text := r.Words.T(key, "user", u.Name, "handle", u.Handle,
		"role", choiceName(r, "role", string(u.Role)), "team", n.Team, "code", code) + whereToSay(r)
	if twins := namesakes(all, u.Name); len(twins) > 0 {
		text += "\n" + r.Words.T("user.twin", "name", u.Name, "handles", r.Words.Enum(twins))
	}
	return private(text), nil
}

// handleFor proposes a free handle for a Chinese name; "" leaves it to the
// service.
func handleFor(name string, all []*crm.User) string {
	base := pinyin.Handle(name)
	handle := base
	for n := 2; base != "" && slices.ContainsFunc(all, func(u *crm.User) bool { return u.Handle == handle }); n++ {
		handle = base + strconv.Itoa(n)
	}
	return handle
}

// namesakes are the handles of those who are called the same.
func namesakes(all []*crm.User, name string) []string {
	var handles []string
	for _, u := range all {
		if strings.EqualFold(u.Name, name) {
			handles = append(handles, u.Handle)
		}
	}
	return handles
}

// userOn finds somebody who has left by handle or name.
func userOn(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	name := r.Args.String("name")
	all, err := r.CRM.Users.List(ctx, r.Actor, false)
	if err != nil {
		return nil, err
	}
	var found *crm.User
	for _, u := range all {
		if (strings.EqualFold(u.Handle, name) || strings.EqualFold(u.Name, name)) && (found == nil || !u.Active) {
			found = u
		}
	}
	if found == nil {
		return nil, crm.Fail(crm.CodeNotFound, "find.nobody", "text", cut(name, 40))
	}
	u, code, err := r.CRM.Users.On(ctx, r.Actor, found.ID)
	if err != nil {
		return nil, err
	}
	return private(r.Words.T("user.on", "user", u.Name, "role", choiceName(r, "role", string(u.Role)), "code", code) + whereToSay(r)), nil
}

// private is a Reply that holds a secret: for the asker alone.
func private(text string) *bot.Reply { return &bot.Reply{Text: text, Private: true} }

func userCode(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	code, err := r.CRM.Users.NewCode(ctx, r.Actor, r.Args.User("user"))
	if err != nil {
		return nil, err
	}
	return private(r.Words.T("user.code", "user", userName(ctx, r, r.Args.User("user")), "code", code) + whereToSay(r)), nil
}

// whereToSay is where a newcomer can say his code, besides the chats that he
// knows: on the page for colleagues, if there is one.
func whereToSay(r *bot.Request) string {
	if r.Company.Page == "" {
		return ""
	}
	return "\n" + r.Words.T("user.page", "page", r.Company.Page)
}

func userRole(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := r.CRM.Users.SetRole(ctx, r.Actor, r.Args.User("user"), crm.Role(r.Args.String("role")))
	if err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T("user.roled", "user", u.Name, "role", choiceName(r, "role", string(u.Role)))), nil
}

func userTeam(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := r.CRM.Users.SetTeam(ctx, r.Actor, r.Args.User("user"), r.Args.String("team"))
	if err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T("user.teamed", "user", u.Name, "team", r.Args.String("team"))), nil
}

func userOff(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	u, err := r.CRM.Users.Off(ctx, r.Actor, r.Args.User("user"))
	if err == nil {
		_, err = absent(ctx, r, u.ID)
	}
	if err != nil {
		return nil, err
	}
	return bot.Text(r.Words.T("user.gone", "user", u.Name)), nil
}

func userList(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	found, err := r.CRM.Users.List(ctx, r.Actor, true)
	if err != nil {
		return nil, err
	}
	teams, err := teamNames(ctx, r)
	if err != nil {
		return nil, err
	}
	at := page(r)
	part := found[min(at.Offset, len(found)):min(at.Offset+at.Limit, len(found))]
	var rows []string
	for _, u := range part {
		rows = append(rows, named(u.Name, u.Handle, choiceName(r, "role", string(u.Role)), teams[u.TeamID]))
	}
	return list(r, "user.list", rows, len(found)), nil
}

// teamNames are the names of all teams.
func teamNames(ctx context.Context, r *bot.Request) (map[crm.TeamID]string, error) {
	found, err := r.Store.Teams(ctx)
	if err != nil {
		return nil, err
	}
	names := map[crm.TeamID]string{}
	for _, t := range found {
		names[t.ID] = t.Name
	}
	return names, nil
}

// accessGrant lets somebody in who asked for it.
func accessGrant(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	id, err := strconv.ParseInt(r.Args.String("identity"), 10, 64)
	if err != nil {
		return nil, crm.Fail(crm.CodeNotFound, "access.gone").Because(err)
	}
	u, err := r.CRM.Users.Grant(ctx, r.Actor, crm.IdentityID(id), crm.Role(r.Args.String("role")))
	if err != nil {
		return nil, err
	}
	r.Tell(u.ID, "notice.access.granted")
	return bot.Text(r.Words.T("access.granted", "user", calledUser(r, u), "role", choiceName(r, "role", string(u.Role)))), nil
}

// calledUser is what a colleague is called, with a word for whoever has not
// said.
func calledUser(r *bot.Request, u *crm.User) string {
	if u.Named() {
		return u.Name
	}
	return r.Words.Called("")
}

// language sets what the person reads from now on. The answer is in it.
func language(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	to := r.Args.String("language")
	switch {
	case r.User != nil:
		if err := r.CRM.Users.SetLanguage(ctx, r.Actor, to); err != nil {
			return nil, err
		}
		r.User.Language = to
	case r.Contact != nil:
		c, err := r.CRM.Contacts.Set(ctx, crm.System(), r.Contact.ID, map[string]string{"language": to})
		if err != nil {
			return nil, err
		}
		r.Contact = c
	default:
		return nil, crm.Fail(crm.CodeUnidentified, "error.unidentified")
	}
	return bot.Text(r.Words.In(to).T("language.set")), nil
}

// link ties this chat to the User whom the code was made for.
func link(ctx context.Context, r *bot.Request) (*bot.Reply, error) {
	code := strings.ToUpper(strings.TrimSpace(r.Args.String("code")))
	u, err := r.CRM.Users.Link(ctx, r.Identity, code)
	if crm.CodeOf(err) == crm.CodeInvalid {
		// Said and not returned: an error would take back the count of guesses.
		return private(r.Words.Error(err)), nil
	}
	if err != nil {
		return nil, err
	}
	if !u.Named() { // he is asked at once
		r.Session.Form = &bot.FormState{
			Command: "name", Asking: "name", Values: map[string]string{},
			Started: r.Now.UTC(), Asked: r.Now.UTC(), Lang: r.Words.Lang(),
		}
		r.Session.Changed()
		return private(r.Words.T("link.nameless", "role", choiceName(r, "role", string(u.Role)))), nil
	}
	return private(r.Words.T("link.done", "user", u.Name, "role", choiceName(r, "role", string(u.Role)))), nil
}
