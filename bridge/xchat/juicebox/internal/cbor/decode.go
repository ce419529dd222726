package cbor

import (
	"encoding/binary"
	"unicode/utf8"
)

// Decode reads one value: uint64, []byte, string, []any, Map, bool or nil. Byte strings are parts of raw.
func Decode(raw []byte) (any, error) {
	d := decoder{rest: raw}
	value := d.value(maxDepth)
	if d.failed || len(d.rest) > 0 {
		return nil, ErrInvalid
	}
	return value, nil
}

// decoder reads on until something is wrong; then every value is nil.
type decoder struct {
	rest   []byte
	failed bool
}

func (d *decoder) fail() any {
	d.failed, d.rest = true, nil
	return nil
}

func (d *decoder) value(depth int) any {
	kind, n := d.head()
	switch {
	case d.failed || depth == 0:
		return d.fail()
	case kind == kindUint:
		return n
	case kind == kindBytes:
		return d.take(n)
	case kind == kindText:
		return d.text(n)
	case kind == kindList:
		return d.list(n, depth)
	case kind == kindMap:
		return d.entries(n, depth)
	case kind == kindOther:
		return d.simple(n)
	}
	return d.fail()
}

// head reads the kind of an item and its number or length, which may be written longer than it needs to be.
func (d *decoder) head() (byte, uint64) {
	first := d.take(1)
	if d.failed {
		return 0, 0
	}
	kind, info := first[0]>>5, first[0]&31
	switch {
	case info < 24:
		return kind, uint64(info)
	case info > 27 || kind == kindOther: // indefinite lengths, floats
		d.fail()
		return 0, 0
	}
	var wide [8]byte
	size := 1 << (info - 24)
	copy(wide[8-size:], d.take(uint64(size)))
	return kind, binary.BigEndian.Uint64(wide[:])
}

func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) || d.failed {
		d.fail()
		return nil
	}
	part := d.rest[:n:n]
	d.rest = d.rest[n:]
	return part
}

func (d *decoder) text(n uint64) any {
	text := d.take(n)
	if !utf8.Valid(text) {
		return d.fail()
	}
	return string(text)
}

func (d *decoder) list(n uint64, depth int) any {
	if n > maxItems || n > uint64(len(d.rest)) {
		return d.fail()
	}
	out := make([]any, 0, n)
	for range n {
		out = append(out, d.value(depth-1))
	}
	return out
}

func (d *decoder) entries(n uint64, depth int) any {
	if n > maxItems || n > uint64(len(d.rest)) {
		return d.fail()
	}
	out := make(Map, n)
	for range n {
		key, isText := d.value(depth - 1).(string)
		if _, twice := out[key]; twice || !isText {
			return d.fail()
		}
		out[key] = d.value(depth - 1)
	}
	return out
}

func (d *decoder) simple(n uint64) any {
	switch n {
	case simpleFalse:
		return false
	case simpleTrue:
		return true
	case simpleNull:
		return nil
	}
	return d.fail()
}
