package crm

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNamed(t *testing.T) {
	t.Parallel()
	users := []*User{
		{Handle: "li.wei", Name: "李伟"},
		{Handle: "wang.fang", Name: "王芳"},
		{Handle: "chen.jie", Name: "陈杰"},
		{Handle: "chen", Name: "Chen Na"},
		{Handle: "lixiaochen", Name: "李小陈"},
	}
	for _, x := range []struct{ typed, want string }{
		{"li.wei", "li.wei"},
		{"LI.WEI", "li.wei"},
		{"@wang.fang", "wang.fang"},
		{"李伟", "li.wei"},
		{"李", "li.wei lixiaochen"},
		{"老陈", "chen.jie"},
		{"小王", "wang.fang"},
		{"阿李", "li.wei lixiaochen"},
		{"小陈", "lixiaochen"}, // a part of the name comes before the nickname
		{"chen", "chen"},
		{"jie", "chen.jie"},
		{"赵", ""},
		{"小", "lixiaochen"},
		{"老", ""},
		{"", ""},
		{"  ", ""},
	} {
		var got []string
		for _, u := range named(users, x.typed) {
			got = append(got, u.Handle)
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("named(%q) = %v, want %s", x.typed, got, x.want)
		}
	}
	if got := named(users[:3], "小陈"); len(got) != 1 || got[0].Handle != "chen.jie" {
		t.Errorf("小陈 = %v", got)
	}
}

func TestHandle(t *testing.T) {
	t.Parallel()
	taken := []string{"li.wei", "user3", "user4"}
	is := func(h string) bool { return slices.Contains(taken, h) }
	for name, want := range map[string]string{
		"Li Wei": "li.wei2", "Ana": "ana", "王芳": "user5", "Ana-Maria  O'Neil": "ana.maria.o.neil", "王芳 Fang": "fang",
	} {
		if got := freeHandle(name, 3, is); got != want {
			t.Errorf("freeHandle(%q) = %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		h := freeHandle(rapid.String().Draw(t, "name"), rapid.IntRange(1, 99).Draw(t, "n"), is)
		if _, err := normalHandle(h); err != nil || is(h) {
			t.Fatalf("handle %q: %v", h, err)
		}
	})
}
