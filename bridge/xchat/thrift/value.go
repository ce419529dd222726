package thrift

// Type returns what the value is.
func (v Value) Type() Type { return v.kind }

// isUnread reports whether the value may be read now. Which type it was written as is not asked.
func (v Value) isUnread() bool { return v.r.err == nil && v.left == len(v.r.raw) }

// Text reads a text. It has memory of its own.
func (v Value) Text() string {
	if !v.isUnread() {
		return ""
	}
	return v.r.text()
}

// Bytes reads a binary value. It shares the input's memory.
func (v Value) Bytes() []byte {
	if !v.isUnread() {
		return nil
	}
	return v.r.bytes()
}

// Bool reads a truth value. Everything but 0 is true.
func (v Value) Bool() bool { return v.isUnread() && v.r.byte() != 0 }

// I32 reads a number of 32 bits, such as an enumeration.
func (v Value) I32() int32 {
	if !v.isUnread() {
		return 0
	}
	return int32(v.r.number(4))
}

// I64 reads a number of 64 bits.
func (v Value) I64() int64 {
	if !v.isUnread() {
		return 0
	}
	return v.r.number(8)
}

// Struct walks over the fields of a structure, as Read does.
func (v Value) Struct(visit func(id int16, v Value)) {
	if v.isUnread() {
		v.r.fields(visit)
	}
}

// List walks over the elements of a list.
func (v Value) List(visit func(v Value)) {
	if v.isUnread() {
		v.r.list(visit)
	}
}

// Raw reads a structure without looking into it: it is checked, and returned as it was written, with its end. It shares
// the input's memory.
func (v Value) Raw() []byte {
	if !v.isUnread() {
		return nil
	}
	before := v.r.raw
	v.r.skip(Struct)
	if v.r.err != nil {
		return nil
	}
	n := len(before) - len(v.r.raw)
	return before[:n:n]
}

// Fail makes an error of the caller's the outcome of the whole reading.
func (v Value) Fail(err error) { v.r.fail(err) }
