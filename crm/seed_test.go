package crm_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives the property tests one seed, unless -rapid.seed names another.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.seed"); f.Value.String() == f.DefValue {
		if err := flag.Set(f.Name, "1"); err != nil {
			panic(err) // the flag has another type: a programmer's mistake
		}
	}
	os.Exit(m.Run())
}
