package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
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
		name, value, ok := strings.Cut(line, "=")
		if !ok || name == "" {
			return fmt.Errorf("%s line %d: expected NAME=value", filepath.Base(f.Name()), n)
		}
		if _, set := os.LookupEnv(name); !set {
			if err := os.Setenv(name, value); err != nil {
				return fmt.Errorf("%s line %d: %w", filepath.Base(f.Name()), n, err)
			}
		}
	}
	return lines.Err()
}

// now is the machine's clock as records keep it.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
