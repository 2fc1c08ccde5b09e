package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// envFile is where crmbot init keeps the secrets of a config: beside it, with
// the ending .env, readable by its owner alone.
func envFile(config string) string {
	return strings.TrimSuffix(config, filepath.Ext(config)) + ".env"
}

// loadEnv puts the NAME=value lines of the config's secrets into the
// environment. What is set there already wins. A missing file is fine.
func loadEnv(config string) error {
	f, err := os.Open(envFile(config))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("secrets: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := cut(line)
		if !ok {
			return &fault{file: f.Name(), line: n, word: "config.env"}
		}
		if _, set := os.LookupEnv(name); !set {
			if err := os.Setenv(name, value); err != nil {
				return &fault{file: f.Name(), line: n, word: "config.env"}
			}
		}
	}
	return lines.Err()
}

// envLines are the lines of a file of secrets as they stand there.
type envLines struct{ lines []string }

// readEnvLines reads a file of secrets; one that is missing has no lines.
func readEnvLines(path string) (*envLines, error) {
	raw, err := os.ReadFile(path)
	if os.IsNotExist(err) || err == nil && len(raw) == 0 {
		return &envLines{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("secrets: %w", err)
	}
	return &envLines{strings.Split(strings.TrimRight(string(raw), "\n"), "\n")}, nil
}

// cut reads a line NAME=value. Spaces around either are not part of it.
func cut(line string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(line, "=")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	return name, value, ok && name != "" && !strings.HasPrefix(name, "#")
}

// nameOn is the variable that a line sets, "" if it sets none.
func nameOn(line string) string {
	if name, _, ok := cut(line); ok {
		return name
	}
	return ""
}

// value is what a variable is set to there, and whether it is.
func (e *envLines) value(name string) (string, bool) {
	for _, line := range e.lines {
		if n, value, ok := cut(line); ok && n == name {
			return value, true
		}
	}
	return "", false
}

// has says whether a variable is set there.
func (e *envLines) has(name string) bool {
	_, is := e.value(name)
	return is
}

// with is the file with more secrets, which take the place of those of the
// same name.
func (e *envLines) with(more map[string]string) string {
	var b strings.Builder
	for _, line := range e.lines {
		if _, replaced := more[nameOn(line)]; !replaced {
			b.WriteString(line + "\n")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(more)) {
		b.WriteString(name + "=" + more[name] + "\n")
	}
	return b.String()
}

// now is the machine's clock as records keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
