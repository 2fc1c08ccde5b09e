package adaptertest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"crmbot/bot"
)

// RunMutations runs that part of the suite alone.
func RunMutations(t *testing.T, r Remote) { r.mutations(t) }

// mutations checks that a payload of the platform that lost a field, has
// another type in one, breaks off or is nested without end is taken in or
// counted, once, and never more: no panic, no silence.
func (r *Remote) mutations(t *testing.T) {
	if r.Fixtures == "" {
		t.Skip("no payloads")
	}
	files := payloads(t, r.Fixtures, r.Glob)
	// One adapter takes them all: nothing may break it for those who follow.
	house := NewHouse()
	hook := r.Open(t, house, Way{}).Webhook(house)
	n, wrong := 0, 0
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, body := range mutants(raw) {
			n++
			if said := r.swallow(hook, house, r.Wrap(body)); said != "" && wrong < 20 {
				wrong++
				t.Errorf("%s, %s: %s\n%.300s", filepath.Base(path), what, said, body)
			}
		}
	}
	t.Logf("%d mutations of %d files", n, len(files))
}

// swallow brings a body in and says what was wrong with that.
func (r *Remote) swallow(hook http.Handler, house *House, body []byte) (said string) {
	defer func() {
		if v := recover(); v != nil {
			said = fmt.Sprint("panic: ", v)
		}
	}()
	received, counted, consulted := len(house.Received()), len(house.Counts()), len(house.Consulted())
	w := httptest.NewRecorder()
	hook.ServeHTTP(w, r.Request(body, Clock()))
	received, counted, consulted = len(house.Received())-received, len(house.Counts())-counted, len(house.Consulted())-consulted
	house.Forget()
	switch {
	case w.Code != http.StatusOK:
		return fmt.Sprint("status ", w.Code)
	case received+counted == 1, received+counted == 0 && consulted > 0, r.Silent != nil && received+counted == 0 && r.Silent(body):
		return ""
	}
	return fmt.Sprintf("received %d, counted %d, asked %d", received, counted, consulted)
}

// payloads are the files of a folder of the fixtures.
func payloads(t *testing.T, folder, glob string) []string {
	t.Helper()
	if glob == "" {
		glob = "*.json"
	}
	files, err := filepath.Glob(filepath.Join(Fixtures(t, folder), glob))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s: %v", glob, err)
	}
	return files
}

// mutants are odd relatives of a payload by what is odd about them.
func mutants(raw []byte) map[string][]byte {
	all := map[string][]byte{}
	for _, part := range []int{1, 2, 3} {
		all[fmt.Sprintf("truncated to %d/4", part)] = raw[:len(raw)*part/4]
	}
	all["twice"] = append(bytes.Clone(raw), raw...)
	all["with NUL"] = append(bytes.Clone(raw), 0)
	all["nested without end"] = []byte(strings.Repeat(`{"a":[`, 50000))
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 && trimmed[0] == '<' {
		mutateXML(raw, all)
		return all
	}
	var whole any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if decoder.Decode(&whole) != nil {
		return all
	}
	mutateJSON("", whole, func(v any) any { return v }, func(what string, v any) {
		if body, err := json.Marshal(v); err == nil {
			all[what] = body
		}
	})
	return all
}

// odd are values that nobody expects anywhere.
var odd = map[string]any{
	"null": nil, "text": "x", "empty": "", "number": json.Number("7"), "huge": json.Number("1e400"),
	"large": json.Number("99999999999999999999"), "minus": json.Number("-1"), "true": true,
	"list": []any{}, "lists": []any{[]any{map[string]any{}}}, "object": map[string]any{},
	"long": strings.Repeat("长", 5000), "deep": json.RawMessage(strings.Repeat(`{"a":[`, 300) + strings.Repeat(`]}`, 300)),
}

// mutateJSON puts odd values in the place of each value and leaves each out.
// whole puts a changed v back into what is around it.
func mutateJSON(path string, v any, whole func(any) any, add func(what string, v any)) {
	// Every value gets a few of the oddities, and all of them get their turn.
	names := slices.Sorted(maps.Keys(odd))
	for i, name := range names {
		if path == "" || (i+len(path))%5 == 0 {
			add(path+" is "+name, whole(odd[name]))
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for key, field := range v {
			with := func(changed any, gone bool) any {
				other := maps.Clone(v)
				if other[key] = changed; gone {
					delete(other, key)
				}
				return whole(other)
			}
			add(path+"."+key+" is gone", with(nil, true))
			mutateJSON(path+"."+key, field, func(changed any) any { return with(changed, false) }, add)
		}
	case []any:
		for i, item := range v[:min(len(v), 2)] {
			mutateJSON(fmt.Sprintf("%s[%d]", path, i), item, func(changed any) any {
				other := slices.Clone(v)
				other[i] = changed
				return whole(other)
			}, add)
		}
	}
}

// element is a piece of XML.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// mutateXML leaves out, empties and fills each element with what nobody
// expects there.
func mutateXML(raw []byte, all map[string][]byte) {
	var whole element
	if xml.Unmarshal(raw, &whole) != nil {
		return
	}
	add := func(what string) {
		if body, err := xml.Marshal(whole); err == nil {
			all[what] = body
		}
	}
	add("written again")
	var visit func(path string, e *element)
	visit = func(path string, e *element) {
		kept := *e
		for name, text := range map[string]string{
			"empty": "", "text": "x", "number": "7", "huge": strings.Repeat("9", 400), "minus": "-1", "long": strings.Repeat("长", 5000),
			"markup": "]]></xml><b>&amp;\u202e", "spaces": "  \n\t ",
		} {
			e.Text, e.Children = text, nil
			add(path + " is " + name)
		}
		*e = kept
		e.XMLName.Local = "NeverHeardOf"
		add(path + " has another name")
		*e = kept
		e.Children = append(slices.Clone(kept.Children), kept, kept)
		add(path + " within itself")
		*e = kept
		for i := range e.Children {
			without := slices.Delete(slices.Clone(kept.Children), i, i+1)
			e.Children = without
			add(path + "/" + kept.Children[i].XMLName.Local + " is gone")
			e.Children = append(slices.Clone(kept.Children), kept.Children[i])
			add(path + "/" + kept.Children[i].XMLName.Local + " twice")
			e.Children = kept.Children
			visit(path+"/"+e.Children[i].XMLName.Local, &e.Children[i])
		}
	}
	visit("", &whole)
	name := whole.XMLName.Local
	all["deep"] = []byte("<" + name + ">" + strings.Repeat("<a>", 5000) + strings.Repeat("</a>", 5000) + "</" + name + ">")
	all["an entity"] = []byte(`<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>` +
		"<" + name + "><Content>&b;&f;</Content></" + name + ">")
}

// Forms says how forms come and go.
type Forms struct {
	// Open is the body of an event that may open a form: a shortcut or a button.
	Open func() []byte
	// View is the method that shows one.
	View string
	// Submit is the body of a form that was filled in.
	Submit func(f *bot.Form, values map[string]string) []byte
	// Search is the body that asks for the options of a field.
	Search func(f *bot.Form, field, typed string) []byte
}

// forms checks that what the house has to show is shown within the request,
// that its errors go back to the fields, and that values arrive as they are.
func (r *Remote) forms(t *testing.T) {
	if !r.Open(t, NewHouse(), Way{}).Features().Can(bot.OpView) {
		t.Skip("it has no forms")
	}
	if r.Forms == nil {
		t.Fatal("an adapter with forms shows how they come and go")
	}
	form := &bot.Form{Action: "lead.new", Title: "New lead", Submit: "Save", Cancel: "Cancel", Fields: []bot.FormField{
		{Name: "name", Label: "Name", Required: true},
		{Name: "need", Label: "Need", Type: bot.FieldText, Value: "20 t"},
		{Name: "company", Label: "Company", Type: bot.FieldSearch},
	}}
	take := func(body []byte, shows func(bot.Inbound) (*bot.Reply, error)) (*House, *httptest.ResponseRecorder) {
		house := NewHouse()
		house.Shows(shows)
		w := httptest.NewRecorder()
		r.Open(t, house, Way{}).Webhook(house).ServeHTTP(w, r.Request(body, Clock()))
		return house, w
	}
	nothing := func(bot.Inbound) (*bot.Reply, error) { return nil, nil }
	t.Run("opens", func(t *testing.T) {
		before := len(r.API.Calls(r.Forms.View))
		house, w := take(r.Forms.Open(), func(bot.Inbound) (*bot.Reply, error) { return &bot.Reply{Form: form}, nil })
		r.API.Await(r.Forms.View, before+1, patience)
		if w.Code != http.StatusOK || len(r.API.Calls(r.Forms.View)) == before || len(house.Received()) != 0 {
			t.Errorf("status %d, %d forms, received %v; log: %s", w.Code, len(r.API.Calls(r.Forms.View))-before, house.Received(), house.Log())
		}
		if in := house.Consulted(); len(in) == 0 || in[0].Kind != bot.KindAction || in[0].Action == "" || in[0].Sender.ID == "" {
			t.Errorf("asked %+v", in)
		}
	})
	t.Run("nothing_to_open", func(t *testing.T) {
		house, w := take(r.Forms.Open(), nothing)
		if w.Code != http.StatusOK || len(house.Received()) != 1 {
			t.Errorf("status %d, received %v; log: %s", w.Code, house.Received(), house.Log())
		}
	})
	values := map[string]string{"name": "张伟 <b>", "need": "two\nlines", "company": "ACC-1"}
	t.Run("submitted", func(t *testing.T) {
		house, w := take(r.Forms.Submit(form, values), nothing)
		in := house.Received()
		if w.Code != http.StatusOK || len(in) != 1 {
			t.Fatalf("status %d, received %v; log: %s", w.Code, in, house.Log())
		}
		if in[0].Kind != bot.KindForm || in[0].Action != form.Action || !maps.Equal(in[0].Values, values) {
			t.Errorf("it became %+v", in[0])
		}
	})
	t.Run("errors", func(t *testing.T) {
		bad := *form
		bad.Fields = slices.Clone(form.Fields)
		bad.Fields[0].Error = "Who is it?"
		house, w := take(r.Forms.Submit(form, values), func(bot.Inbound) (*bot.Reply, error) { return &bot.Reply{Form: &bad}, nil })
		if w.Code != http.StatusOK || len(house.Received()) != 0 || !strings.Contains(w.Body.String(), "Who is it?") {
			t.Errorf("status %d, received %v, answer %s", w.Code, house.Received(), w.Body)
		}
	})
	t.Run("options", func(t *testing.T) {
		options := *form
		options.Fields = []bot.FormField{{Name: "company", Options: []bot.Option{{Label: "Rongshi 融氏", Value: "ACC-1"}}}}
		house, w := take(r.Forms.Search(form, "company", "ro"), func(in bot.Inbound) (*bot.Reply, error) { return &bot.Reply{Form: &options}, nil })
		if w.Code != http.StatusOK || len(house.Received()) != 0 || !strings.Contains(w.Body.String(), "Rongshi 融氏") {
			t.Errorf("status %d, received %v, answer %s", w.Code, house.Received(), w.Body)
		}
		if in := house.Consulted(); len(in) != 1 || in[0].Action != "options "+form.Action || in[0].Target != "company" || in[0].Text != "ro" {
			t.Errorf("asked %+v", in)
		}
	})
}
