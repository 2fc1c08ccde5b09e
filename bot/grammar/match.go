package grammar

import (
	"slices"
	"strings"

	"crmbot/crm"
)

// Spec is a command as a Matcher knows it. Several may share a Name: one that
// is about records of several kinds has one for each.
type Spec struct {
	Name    string
	Subject crm.Kind // the noun it is about; "" for none
	Phrases []string // typed first: "lead convert", "新线索"
	After   []string // typed after a reference: "convert", "转客户"
}

// Match is what a line means by its form. With Name "", Subject alone is a
// bare reference (show it) and what follows it, if anything, is Rest; Kind
// alone is a bare noun (list mine).
type Match struct {
	Name        string
	Kind        crm.Kind
	Subject     crm.Ref // may be of another kind than the command is about
	SubjectName string  // of a subject given by name: its first token, or what stands before the colon
	Rest        string  // what follows the words and the subject, as typed
	After       string  // what follows the words, a subject given by name too
	Tokens      []Token // of Rest
	// Whole says that the line is the command's words and nothing else.
	Whole bool
}

// Matcher finds commands, references and nouns in lines. It is safe for use by
// many at once.
type Matcher struct {
	phrases map[rune][]phrase // by their first rune, longest first
	after   map[rune][]phrase
	nouns   map[rune][]noun // longest first
	bare    map[string]crm.Kind
	takes   map[string]bool // commands that have a subject
	order   []phrase        // as they came, for Nearest
}

type phrase struct {
	text    string
	runes   []rune
	name    string
	subject crm.Kind
}

type noun struct {
	runes []rune
	kind  crm.Kind
}

// mine are the words before a noun that mean one's own.
var mine = []string{"my ", "my open ", "我的", "我的 ", "我负责的"}

// NewMatcher makes a Matcher of commands and of the words of each noun, in all
// languages together.
func NewMatcher(specs []Spec, nouns map[crm.Kind][]string) *Matcher {
	m := &Matcher{
		phrases: map[rune][]phrase{}, after: map[rune][]phrase{}, nouns: map[rune][]noun{},
		bare: map[string]crm.Kind{}, takes: map[string]bool{},
	}
	for prefix, kind := range prefixes {
		m.addNoun(prefix, kind)
	}
	for kind, words := range nouns {
		for _, w := range words {
			m.addNoun(w, kind)
			m.addBare(w, kind)
		}
	}
	for _, s := range specs {
		m.takes[s.Name] = m.takes[s.Name] || s.Subject != ""
		for _, p := range s.Phrases {
			add(m.phrases, p, s)
			m.order = append(m.order, phrase{text: p, runes: []rune(Bare(p)), name: s.Name})
		}
		for _, p := range s.After {
			add(m.after, p, s)
			m.order = append(m.order, phrase{text: p, runes: []rune(Bare(p)), name: s.Name, subject: s.Subject})
			for _, n := range nouns[s.Subject] {
				add(m.phrases, joinWords(n, p), s)
			}
		}
	}
	m.sort()
	return m
}

func (m *Matcher) addNoun(word string, kind crm.Kind) {
	if runes := []rune(Bare(word)); len(runes) > 0 {
		m.nouns[runes[0]] = append(m.nouns[runes[0]], noun{runes, kind})
	}
}

func (m *Matcher) addBare(word string, kind crm.Kind) {
	for _, w := range []string{Bare(word), plural(Bare(word))} {
		m.bare[w] = kind
		for _, my := range mine {
			m.bare[my+w] = kind
		}
	}
}

func add(to map[rune][]phrase, text string, s Spec) {
	runes := []rune(Bare(text))
	if len(runes) == 0 {
		return
	}
	to[runes[0]] = append(to[runes[0]], phrase{text: text, runes: runes, name: s.Name, subject: s.Subject})
}

func (m *Matcher) sort() {
	longest := func(a, b phrase) int { return len(b.runes) - len(a.runes) }
	for _, list := range m.phrases {
		slices.SortStableFunc(list, longest)
	}
	for _, list := range m.after {
		slices.SortStableFunc(list, longest)
	}
	for _, list := range m.nouns {
		slices.SortFunc(list, func(a, b noun) int {
			if n := len(b.runes) - len(a.runes); n != 0 {
				return n
			}
			return strings.Compare(string(a.kind), string(b.kind))
		})
	}
}

// Match says what a line means by its form, false if nothing. In this order: a
// line that is a phrase, a reference or a noun as a whole; a reference and
// what is to be done with it; the longest phrase the line begins with; a word
// that belongs after a reference, before it.
func (m *Matcher) Match(line string) (Match, bool) {
	f := fold(strings.TrimPrefix(strings.TrimSpace(line), "/"), true)
	if found, ok := m.whole(f); ok {
		return found, true
	}
	if ref, end, ok := m.refFrom(f); ok {
		return m.refFirst(f, ref, end), true
	}
	for _, p := range m.phrases[f.rune(0)] {
		if found, ok := m.phraseFirst(f, p); ok {
			return found, true
		}
	}
	for _, p := range m.after[f.rune(0)] {
		if found, ok := m.verbFirst(f, p); ok {
			return found, true
		}
	}
	return Match{}, false
}

// MatchColon reads "张伟:已发样品": a name or reference, a colon and a text on the
// same line. It does not know whether the name exists. The Name of the Match
// is "".
func (m *Matcher) MatchColon(line string) (Match, bool) {
	f := fold(line, true)
	name, end, ok := beforeColon(f, 0)
	if !ok || f.from(end) == "" {
		return Match{}, false
	}
	found := Match{SubjectName: name}
	if ref, ok := m.Ref(name); ok {
		found = Match{Subject: ref}
	}
	return found.rest(f, end), true
}

func (m *Matcher) whole(f folded) (Match, bool) {
	runes := f.bare()
	if len(runes) == 0 {
		return Match{}, false
	}
	for _, p := range m.phrases[runes[0]] {
		if slices.Equal(p.runes, runes) {
			return Match{Name: p.name, Whole: true}, true
		}
	}
	if kind, ok := m.bare[string(runes)]; ok {
		return Match{Kind: kind, Whole: true}, true
	}
	return Match{}, false
}

// refFirst reads what follows a reference.
func (m *Matcher) refFirst(f folded, ref crm.Ref, end int) Match {
	i := f.skip(end)
	for _, p := range m.after[f.rune(i)] {
		if p.subject != ref.Kind || !f.has(i, p.runes) {
			continue
		}
		if next := i + len(p.runes); f.boundary(next, p.runes) && !asks(f, next) {
			return Match{Name: p.name, Subject: ref}.rest(f, next)
		}
	}
	return Match{Subject: ref}.rest(f, i)
}

// phraseFirst reads a line that begins with a phrase.
func (m *Matcher) phraseFirst(f folded, p phrase) (Match, bool) {
	end := len(p.runes)
	if !f.has(0, p.runes) || !f.boundary(end, p.runes) {
		return Match{}, false
	}
	if next := f.rune(end); isHan(p.runes[end-1]) && (isHan(next) || isDigit(next)) && !m.glued(f, p, end) {
		return Match{}, false
	}
	return m.subject(Match{Name: p.name}, f, f.skip(end)), true
}

// verbFirst reads "won OPP-1", "赢单 商机1": the word that belongs after a
// reference, before one of its kind.
func (m *Matcher) verbFirst(f folded, p phrase) (Match, bool) {
	end := len(p.runes)
	if !f.has(0, p.runes) || !f.boundary(end, p.runes) {
		return Match{}, false
	}
	ref, next, ok := m.refAt(f, f.skip(end))
	if !ok || ref.Kind != p.subject {
		return Match{}, false
	}
	return Match{Name: p.name, Subject: ref}.rest(f, next), true
}

// glued says whether Chinese that follows a Chinese phrase without a space may
// belong to it, rather than to a sentence that happens to begin the same way
// ("完成情况怎么样"): the phrase is long and not a question ("新线索张伟"), a
// reference follows ("完成计划3"), or a short name of a subject that is set
// apart on its right ("跟进张伟 今天电话").
func (m *Matcher) glued(f folded, p phrase, end int) bool {
	if asks(f, end) {
		return false
	}
	if len(p.runes) >= 3 {
		return true
	}
	if _, _, ok := m.refAt(f, end); ok {
		return true
	}
	if len(p.runes) < 2 || !m.takes[p.name] {
		return false
	}
	n := end
	for isHan(f.rune(n)) {
		n++
	}
	return n-end >= 2 && n-end <= 4 && (f.rune(n) == ' ' || f.rune(n) == ':')
}

// subject takes the record a command is about off the rest of the line.
func (m *Matcher) subject(found Match, f folded, i int) Match {
	if !m.takes[found.Name] {
		return found.rest(f, i)
	}
	if ref, end, ok := m.refAt(f, i); ok {
		found.Subject = ref
		return found.rest(f, end)
	}
	if name, end, ok := beforeColon(f, i); ok {
		found.SubjectName = name
		found = found.rest(f, end)
		found.After = trimRest(f.from(i))
		return found
	}
	tokens := Split(f.from(i))
	if len(tokens) == 0 || tokens[0].Name != "" {
		return found.rest(f, i)
	}
	first := tokens[0]
	found.SubjectName = first.Text
	rest := f.from(i)[first.End:]
	found.Rest, found.After = trimRest(rest), trimRest(f.from(i))
	found.Tokens = Split(found.Rest)
	return found
}

// rest sets what follows from rune i on.
func (m Match) rest(f folded, i int) Match {
	m.Rest = trimRest(f.from(i))
	m.After, m.Tokens = m.Rest, Split(m.Rest)
	m.Whole = m.Name != "" && m.Rest == "" && m.Subject == crm.Ref{} && m.SubjectName == ""
	return m
}

// trimRest drops what only separates: "LEAD-1: called" has the rest "called".
// Nothing but punctuation is no rest.
func trimRest(s string) string {
	s = strings.TrimSpace(strings.TrimLeft(s, " \t\n\u3000:：,，、;；"))
	if len(s) <= 12 && Bare(s) == "" {
		return "" // "OPP-1 won!"
	}
	return s
}

// skip passes what separates words from rune i on.
func (f folded) skip(i int) int {
	for r := f.rune(i); r == ' ' || r == ':' || isComma(r); r = f.rune(i) {
		i++
	}
	return i
}

// boundary says whether words that end before rune i end there: Latin ones
// must not go on, Chinese ones have no such bound.
func (f folded) boundary(i int, words []rune) bool {
	last, next := words[len(words)-1], f.rune(i)
	return !isWord(last) || !isWord(next) && next != '-' && next != '_' && next != '\''
}

// asks says whether the line goes on at once and ends as a question:
// "解决了吗", "新线索怎么分配?".
func asks(f folded, i int) bool {
	if next := f.rune(i); next == ' ' || next == ':' || next == 0 {
		return false
	}
	last := f.rune(len(f.runes) - 1)
	return last == '?' || last == '吗' || last == '呢' || last == '么'
}

// longestSubject bounds a name before a colon, in characters.
const longestSubject = 40

// beforeColon reads a name of a subject up to a colon that does not stand
// between digits or in an address.
func beforeColon(f folded, i int) (name string, end int, ok bool) {
	for j := i; j < len(f.runes) && j-i <= longestSubject; j++ {
		if f.runes[j] != ':' {
			continue
		}
		if j == i || isDigit(f.rune(j-1)) && isDigit(f.rune(j+1)) || f.rune(j+1) == '/' {
			return "", 0, false
		}
		name := strings.TrimSpace(f.span(i, j).Of(f.src))
		if strings.ContainsAny(name, "=\n,，。、;；?？!！\"“") {
			return "", 0, false
		}
		return name, j + 1, true
	}
	return "", 0, false
}

// joinWords puts two words together as their script does.
func joinWords(a, b string) string {
	ra, rb := []rune(Bare(a)), []rune(Bare(b))
	if len(ra) > 0 && len(rb) > 0 && !isWord(ra[len(ra)-1]) && !isWord(rb[0]) {
		return a + b
	}
	return a + " " + b
}

// plural is the English plural of a word.
func plural(word string) string {
	runes := []rune(word)
	if len(runes) == 0 || !isWord(runes[len(runes)-1]) {
		return word
	}
	if stem, ok := strings.CutSuffix(word, "y"); ok && !strings.HasSuffix(stem, "a") && !strings.HasSuffix(stem, "e") && !strings.HasSuffix(stem, "o") {
		return stem + "ies"
	}
	return word + "s"
}
