package bottest

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crmbot/bot/script"
	"crmbot/storage/storagetest"
)

var update = flag.Bool("update", false, "write the transcripts of golden conversations anew")

// Golden plays every script of a folder on each database, each in a house of
// its own, and compares the transcript with the script. The language of the company is that
// of the file's name: "lead.en.txt", "lead.zh.txt". With -update the
// transcripts are written instead.
func Golden(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts in %s: %v", folder, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			storagetest.Addresses(t, func(t *testing.T, dsn string) { play(t, file, dsn) })
		})
	}
}

func play(t *testing.T, file, dsn string) {
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := script.Parse(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	language := "en"
	if strings.Contains(filepath.Base(file), ".zh.") {
		language = "zh-CN"
	}
	h := On(t, dsn, language)
	var have bytes.Buffer
	if err := script.Play(context.Background(), lines, h, &have); err != nil {
		t.Fatal(err)
	}
	if missed := h.Catalog.Missed(); len(missed) > 0 {
		t.Errorf("words that are missing: %v", missed)
	}
	if *update && strings.HasSuffix(t.Name(), "/sqlite") {
		if err := os.WriteFile(file, have.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(have.String(), "\n")); diff != "" {
		t.Errorf("%s (-want +have):\n%s", file, diff)
	}
}
