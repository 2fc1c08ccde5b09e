package telegram_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"crmbot/adapters/adaptertest"
)

// spec is the Bot API as its machine-readable description has it.
type spec struct {
	Methods map[string]struct {
		Fields []field `json:"fields"`
	} `json:"methods"`
	Types map[string]struct {
		Fields   []field  `json:"fields"`
		Subtypes []string `json:"subtypes"`
	} `json:"types"`
}

type field struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`
}

// checkRequests holds every request against the description of the Bot API.
// The methods must be among them.
func checkRequests(t *testing.T, calls []adaptertest.Call, want ...string) {
	t.Run("requests_as_described", func(t *testing.T) {
		raw, err := os.ReadFile(adaptertest.Fixtures(t, "telegram-bot-api-spec.json"))
		if err != nil {
			t.Fatal(err)
		}
		var s spec
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		methods := map[string]int{}
		for _, c := range calls {
			methods[c.Method]++
			if wrong := s.request(c); wrong != "" {
				t.Errorf("%s %v: %s", c.Method, c.Params, wrong)
			}
		}
		for _, m := range want {
			if methods[m] == 0 {
				t.Errorf("%s was never called", m)
			}
		}
		t.Logf("checked %v", methods)
	})
}

func (s *spec) request(c adaptertest.Call) string {
	m, ok := s.Methods[c.Method]
	if !ok {
		return "no such method"
	}
	for name := range c.Params {
		if !slices.ContainsFunc(m.Fields, func(f field) bool { return f.Name == name }) {
			return "no parameter " + name
		}
	}
	for _, f := range m.Fields {
		value, given := c.Params[f.Name]
		if !given && f.Required {
			return f.Name + " is missing"
		}
		if given && !slices.ContainsFunc(f.Types, func(kind string) bool { return s.parameter(kind, value) }) {
			return f.Name + " is none of " + strings.Join(f.Types, ", ")
		}
	}
	return ""
}

// parameter checks the text of a form field.
func (s *spec) parameter(kind, value string) bool {
	switch kind {
	case "String":
		return value != ""
	case "Integer":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case "Boolean":
		return value == "true" || value == "false"
	}
	var v any
	return json.Unmarshal([]byte(value), &v) == nil && s.value(kind, v)
}

// value checks a decoded JSON value.
func (s *spec) value(kind string, v any) bool {
	if of, ok := strings.CutPrefix(kind, "Array of "); ok {
		list, ok := v.([]any)
		return ok && !slices.ContainsFunc(list, func(x any) bool { return !s.value(of, x) })
	}
	switch kind {
	case "String":
		_, ok := v.(string)
		return ok
	case "Integer":
		n, ok := v.(float64)
		return ok && n == float64(int64(n))
	case "Boolean":
		_, ok := v.(bool)
		return ok
	}
	object, ok := v.(map[string]any)
	if !ok {
		return false
	}
	t := s.Types[kind]
	if len(t.Subtypes) > 0 {
		return slices.ContainsFunc(t.Subtypes, func(sub string) bool { return s.value(sub, v) })
	}
	for name := range object {
		if !slices.ContainsFunc(t.Fields, func(f field) bool { return f.Name == name }) {
			return false
		}
	}
	for _, f := range t.Fields {
		x, given := object[f.Name]
		if !given && f.Required {
			return false
		}
		if given && !slices.ContainsFunc(f.Types, func(kind string) bool { return s.value(kind, x) }) {
			return false
		}
	}
	return true
}
