package bottest

import "testing"

func TestGolden(t *testing.T) { Golden(t, "../testdata/script") }
