package main

import (
	"errors"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
)

// outline is what init needs to know of a config that is there.
type outline struct {
	Language  string `yaml:"language"`
	PublicURL string `yaml:"public_url"`
	Adapters  []struct {
		Platform string `yaml:"platform"`
		Install  string `yaml:"install"`
		Audience string `yaml:"audience"`
	} `yaml:"adapters"`
	Threads []struct {
		Place string `yaml:"place"`
	} `yaml:"threads"`
}

// peek reads a config as it stands, with its variables unread.
func peek(text string) (outline, error) {
	var o outline
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		return o, unread(err, nil)
	}
	return o, nil
}

var errNoPlace = errors.New("no place for the blocks")

// insertBlocks adds blocks to the end of adapters, and public_url before it,
// and leaves every other line as it is. It fails if the file is written in a
// way that leaves no place for them.
func insertBlocks(text string, blocks []string, publicURL string) (string, error) {
	above := ""
	if publicURL != "" {
		above = "public_url: " + quote(publicURL)
	}
	return insertList(text, "adapters", blocks, above)
}

// insertList adds entries to the end of a list at the top of the config, made if
// it is missing, and a line above it.
func insertList(text, key string, entries []string, above string) (string, error) {
	before, err := peek(text)
	if err != nil {
		return "", err
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	start := -1
	for i, line := range lines {
		if strings.HasPrefix(line, key+":") {
			start = i
		}
	}
	if start < 0 {
		lines = append(lines, key+":")
		start = len(lines) - 1
	}
	if rest := strings.TrimSpace(strings.TrimPrefix(lines[start], key+":")); rest == "[]" {
		lines[start] = key + ":"
	}
	end := endOfList(lines, start)
	added := strings.Split(strings.TrimRight(strings.Join(entries, ""), "\n"), "\n")
	if flush(lines[start+1 : end]) {
		for i := range added {
			added[i] = strings.TrimPrefix(added[i], "  ")
		}
	}
	out := append([]string{}, lines[:start]...)
	if above != "" {
		out = append(out, above, "")
	}
	out = append(append(append(out, lines[start:end]...), added...), lines[end:]...)
	result := strings.Join(out, "\n") + "\n"
	after, err := peek(result)
	if err != nil || after.entries()[key] != before.entries()[key]+len(entries) {
		return "", errNoPlace
	}
	return result, nil
}

// entries is how long the lists are.
func (o outline) entries() map[string]int {
	return map[string]int{"adapters": len(o.Adapters), "threads": len(o.Threads)}
}

// endOfList is the line behind the last entry of the list that begins at start.
func endOfList(lines []string, start int) int {
	end := start + 1
	for i := start + 1; i < len(lines); i++ {
		line := lines[i]
		switch {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#"):
		case line[0] == ' ' || line[0] == '-':
			end = i + 1
		default:
			return end
		}
	}
	return end
}

// flush says whether the entries of a list stand at the very left.
func flush(entries []string) bool {
	for _, line := range entries {
		if strings.HasPrefix(line, "- ") {
			return true
		}
	}
	return false
}

// writePrivate replaces a file by one that its owner alone may read.
func writePrivate(path, text string) error {
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(fresh, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}
