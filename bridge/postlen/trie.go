package postlen

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"
)

//go:embed tlds.txt
var tldFile string

//go:embed emoji.txt
var emojiFile string

var (
	emojiTrie = sync.OnceValue(func() *trie { return newTrie(emojiFile, same, anywhere) })
	tldTrie   = sync.OnceValue(func() *trie { return newTrie(tldFile, upper, afterTLD) })
)

// trie holds words of UTF-16 units and finds the longest at the beginning of a text. It is immutable.
type trie struct {
	next map[step]int32
	word []bool
	fold func(uint16) uint16
	ends func(rest []uint16) bool
}

// step is one unit further from a node; node 0 is the root.
type step struct {
	node int32
	unit uint16
}

// newTrie reads a file of one word a line with comments. Units are compared after fold; a word counts only when ends
// agrees to what follows it.
func newTrie(file string, fold func(uint16) uint16, ends func(rest []uint16) bool) *trie {
	t := &trie{next: map[step]int32{}, word: []bool{false}, fold: fold, ends: ends}
	for line := range strings.Lines(file) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "//") {
			t.add(utf16.Encode([]rune(line)))
		}
	}
	return t
}

func (t *trie) add(word []uint16) {
	node := int32(0)
	for _, u := range word {
		s := step{node, t.fold(u)}
		if t.next[s] == 0 {
			t.next[s] = int32(len(t.word))
			t.word = append(t.word, false)
		}
		node = t.next[s]
	}
	t.word[node] = true
}

// longest returns the size of the longest word that units begins with, 0 for none.
func (t *trie) longest(units []uint16) int {
	size, node := 0, int32(0)
	for i, u := range units {
		if node = t.next[step{node, t.fold(u)}]; node == 0 {
			break
		}
		if t.word[node] && t.ends(units[i+1:]) {
			size = i + 1
		}
	}
	return size
}

func same(u uint16) uint16 { return u }

func anywhere([]uint16) bool { return true }

// upper folds as regular expressions in JavaScript do: no unit beyond ASCII becomes one of ASCII, and none leaves the
// basic plane.
func upper(u uint16) uint16 {
	if u < 0x80 {
		if 'a' <= u && u <= 'z' {
			return u - 'a' + 'A'
		}
		return u
	}
	if r := unicode.ToUpper(rune(u)); 0x80 <= r && r <= 0xFFFF {
		return uint16(r)
	}
	return u
}

// afterTLD refuses what would make a top-level domain the beginning of something else.
func afterTLD(rest []uint16) bool {
	if len(rest) == 0 {
		return true
	}
	u := lower(rest[0])
	isPart := 'a' <= u && u <= 'z' || '0' <= u && u <= '9' || u == '@' || u == '+' || u == '-'
	return !isPart
}
