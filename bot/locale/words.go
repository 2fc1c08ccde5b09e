package locale

import (
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"crmbot/bot/markup"
	"crmbot/crm"
)

// Lang is the language, "en" or "zh-CN".
func (w *Words) Lang() string { return w.lang }

// Has says whether the key exists.
func (w *Words) Has(key string) bool { _, ok := w.entries[key]; return ok }

// T is the sentence of a key as markup, with pairs of name and value in its
// placeholders. Values that are strings are escaped, a markup.Text stands as
// it is; amounts, times, kinds of record and whatever has a String method are
// written in the language. A key that does not exist gives itself.
func (w *Words) T(key string, pairs ...any) string {
	return w.fill(w.form(key, -1), pairs)
}

// N is T for a number of things: the value's list holds the forms for one and
// for many. {n} is the number.
func (w *Words) N(key string, n int, pairs ...any) string {
	return w.fill(w.form(key, n), append([]any{"n", w.Count(n)}, pairs...))
}

// Label is T as plain text, for buttons, titles and table cells.
func (w *Words) Label(key string, pairs ...any) string {
	return markup.Plain(w.T(key, pairs...))
}

// List is all values of a key, none if it does not exist.
func (w *Words) List(key string) []string {
	return slices.Clone(w.entries[key].forms)
}

// Every is List over all languages: the words that people type.
func (w *Words) Every(key string) []string { return w.catalog.Every(key) }

// In speaks another language.
func (w *Words) In(lang string) *Words { return w.catalog.Words(lang) }

// Noun is what a kind of record is called: the first of its words.
func (w *Words) Noun(kind crm.Kind) string {
	return w.form("noun."+string(kind), -1)
}

// Error is the sentence for a person about err. A crm error with a key we know
// is told in its own words, another one by its code. Faults of ours get a
// number that the log has too: a pair "id", or FaultID(err) without one.
func (w *Words) Error(err error, pairs ...any) string {
	if err == nil {
		return ""
	}
	var e *crm.Error
	errors.As(err, &e)
	code := crm.CodeOf(err)
	switch {
	case code == crm.CodeInternal:
		return w.T("error.internal", append(slices.Clone(pairs), "id", FaultID(err))...)
	case e != nil && w.Has(e.Key):
		return w.T(e.Key, append(slices.Clone(e.Args), pairs...)...)
	}
	return w.T("error."+string(code), pairs...)
}

// FaultID is a short number for an error of ours, the same for the same error,
// so that what a person reads can be found in the log.
func FaultID(err error) string {
	h := fnv.New32a()
	fmt.Fprint(h, err)
	return fmt.Sprintf("%08X", h.Sum32())
}

// form is the template of a key; n chooses the plural, -1 is no number.
func (w *Words) form(key string, n int) string {
	e, ok := w.entries[key]
	if !ok {
		w.catalog.miss(key)
		return key
	}
	if n >= 0 && n != 1 {
		return e.forms[len(e.forms)-1]
	}
	return e.forms[0]
}

// fill puts values into placeholders. The first pair of a name counts. A
// placeholder without a value stays, to be seen.
func (w *Words) fill(form string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(form, "{") {
		return form
	}
	var b strings.Builder
	for {
		start := strings.IndexByte(form, '{')
		end := strings.IndexByte(form, '}')
		if start < 0 || end < start {
			b.WriteString(form)
			return b.String()
		}
		b.WriteString(form[:start])
		if v, ok := value(pairs, form[start+1:end]); ok {
			b.WriteString(w.show(v))
		} else {
			b.WriteString(form[start : end+1])
		}
		form = form[end+1:]
	}
}

func value(pairs []any, name string) (any, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name {
			return pairs[i+1], true
		}
	}
	return nil, false
}

// show writes a value as markup.
func (w *Words) show(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case markup.Text:
		return string(v)
	case string:
		return markup.Escape(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case crm.Money:
		return markup.Escape(w.Money(v))
	case crm.Kind:
		return markup.Escape(w.Noun(v))
	case time.Time:
		return markup.Escape(w.Time(v))
	case fmt.Stringer:
		return markup.Escape(v.String())
	case []string:
		return markup.Escape(w.Enum(v))
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return markup.Escape(r.String())
	}
	return markup.Escape(fmt.Sprint(v))
}
