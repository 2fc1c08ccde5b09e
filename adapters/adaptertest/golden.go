package adaptertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden compares v, as JSON, with testdata/<name>.json. With CRMBOT_UPDATE=1
// in the environment it writes the file instead. hide is replaced, for it
// differs from run to run.
func golden(t *testing.T, name string, v any, hide string) {
	t.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(buffer.String(), hide, "http://platform")
	path := filepath.Join("testdata", name+".json")
	if os.Getenv("CRMBOT_UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (CRMBOT_UPDATE=1 writes it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs: got\n%s\nwant\n%s", path, got, want)
	}
}

// readable is a call with its JSON values unfolded.
func readable(calls []Call) []any {
	var out []any
	for _, c := range calls {
		fields := map[string]any{}
		for k, v := range c.Params {
			fields[k] = v
			var nested any
			if strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[") {
				if json.Unmarshal([]byte(v), &nested) == nil {
					fields[k] = nested
				}
			}
		}
		call := map[string]any{"method": c.Method, "params": fields}
		if len(c.Files) > 0 {
			var files []string
			for _, f := range c.Files {
				files = append(files, fmt.Sprintf("%s: %s, %s, %d bytes", f.Field, f.Name, f.Type, len(f.Body)))
			}
			call["files"] = files
		}
		out = append(out, call)
	}
	return out
}

// Fixtures is the folder of payloads that nobody on this project wrote:
// $CRMBOT_FIXTURES, or ../shared/fixtures beside the repository. Without it the
// test is skipped.
func Fixtures(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("CRMBOT_FIXTURES")
	if root == "" {
		root = filepath.Join(repository(t), "..", "shared", "fixtures")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no %s: set CRMBOT_FIXTURES to the folder of the fixtures", path)
	}
	return path
}

// repository is the folder of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
