package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// keyError is a value of the config that cannot be used. Its text says what
// was expected and shows no value that may be a secret.
type keyError struct{ key, text string }

func (e *keyError) Error() string { return e.key + ": " + e.text }

// badKey complains about the value of a key.
func badKey(key, format string, args ...any) error {
	return &keyError{key, fmt.Sprintf(format, args...)}
}

// withLine adds the line of the key to a complaint about it.
func withLine(err error, body ast.Node) error {
	var bad *keyError
	if !errors.As(err, &bad) {
		return err
	}
	if mapping, ok := body.(*ast.MappingNode); ok {
		for _, value := range mapping.Values {
			if value.Key.String() == bad.key {
				return fmt.Errorf("line %d: %w", value.Key.GetToken().Position.Line, err)
			}
		}
	}
	return err
}

// plainYAMLError keeps line and message and drops the quoted source, which may
// show a token.
func plainYAMLError(err error, body ast.Node) error {
	var wrongType *yaml.TypeError
	var unknown *yaml.UnknownFieldError
	var any yaml.Error
	switch {
	case errors.As(err, &wrongType):
		line := wrongType.GetToken().Position.Line
		return fmt.Errorf("line %d: %sexpected %s", line, keyOn(body, line), kindName(wrongType.DstType))
	case errors.As(err, &unknown):
		return fmt.Errorf("line %d: there is no key %s here; config.example.yaml explains every key",
			unknown.GetToken().Position.Line, strings.TrimPrefix(unknown.GetMessage(), "unknown field "))
	case errors.As(err, &any):
		return fmt.Errorf("line %d: %s", any.GetToken().Position.Line, any.GetMessage())
	}
	text := err.Error()
	if rest, ok := strings.CutPrefix(text, "["); ok {
		if line, message, ok := strings.Cut(rest, "] "); ok {
			return fmt.Errorf("line %s: %s", line, message)
		}
	}
	return err
}

// keyOn is the key whose value begins on a line, as "key: ".
func keyOn(body ast.Node, line int) string {
	finder := &keyFinder{line: line}
	if body != nil {
		ast.Walk(finder, body)
	}
	return finder.key
}

type keyFinder struct {
	line int
	key  string
}

// Visit implements ast.Visitor.
func (f *keyFinder) Visit(node ast.Node) ast.Visitor {
	if v, ok := node.(*ast.MappingValueNode); ok && v.Key.GetToken().Position.Line == f.line {
		f.key = v.Key.String() + ": "
	}
	return f
}

// kindName is a Go type in words.
func kindName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list, each entry on a line that begins with -"
	case reflect.Struct, reflect.Map:
		return "keys with values"
	}
	return "a text"
}
