//go:build linux

package main

import (
	"os"
	"slices"
	"testing"

	"crmbot/cmd/crmbot/articles"
)

func TestTheMixIsWhatIsSaid(t *testing.T) {
	t.Parallel()
	m := &mix{chats: 50, questions: []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}}
	kinds, asked, chats := map[string]int{}, map[string]bool{}, map[int64]bool{}
	for n := range 1000 {
		chat, text := m.words(n)
		kind := "article"
		if i := slices.Index(others, text); i >= 0 {
			kind = []string{"price", "trouble", "miss"}[i/2]
		} else {
			asked[text], chats[chat] = true, true
		}
		if kinds[kind]++; (kind == "article") != (chat < loneChat) {
			t.Errorf("%s %q in chat %d", kind, text, chat)
		}
	}
	if kinds["article"] != 700 || kinds["price"] != 100 || kinds["trouble"] != 100 || kinds["miss"] != 100 {
		t.Error(kinds)
	}
	if len(asked) != 10 || len(chats) != 50 {
		t.Errorf("%d questions in %d chats", len(asked), len(chats))
	}
}

func TestChatsOfTheirOwnAndOneThatAsksOften(t *testing.T) {
	t.Parallel()
	alone, often := &mix{chats: 50, questions: []string{"a"}, alone: true}, &mix{chats: 5000, questions: []string{"a"}, often: 50}
	once, same := map[int64]bool{}, 0
	for n := 1; n <= 1000; n++ {
		chat, _ := alone.words(n)
		once[chat] = true
		if chat, _ = often.words(n); chat == firstChat {
			same++
		}
	}
	if len(once) != 1000 || same != 20 {
		t.Errorf("%d chats, %d in one", len(once), same)
	}
}

func TestTheKnowledgeIsFilledUp(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	questions, err := fillKnowledge(folder, "../..", ways)
	if err != nil {
		t.Fatal(err)
	}
	all, err := articles.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range all {
		n += 1 + len(a.Phrasings)
	}
	slices.Sort(questions)
	if len(questions) != ways || n != ways {
		t.Errorf("%d questions, %d in the files, want %d", len(questions), n, ways)
	}
}
