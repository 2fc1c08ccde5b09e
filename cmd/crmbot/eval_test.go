package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	evalTrain   = "testdata/eval/train.csv"
	evalTest    = "testdata/eval/test.csv"
	evalOutside = "testdata/eval/outside.csv"
)

// measured runs knowledge eval and reads what it prints.
func measured(t *testing.T, args ...string) map[string]any {
	t.Helper()
	code, out, errs := crmbot(t, "", append([]string{"knowledge", "eval"}, args...)...)
	if code != exitFine || errs != "" {
		t.Fatalf("exit %d, %q", code, errs)
	}
	in := json.NewDecoder(strings.NewReader(out))
	have := map[string]any{}
	if err := in.Decode(&have); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if in.More() {
		t.Fatalf("more than one object: %s", out)
	}
	return have
}

func TestEvalPrintsOneObject(t *testing.T) {
	have := measured(t, "--train", evalTrain, "--test", evalTest)
	want := strings.Fields("hit1 hit3 mrr auroc answered answered_right suggested_right handed_off oos_answered train_seconds query_p50_us query_p99_us heap_mb")
	for _, key := range want {
		if _, ok := have[key]; !ok {
			t.Errorf("no %s", key)
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d keys, want %d: %v", len(have), len(want), have)
	}
	if have["auroc"] != nil || have["oos_answered"] != nil {
		t.Errorf("without questions out of scope: auroc %v, oos_answered %v", have["auroc"], have["oos_answered"])
	}
	if hit := have["hit1"].(float64); hit < 80 || have["hit3"].(float64) != 100 {
		t.Errorf("hit1 %v, hit3 %v", hit, have["hit3"])
	}
	// Three categories are too few to trust: what was written down is answered,
	// the rest is suggested.
	if have["answered"] != 28.6 || have["answered_right"] != 28.6 {
		t.Errorf("answered %v, right %v", have["answered"], have["answered_right"])
	}
	all := measured(t, "--train", evalTrain, "--test", evalTest, "--oos", evalOutside, "--confusions", "--typos", "--seed", "3")
	if all["auroc"] == nil || all["oos_answered"] != 0.0 {
		t.Errorf("auroc %v, oos_answered %v", all["auroc"], all["oos_answered"])
	}
	if _, is := all["confusions"].([]any); !is {
		t.Errorf("confusions: %v", all["confusions"])
	}
}

// What is measured is the same twice, but for what a clock and the heap say.
func TestEvalIsTheSameTwice(t *testing.T) {
	args := []string{"--train", evalTrain, "--test", evalTest, "--oos", evalOutside, "--confusions", "--typos", "--shots", "2", "--seed", "5"}
	var seen []string
	for range 2 {
		have := measured(t, args...)
		for _, clock := range []string{"train_seconds", "query_p50_us", "query_p99_us", "heap_mb"} {
			delete(have, clock)
		}
		seen = append(seen, fmt.Sprint(have))
	}
	if seen[0] != seen[1] {
		t.Errorf("%s\n%s", seen[0], seen[1])
	}
}

func TestEvalSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "is empty"},
		"header":    {"question,label\na,b\n", "line 1: the first line must be text,category"},
		"no rows":   {"text,category\n", "no row"},
		"columns":   {"text,category\na,b\nhello, there,b\n", "line 3: 3 columns"},
		"quote":     {"text,category\na,b\n\"open,b\n", "line 3"},
		"no text":   {"text,category\n  ,b\n", "line 2: the text is empty"},
		"no answer": {"text,category\na,\n", "line 2: the category is empty"},
		"latin1":    {"text,category\na,b\ncaf\xe9,b\n", "line 3: this is not UTF-8"},
		"binary":    {"PK\x03\x04\x00\x00\xff\xfe", "line 1"},
	} {
		path := file(strings.ReplaceAll(name, " ", "")+".csv", c.text)
		for _, args := range [][]string{{"--train", path, "--test", evalTest}, {"--train", evalTrain, "--test", path}} {
			code, out, errs := crmbot(t, "", append([]string{"knowledge", "eval"}, args...)...)
			if code != exitWrong || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, path) || strings.Count(errs, "\n") != 1 {
				t.Errorf("%s: exit %d, %q %q, want %q", name, code, out, errs, c.want)
			}
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "--train"},
		{[]string{"--train", evalTrain}, "--test"},
		{[]string{"--train", evalTrain, "--test", "no-such.csv"}, "no-such.csv"},
		{[]string{"--train", evalTrain, "--test", evalTest, "--shots", "-1"}, "--shots"},
		{[]string{"--train", evalTrain, "--test", evalTest, "--wrong", "10"}, "--wrong"},
		{[]string{"--train", evalTrain, "--test", evalTest, "--share", "0"}, "--share"},
		{[]string{"--train", evalTrain, "--test", evalTest, "more"}, "more"},
	} {
		if code, _, errs := crmbot(t, "", append([]string{"knowledge", "eval"}, c.args...)...); code != exitWrong || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d, %q, want %q", c.args, code, errs, c.want)
		}
	}
}

// A file of Windows, with a mark at its beginning and an order of its own.
func TestEvalReadsWhatSpreadsheetsWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "windows.csv")
	if err := os.WriteFile(path, []byte("\xef\xbb\xbfid,category,text\r\n1,returns,可以退款吗\r\n2,payment,\"by card,\r\nplease\"\r\n3,kosher,is it kosher\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := crmbot(t, "", "knowledge", "eval", "--train", evalTrain, "--test", path)
	if code != exitFine || !strings.Contains(out, `"hit1": 66.7`) || !strings.Contains(errs, "1 texts of") {
		t.Errorf("exit %d, %q %q", code, out, errs)
	}
}

// TestEvalOnBanking is the floor under the figures of the README: BANKING77
// with ten ways to ask for each of its 77 categories.
func TestEvalOnBanking(t *testing.T) {
	folder := os.Getenv("CRMBOT_FIXTURES")
	if folder == "" {
		t.Skip("no BANKING77: set CRMBOT_FIXTURES to the folder of the fixtures")
	}
	train, test := filepath.Join(folder, "banking77", "train.csv"), filepath.Join(folder, "banking77", "test.csv")
	have := measured(t, "--train", train, "--test", test, "--shots", "10", "--seed", "1", "--confusions")
	number := func(key string) float64 { return have[key].(float64) }
	if number("hit1") < 77 || number("hit3") < 90 {
		t.Errorf("hit1 %v, hit3 %v", have["hit1"], have["hit3"])
	}
	slips := measured(t, "--train", train, "--test", test, "--shots", "10", "--seed", "1", "--typos")
	if lost := number("hit1") - slips["hit1"].(float64); lost > 5.5 {
		t.Errorf("one slip in every question costs %.1f points", lost)
	}
	if wrong := 1 - number("answered_right")/number("answered"); number("answered") < 30 || wrong > 0.10 {
		t.Errorf("answered %v %%, of them %.0f %% wrong", have["answered"], 100*wrong)
	}
	if number("query_p50_us") > 5000 || number("heap_mb") > 60 {
		t.Errorf("%v µs, %v MB", have["query_p50_us"], have["heap_mb"])
	}
	pairs := have["confusions"].([]any)
	times := make([]float64, len(pairs))
	for i, p := range pairs {
		times[len(pairs)-1-i] = p.(map[string]any)["times"].(float64)
	}
	if len(pairs) == 0 || !slices.IsSorted(times) {
		t.Errorf("%d confusions: %v", len(pairs), times)
	}
}
