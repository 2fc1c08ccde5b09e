package customer

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot"
	"crmbot/bot/locale"
)

// asked is a request of somebody whom a form asks for the nth time.
func asked(t *testing.T, tries int) *bot.Request {
	t.Helper()
	catalog, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &bot.Request{
		Words: catalog.Words("en"), Company: &bot.Company{Country: "CN"},
		Session: &bot.Session{Form: &bot.FormState{Command: "wish", Asking: "name", Tries: tries}},
	}
}

func TestReadName(t *testing.T) {
	name := func(s string) bot.Reading { return bot.Reading{Values: map[string]string{"name": s}} }
	for typed, want := range map[string]bot.Reading{
		"Ana":                         name("Ana"),
		"ana silva":                   name("ana silva"),
		"I'm Ana":                     name("Ana"),
		"Hi, my name is Ana Silva.":   name("Ana Silva"),
		"please call me Dr. O'Neill!": name("Dr. O'Neill"),
		"Ian":                         name("Ian"),
		"Imogen":                      name("Imogen"),
		"Noah":                        name("Noah"),
		"this is Ana here":            name("Ana"),
		"王女士":                         name("王女士"),
		"我叫王芳":                        name("王芳"),
		"你好，我是李先生。":                   name("李先生"),
		"免贵姓王":                        name("王"),
		"我姓陈":                         name("陈"),
		"叫我小陈就行":                      name("小陈"),
		"那英":                          name("那英"),
		"姓名：张伟":                       name("张伟"),
		"王女士😊":                        name("王女士"),
		"Ana from Green Farm":         {Values: map[string]string{"name": "Ana", "company": "Green Farm"}},
		"我是绿源食品的王女士":                  {Values: map[string]string{"name": "王女士", "company": "绿源食品"}},
		"王女士 13800000000":             {Values: map[string]string{"name": "王女士", "phone": "+8613800000000"}},
		"13800000000":                 {Values: map[string]string{"phone": "+8613800000000"}, Skip: true},
		"ok":                          {Wrong: "name.bad"},
		"好的":                          {Wrong: "name.bad"},
		"2":                           {Wrong: "name.bad"},
		"👍":                           {Wrong: "name.bad"},
		"ana@example.com":             {Wrong: "name.bad"},
		"I would first like to hear what it costs, then we can talk": {Wrong: "name.bad"},
		"你们先把价格报给我然后我们再谈别的事情":                                        {Wrong: "name.bad"},
	} {
		if diff := cmp.Diff(want, readName(asked(t, 0), typed)); diff != "" {
			t.Errorf("%q (-want +have):\n%s", typed, diff)
		}
	}
	if have := readName(asked(t, 1), "2"); !have.Skip {
		t.Errorf("insisted a second time: %+v", have)
	}
}

func TestChoice(t *testing.T) {
	r := asked(t, 0)
	for typed, want := range map[string]int{
		"1": 1, "1.": 1, "１": 1, "１。": 1, "①": 1, "⒈": 1, "(1)": 1, "（1）": 1, "1)": 1, "1）": 1, "1、": 1, "【1】": 1, "#1": 1, "1️⃣": 1,
		"12": 12, "⑫": 12, "option 2": 2, "No. 2": 2, "2 please": 2, "第2个": 2, "选２": 2, "我选 2": 2,
		"0": 0, "-1": 0, "": 0, "1.5": 0, "20 t": 0, "20吨": 0, "no": 0, "1 or 2": 0, "TIC-2": 0, "11111111111111111111": 0,
	} {
		if have, ok := Choice(r, typed); have != want && ok || ok != (want > 0) {
			t.Errorf("%q is %d (%v), want %d", typed, have, ok, want)
		}
	}
}
