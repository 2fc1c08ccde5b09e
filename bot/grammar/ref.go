package grammar

import (
	"strconv"
	"strings"

	"crmbot/crm"
)

// longestID bounds the digits of a reference: a telephone number is none.
const longestID = 9

// notAfterRef are the characters after a number that make it a measure or a
// time and not a reference: "计划3点", "客户3个".
const notAfterRef = "点时天月号日个吨年周分秒万亿千百元块条单家位名次件箱袋台斤公克米度折期楼层%％"

// prefixes are the references' own letters, in small letters.
var prefixes = map[string]crm.Kind{
	"lead": crm.KindLead, "con": crm.KindContact, "acc": crm.KindAccount, "opp": crm.KindOpportunity,
	"tic": crm.KindTicket, "act": crm.KindActivity, "art": crm.KindArticle, "user": crm.KindUser,
	"conv": crm.KindConversation,
}

// Ref reads a whole text as a reference: LEAD-42, lead 42, lead42, 线索1,
// 商机 １, 工单#3.
func (m *Matcher) Ref(s string) (crm.Ref, bool) {
	f := fold(s, true)
	ref, end, ok := m.refAt(f, 0)
	if !ok || Bare(string(f.runes[end:])) != "" {
		return crm.Ref{}, false
	}
	return ref, true
}

// refAt reads a reference that begins at rune i and returns where it ends. The
// number must end there as well: not in a word, a measure or a time.
func (m *Matcher) refAt(f folded, i int) (ref crm.Ref, end int, ok bool) {
	for _, n := range m.nouns[f.rune(i)] {
		if !f.has(i, n.runes) {
			continue
		}
		if id, end, ok := refNumber(f, i+len(n.runes)); ok {
			return crm.Ref{Kind: n.kind, ID: id}, end, true
		}
	}
	return crm.Ref{}, 0, false
}

// refFrom reads a reference that a line begins with, also after its own noun:
// "deal OPP-1", "商机 OPP-1".
func (m *Matcher) refFrom(f folded) (ref crm.Ref, end int, ok bool) {
	if ref, end, ok := m.refAt(f, 0); ok {
		return ref, end, true
	}
	for _, n := range m.nouns[f.rune(0)] {
		next := len(n.runes)
		if !f.has(0, n.runes) || !f.boundary(next, n.runes) {
			continue
		}
		if ref, end, ok := m.refAt(f, f.skip(next)); ok && ref.Kind == n.kind {
			return ref, end, true
		}
	}
	return crm.Ref{}, 0, false
}

// refNumber reads the number of a reference after its noun.
func refNumber(f folded, i int) (id int64, end int, ok bool) {
	spaced := false
	for j := 0; j < 3; j++ {
		switch f.rune(i) {
		case ' ':
			spaced = true
			i++
		case '-', '#', '_':
			i++
		}
	}
	end = i
	for isDigit(f.rune(end)) {
		end++
	}
	if end == i || end-i > longestID {
		return 0, 0, false
	}
	next := f.rune(end)
	switch {
	case isWord(next) || strings.ContainsRune(notAfterRef, next) && next != 0,
		isHan(next) && spaced,
		(next == '.' || next == ',' || next == '-' || next == '/') && isDigit(f.rune(end+1)),
		next == ':' && clockAfter(f, end+1):
		return 0, 0, false
	}
	id, err := strconv.ParseInt(string(f.runes[i:end]), 10, 64)
	return id, end, err == nil && id > 0
}

// clockAfter says whether the minutes of a time stand at i, and nothing that
// makes them an amount or a measure: 3:30, but not 商机1:28万.
func clockAfter(f folded, i int) bool {
	if !isDigit(f.rune(i)) || !isDigit(f.rune(i+1)) {
		return false
	}
	next := f.rune(i + 2)
	return !isDigit(next) && !isWord(next) && !isHan(next) && next != '.' && next != ','
}

// has says whether the runes stand at i.
func (f folded) has(i int, runes []rune) bool {
	if i+len(runes) > len(f.runes) {
		return false
	}
	for j, r := range runes {
		if f.runes[i+j] != r {
			return false
		}
	}
	return true
}
