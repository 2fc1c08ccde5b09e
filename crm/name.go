package crm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var handleShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

// normalHandle checks a handle: small letters, digits, dots and dashes.
// Returns CodeInvalid.
func normalHandle(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if !handleShape.MatchString(s) {
		return "", Fail(CodeInvalid, "user.handle.bad").In("handle")
	}
	return s, nil
}

// freeHandle makes a handle from a name: "Li Wei" is li.wei, then li.wei2. A
// name without Latin letters is user3, n being the first number to try.
func freeHandle(name string, n int, taken func(string) bool) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	base := strings.Join(words, ".")
	if base = base[:min(len(base), 36)]; base == "" {
		for ; taken(fmt.Sprint("user", n)); n++ {
		}
		return fmt.Sprint("user", n)
	}
	handle := base
	for i := 2; taken(handle); i++ {
		handle = fmt.Sprint(base, i)
	}
	return handle
}

// nicknames begin a familiar form of a family name: 小陈, 老陈, 阿陈.
var nicknames = []string{"小", "老", "阿"}

// named are the users that a typed name means: those who are called exactly
// so, else those whose handle or name contains it, else those of a nickname.
func named(users []*User, typed string) []*User {
	typed = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(typed), "@")))
	if typed == "" {
		return nil
	}
	called := func(fits func(handle, name string) bool) []*User {
		var out []*User
		for _, u := range users {
			if fits(u.Handle, strings.ToLower(u.Name)) {
				out = append(out, u)
			}
		}
		return out
	}
	if out := called(func(h, n string) bool { return h == typed || n == typed }); out != nil {
		return out
	}
	if out := called(func(h, n string) bool { return strings.Contains(h, typed) || strings.Contains(n, typed) }); out != nil {
		return out
	}
	i := slices.IndexFunc(nicknames, func(p string) bool { return strings.HasPrefix(typed, p) })
	if i < 0 || typed == nicknames[i] {
		return nil
	}
	family := strings.TrimPrefix(typed, nicknames[i])
	return called(func(_, n string) bool { return strings.HasPrefix(n, family) })
}
