// Command word adds one sentence to every locale file, in its sorted place:
//
//	word -key lead.won -en '{name} is won.' -zh '{name} 赢单了。'
//
// A plural or a list of ways to type something is written with | between its
// forms and -list.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	key := flag.String("key", "", "the key, noun.what")
	en := flag.String("en", "", "the English words")
	zh := flag.String("zh", "", "the Chinese words")
	list := flag.Bool("list", false, "the words are forms separated by |")
	flag.Parse()
	if err := add(*key, map[string]string{"bot/locale/en.json": *en, "bot/locale/zh-CN.json": *zh}, *list); err != nil {
		fmt.Fprintln(os.Stderr, "word:", err)
		os.Exit(2)
	}
}

// add puts the words under key into each file. Files are flat JSON objects.
func add(key string, words map[string]string, list bool) error {
	if key == "" {
		return fmt.Errorf("-key is missing")
	}
	for path, text := range words {
		if text == "" {
			return fmt.Errorf("%s has no words for %s", path, key)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all := map[string]any{}
		if err := json.Unmarshal(raw, &all); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all[key] = text
		if list {
			all[key] = strings.Split(text, "|")
		}
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			return err
		}
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}
