package thrift

import (
	"encoding/binary"
	"unicode/utf8"
)

// reader walks over an input. Its first error stays and ends every walk.
type reader struct {
	raw      []byte // what is left
	nesting  int
	elements int
	err      error
}

// Value is a value of the input that may be read once: by one of its methods, inside the function that it was given to.
type Value struct {
	r    *reader
	kind Type
	left int // how much of the input is left where the value begins
}

// Read walks over the fields of the structure that the input consists of, in the order in which they were written. What
// visit does not read is skipped, and what follows the structure's end is not looked at.
func Read(raw []byte, visit func(id int16, v Value)) error {
	r := &reader{raw: raw}
	r.fields(visit)
	return r.err
}

// Whole checks the structure that the input begins with, and returns it without what follows its end. It shares the input's
// memory.
func Whole(raw []byte) ([]byte, error) {
	r := &reader{raw: raw}
	r.skip(Struct)
	if r.err != nil {
		return nil, r.err
	}
	n := len(raw) - len(r.raw)
	return raw[:n:n], nil
}

func (r *reader) fields(visit func(id int16, v Value)) {
	if !r.enter() {
		return
	}
	for r.err == nil {
		kind := Type(r.byte())
		if kind == Stop {
			break
		}
		if !kind.exists() {
			r.fail(ErrType)
		}
		id := int16(r.number(2))
		r.value(kind, func(v Value) { visit(id, v) })
	}
	r.nesting--
}

// value hands a value over and skips it if nobody has read it.
func (r *reader) value(kind Type, visit func(v Value)) {
	if r.err != nil {
		return
	}
	left := len(r.raw)
	visit(Value{r, kind, left})
	if len(r.raw) == left { // no value is of 0 bytes
		r.skip(kind)
	}
}

func (r *reader) enter() bool {
	if r.nesting++; r.nesting > MaxNesting {
		r.fail(ErrNesting)
	}
	return r.err == nil
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.raw = nil
}

// take returns the next bytes; none after an error.
func (r *reader) take(n int) []byte {
	if r.err != nil || n > len(r.raw) {
		r.fail(ErrShort)
		return nil
	}
	part := r.raw[:n:n]
	r.raw = r.raw[n:]
	return part
}

func (r *reader) byte() byte {
	if part := r.take(1); part != nil {
		return part[0]
	}
	return 0
}

// number reads a whole number of 1, 2, 4 or 8 bytes.
func (r *reader) number(size int) int64 {
	part := r.take(size)
	switch {
	case part == nil:
		return 0
	case size == 1:
		return int64(int8(part[0]))
	case size == 2:
		return int64(int16(binary.BigEndian.Uint16(part)))
	case size == 4:
		return int64(int32(binary.BigEndian.Uint32(part)))
	}
	return int64(binary.BigEndian.Uint64(part))
}

func (r *reader) bytes() []byte {
	n := r.number(4)
	if n < 0 || n > int64(len(r.raw)) {
		r.fail(ErrShort)
		return nil
	}
	return r.take(int(n))
}

func (r *reader) text() string {
	raw := r.bytes()
	if !utf8.Valid(raw) {
		r.fail(ErrText)
		return ""
	}
	return string(raw)
}
