package powercut

import (
	"math/rand/v2"
	"slices"
)

// What a disk or a page cache writes whole or not at all, in bytes.
const (
	sector = 512
	page   = 4096
)

// file is the content of one file, whatever names it has.
type file struct {
	live     []byte   // what the program reads
	safe     []byte   // what the disk is sure to have
	pending  []change // on the way from safe to live, in order
	isFolder bool
	isMapped bool
}

// change is a write, or with no data a new length.
type change struct {
	at     int
	offset int64
	data   []byte
}

func (f *file) add(c change) {
	f.live = c.apply(f.live)
	f.pending = append(f.pending, c)
}

// flush makes those changes safe that are wanted.
func (f *file) flush(wanted func(change) bool) {
	f.pending = slices.DeleteFunc(f.pending, func(c change) bool {
		if !wanted(c) {
			return false
		}
		f.safe = c.apply(f.safe)
		return true
	})
}

// flushRange makes a write safe, with what it has written over.
func (f *file) flushRange(of change) {
	f.flush(func(c change) bool {
		return c.at <= of.at && (c.data == nil || c.offset < of.end() && of.offset < c.end())
	})
}

func (c change) end() int64 { return c.offset + int64(len(c.data)) }

func (c change) apply(content []byte) []byte {
	if c.data == nil {
		return resize(content, c.offset)
	}
	content = resize(content, max(int64(len(content)), c.end()))
	copy(content[c.offset:], c.data)
	return content
}

func resize(content []byte, size int64) []byte {
	if missing := size - int64(len(content)); missing > 0 {
		return append(content, make([]byte, missing)...)
	}
	return content[:size]
}

// cut returns what the disk may have of the file.
func (f *file) cut(random *rand.Rand) []byte {
	if f.isMapped {
		return noise(random, len(f.live))
	}
	content := slices.Clone(f.safe)
	luck := random.IntN(4)
	for _, c := range f.pending {
		fate := random.IntN(3)
		switch {
		case luck == 0, luck > 1 && fate == 0: // never reached the disk
		case luck == 1, fate == 1 || c.data == nil:
			content = c.apply(content)
		default:
			content = c.tear(content, random)
		}
	}
	return content
}

// tear does a part of a write: its beginning, its end, or any of its units.
func (c change) tear(content []byte, random *rand.Rand) []byte {
	unit := int64([]int{sector, page}[random.IntN(2)])
	if random.IntN(2) == 0 { // the length came first
		content = resize(content, max(int64(len(content)), c.end()))
	}
	units := (c.end()-1)/unit - c.offset/unit + 1
	split, kind := random.Int64N(units+1), random.IntN(3)
	for i := range units {
		isThere := [3]bool{i < split, i >= split, random.IntN(2) == 0}[kind]
		if !isThere {
			continue
		}
		from := max(c.offset, (c.offset/unit+i)*unit)
		to := min(c.end(), (c.offset/unit+i+1)*unit)
		content = change{offset: from, data: c.data[from-c.offset : to-c.offset]}.apply(content)
	}
	return content
}

func noise(random *rand.Rand, n int) []byte {
	content := make([]byte, n)
	for i := range content {
		content[i] = byte(random.Uint32())
	}
	return content
}
