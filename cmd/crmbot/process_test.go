package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"crmbot/storage/storagetest"
)

// TestMain lets the test binary be crmbot, for tests that need a process.
func TestMain(m *testing.M) {
	if os.Getenv("CRMBOT_TEST_PROCESS") == "" {
		os.Exit(m.Run())
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// process is crmbot as a process of its own.
func process(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), "CRMBOT_TEST_PROCESS=1")
	return cmd
}

func TestFourProcessesOnAnEmptyServerMigrateOnce(t *testing.T) {
	config := t.TempDir() + "/crmbot.yaml"
	if err := os.WriteFile(config, []byte("database: "+quote(storagetest.Postgres(t))+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var together sync.WaitGroup
	outputs := make([]string, 4)
	for i := range outputs {
		cmd := process(t, "migrate", "--config", config)
		together.Go(func() {
			out, err := cmd.CombinedOutput()
			outputs[i] = string(out)
			if err != nil {
				t.Errorf("process %d: %v\n%s", i, err, out)
			}
		})
	}
	together.Wait()
	applied := map[string]int{}
	for _, line := range strings.Split(strings.Join(outputs, "\n"), "\n") {
		if name, ok := strings.CutPrefix(line, "applied "); ok {
			applied[name]++
		}
	}
	if len(applied) == 0 {
		t.Errorf("nobody migrated: %q", outputs)
	}
	for name, n := range applied {
		if n != 1 {
			t.Errorf("%s was applied %d times", name, n)
		}
	}
}
