package storage_test

import (
	"os"
	"strings"
	"testing"
	"text/template"

	"github.com/google/go-cmp/cmp"

	"crmbot/storage"
)

// TestSteps: what is in braces means what it means in a template, in every step
// and for both databases.
func TestSteps(t *testing.T) {
	steps, err := storage.Steps()
	if err != nil || len(steps) == 0 {
		t.Fatalf("%v, %v", steps, err)
	}
	for _, file := range steps {
		for _, postgres := range []bool{false, true} {
			for _, lacks := range []bool{false, true} {
				have, types, err := storage.Said(file, postgres, lacks)
				if err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				if diff := cmp.Diff(asTemplate(t, file, types, postgres, lacks), have); diff != "" {
					t.Errorf("%s, Postgres %v, lacks %v: %s", file, postgres, lacks, diff)
				}
			}
		}
	}
}

func asTemplate(t *testing.T, file string, types map[string]string, postgres, lacks bool) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data := map[string]any{"Postgres": postgres, "Lacks": func(string, string) bool { return lacks }}
	for name, typ := range types {
		data[strings.TrimPrefix(name, ".")] = typ
	}
	var out strings.Builder
	calls := strings.ReplaceAll(string(text), "{{if .Lacks ", "{{if call .Lacks ")
	if err := template.Must(template.New(file).Option("missingkey=error").Parse(calls)).Execute(&out, data); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
