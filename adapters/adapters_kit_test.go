package adapters_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// must returns a value that has to be there.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// contextOf is a context that outlives the body of a test, for what ends in its
// cleanup.
func contextOf(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithCancel(context.WithoutCancel(t.Context()))
}

// verifier is the path of a program of ours for the verifiers' packages.
func verifier(t *testing.T, name string) string {
	t.Helper()
	return must(filepath.Abs(filepath.Join("testdata", "verify", name)))(t)
}

// read is what a file holds.
func read(t testing.TB, path string) []byte {
	t.Helper()
	return must(os.ReadFile(path))(t)
}

// sorted are the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
