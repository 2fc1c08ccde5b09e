package main

import (
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"crmbot/adapters"
	"crmbot/bot"
	"crmbot/crm"
)

// opening is one install that is being asked for.
type opening struct {
	*draft
	name, install string
	first         bool // of its platform
	setup         bot.Setup
	values        map[string]string
	secrets       map[string]string
	lines         []string
	block         ast.Node // of the install that is corrected, nil for a new one
}

// platform asks for one platform, if it is wanted. An install that lacks
// something it needs is left out.
func (a *asker) platform(d *draft, name string, p adapters.Platform) error {
	if p.Setup == nil || a.ended {
		return nil
	}
	o := &opening{draft: d, name: name, setup: p.Setup(), values: map[string]string{}, secrets: map[string]string{}}
	question, called := "init.platform", strings.TrimSpace(a.local(o.setup.Name))
	if o.first = !slices.ContainsFunc(slices.Collect(maps.Keys(d.taken)), func(key string) bool {
		return strings.HasPrefix(key, name+"/")
	}); !o.first {
		question, called = "init.platform.another", short(called)
	}
	fmt.Fprintln(a.out)
	if !a.yes(within(a.words, question, called)) {
		return nil
	}
	o.install = a.installName(o)
	if o.setup.Public && !a.public(d) || !a.fields(o) {
		fmt.Fprintln(a.out, within(a.words, "init.left_out", short(called)))
		return nil
	}
	if outro := a.local(o.setup.Outro); outro != "" {
		fmt.Fprintln(a.out, o.fill(outro, ""))
	}
	a.place(o)
	audience := crm.AudienceCustomers
	if p.Staff {
		audience = crm.AudienceStaff
	}
	d.blocks = append(d.blocks, o.text(string(audience)))
	d.taken[name+"/"+o.install] = true
	maps.Copy(d.secrets, o.secrets)
	return nil
}

var installNames = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// installName asks what to call the install. The first of a platform has a
// good name already.
func (a *asker) installName(o *opening) string {
	preset := o.setup.Install
	if preset == "" {
		preset = "main"
	}
	if o.first {
		return preset
	}
	return a.askFor(a.say("init.install"), "", func(s string) bool {
		return installNames.MatchString(s) && !o.taken[o.name+"/"+s]
	}, func(string) string { return a.say("init.pattern") })
}

// public makes sure that the program has an address that platforms can call.
func (a *asker) public(d *draft) bool {
	if d.public != "" {
		return true
	}
	url := a.address(a.say("init.public_needed"))
	if url == "" {
		return false
	}
	d.public, d.added = url, url
	if d.old == "" {
		d.head += "public_url: " + quote(url) + "\n"
		d.added = ""
	}
	return true
}

// fields asks for each value. It says false when one that is needed is missing.
func (a *asker) fields(o *opening) bool {
	if err := o.writePaste(); err != nil {
		fmt.Fprintln(a.out, err)
		return false
	}
	if intro := a.local(o.setup.Intro); intro != "" {
		fmt.Fprintln(a.out, o.fill(intro, ""))
	}
	for _, key := range slices.Sorted(maps.Keys(o.setup.Fixed)) {
		if o.values[key] = o.setup.Fixed[key]; o.has(key) {
			o.values[key] = textOf(o.block, key)
			continue
		}
		o.put(key, quote(o.setup.Fixed[key]))
	}
	for _, f := range o.setup.Fields {
		if !o.wants(f) {
			continue
		}
		value, ok := a.value(o, f)
		if !ok {
			return false
		}
		if value == "" {
			if o.has(f.Key) {
				o.values[f.Key] = textOf(o.block, f.Key)
			}
			continue
		}
		o.keep(f, value)
		if after := a.local(f.After); after != "" {
			fmt.Fprintln(a.out, o.fill(after, value))
		}
	}
	return true
}

// wants says whether a field is to be asked for.
func (o *opening) wants(f bot.SetupField) bool {
	for key, value := range f.When {
		if o.values[key] != value {
			return false
		}
	}
	return true
}

// value asks for one field. "" is one that is left out.
func (a *asker) value(o *opening, f bot.SetupField) (string, bool) {
	if len(f.Choices) > 0 {
		return a.choice(o, f)
	}
	question := o.fill(a.local(f.Ask), "")
	switch {
	case o.has(f.Key):
		question = hinted(question, a.say("init.keep"))
	case f.Make > 0:
		question = hinted(question, a.say("init.make"))
	case f.Optional:
		question = hinted(question, a.say("init.skip"))
	}
	right := regexp.MustCompile(f.Pattern)
	for range 5 {
		value := a.ask(question, "")
		switch {
		case value == "" && o.has(f.Key) && !a.ended:
			return "", true
		case value == "" && f.Make > 0:
			return madeUp(f.Make), true
		case value == "" && (f.Optional || a.ended):
			return "", f.Optional
		case value == "":
			question = a.say("init.needed")
		case f.Prefix != "" && !strings.HasPrefix(value, f.Prefix):
			question = a.say("init.prefix", "prefix", f.Prefix)
		case !right.MatchString(value):
			question = a.say("init.pattern")
		default:
			return value, true
		}
	}
	return "", false
}

// hinted is a question with a remark before its colon.
func hinted(question, remark string) string {
	for _, colon := range []string{":", "："} {
		if asked, ok := strings.CutSuffix(question, colon); ok {
			return asked + remark + colon
		}
	}
	return question + remark
}

// choice asks for one of several answers.
func (a *asker) choice(o *opening, f bot.SetupField) (string, bool) {
	if o.has(f.Key) { // Enter keeps what is there
		now := textOf(o.block, f.Key)
		f.Choices = slices.Clone(f.Choices)
		if i := slices.IndexFunc(f.Choices, func(c bot.SetupChoice) bool { return c.Value == now }); i > 0 {
			f.Choices[0], f.Choices[i] = f.Choices[i], f.Choices[0]
		}
	}
	picked := f.Choices[0]
	if isSwitch(f) && f.Choices[0].Name == nil {
		no := slices.IndexFunc(f.Choices, func(c bot.SetupChoice) bool { return c.Value == "false" })
		if a.yes(o.fill(a.local(f.Ask), "")) {
			picked = f.Choices[1-no]
		} else {
			picked = f.Choices[no]
		}
	} else {
		names := make([]string, len(f.Choices))
		for i, c := range f.Choices {
			names[i] = a.local(c.Name)
		}
		picked = f.Choices[a.choose(o.fill(a.local(f.Ask), ""), names)]
	}
	if picked.Public && !a.public(o.draft) {
		return "", false
	}
	return picked.Value, true
}

// isSwitch says whether a field is a question of yes and no.
func isSwitch(f bot.SetupField) bool {
	values := make([]string, len(f.Choices))
	for i, c := range f.Choices {
		values[i] = c.Value
	}
	slices.Sort(values)
	return slices.Equal(values, []string{"false", "true"})
}

// keep puts an answer into the block, or a secret beside the config.
func (o *opening) keep(f bot.SetupField, value string) {
	o.values[f.Key] = value
	switch {
	case o.has(f.Key) && textOf(o.block, f.Key) == value:
	case f.Env != "":
		name := o.replaced(f.Key)
		if name != "" {
			o.secrets[name] = value
			return
		}
		name = o.variable(f.Env)
		o.secrets[name] = value
		o.put(f.Key, "${"+name+"}")
	case isSwitch(f):
		o.put(f.Key, value)
	default:
		o.put(f.Key, quote(value))
	}
}

var notInNames = regexp.MustCompile(`[^A-Z0-9]+`)

// variable is the name of a secret that no other install uses.
func (o *opening) variable(name string) string {
	used := func(name string) bool {
		_, drafted := o.draft.secrets[name]
		return drafted || strings.Contains(o.old, "${"+name+"}") || o.old != "" && o.kept.has(name)
	}
	if o.first && !used(name) {
		return name
	}
	name += "_" + strings.Trim(notInNames.ReplaceAllString(strings.ToUpper(o.install), "_"), "_")
	unique := name
	for n := 2; used(unique); n++ {
		unique = fmt.Sprintf("%s_%d", name, n)
	}
	return unique
}

func (o *opening) put(key, value string) { o.lines = append(o.lines, key+": "+value) }

// text is the install as it stands in the config.
func (o *opening) text(audience string) string {
	head := []string{"platform: " + o.name, "install: " + quote(o.install), "audience: " + audience}
	return "  - " + strings.Join(append(head, o.lines...), "\n    ") + "\n"
}

// fill puts addresses, and the value where a text asks for it, into a text.
func (o *opening) fill(text, value string) string {
	public := strings.TrimRight(o.public, "/")
	if public == "" {
		public = "https://…"
	}
	return strings.NewReplacer("{public_url}", public, "{value}", value,
		"{paste}", o.pasteFile(), "{hook}", public+"/hook/"+o.name+"/"+o.install, "{install}", o.install).Replace(text)
}

// pasteFile is where the text to paste is kept, beside the config.
func (o *opening) pasteFile() string {
	return filepath.Join(filepath.Dir(o.path), o.name+"-"+o.install+".txt")
}

// writePaste puts the text to paste into its file. There is no secret in it.
func (o *opening) writePaste() error {
	if o.setup.Paste == "" {
		return nil
	}
	text := strings.ReplaceAll(o.setup.Paste, "{hook}", o.fill("{hook}", ""))
	return os.WriteFile(o.pasteFile(), []byte(text), 0o600)
}

// madeUp is n letters and digits that nobody can guess.
func madeUp(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	made := make([]byte, 0, n)
	for random := make([]byte, 2*n); len(made) < n; {
		_, _ = rand.Read(random) // never fails
		for _, b := range random {
			if int(b) < 256/len(letters)*len(letters) && len(made) < n {
				made = append(made, letters[int(b)%len(letters)])
			}
		}
	}
	return string(made)
}
