package sqlite

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// threes is how many letters in a row the index knows messages by.
	threes = 3
	// sampleSize is how many messages are looked at to learn which letters are rare.
	sampleSize = 1000
	// A search reads a further list of the index at about listCost for each message in it, and a message at lookCost
	// (microseconds, measured at 1,000,000 messages).
	listCost, lookCost = 0.03, 15
)

// term is what is searched for: a part of a text or a name, whatever its case and with or without "@" before the name, or all of an id.
type term struct {
	said, folded string
	core         string   // folded without the "@" before a handle, which the index does not hold
	parts        []string // each three letters of it, folded; none when it is shorter
	seen         []int    // in how many of the sample each part occurs
	sampled      int
}

// newTerm returns nil for nothing to search for.
func newTerm(said string) *term {
	if said == "" {
		return nil
	}
	t := &term{said: said, folded: fold(said)}
	t.core = strings.TrimPrefix(t.folded, "@")
	letters := []rune(t.core)
	for i := 0; i+threes <= len(letters); i++ {
		if part := string(letters[i : i+threes]); !slices.Contains(t.parts, part) {
			t.parts = append(t.parts, part)
		}
	}
	t.seen = make([]int, len(t.parts))
	return t
}

// isIndexable reports whether the index can be asked for it. SQLite ends a question at a NUL, and repairs what is no text; a mere
// "@" is before every handle.
func (t *term) isIndexable() bool {
	return utf8.ValidString(t.said) && !strings.ContainsRune(t.said, 0) && t.core != ""
}

// told is what a search looks at of a message.
type told struct{ text, sender, recipient, xID, motionID string }

// matches reports whether a message is one that is searched for, and learns from it.
func (t *term) matches(m *told) bool {
	text := fold(m.text)
	if t.sampled < sampleSize {
		t.sampled++
		for i, part := range t.parts {
			if strings.Contains(text, part) {
				t.seen[i]++
			}
		}
	}
	return strings.Contains(text, t.folded) || strings.Contains("@"+fold(m.sender), t.folded) || strings.Contains("@"+fold(m.recipient), t.folded) ||
		m.xID == t.said || m.motionID == t.said
}

// question is what the index is asked for in total messages: the rarest parts first, and no more of them than make up for
// being read. What it finds is looked at, so that fewer parts find no less.
func (t *term) question(total int64) string {
	order := make([]int, len(t.parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.seen[a], t.seen[b]) })
	found := float64(total)
	var asked []string
	for _, i := range order {
		share := (float64(t.seen[i]) + 0.5) / (float64(t.sampled) + 1)
		if len(asked) > 0 && found*(1-share)*lookCost < share*float64(total)*listCost {
			break
		}
		if len(asked) > 0 {
			share = math.Sqrt(share) // parts of one word are in the same messages more often than chance has it
		}
		found *= share
		asked = append(asked, quoted(t.parts[i]))
	}
	return strings.Join(asked, " AND ")
}

// quoted is a string that FTS5 takes literally.
func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// fold makes strings that differ in case alone equal.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if least == r && unicode.SimpleFold(r) == r {
		return r
	}
	return unicode.ToLower(least)
}
