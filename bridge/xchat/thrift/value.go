package thrift

// Type returns what the value is.
func (v Value) Type() Type { return v.kind }

// as reports whether the value may be read as this type, now.
func (v Value) as(kind Type) bool {
	if v.r.err == nil && (v.kind != kind || v.left != len(v.r.raw)) {
		v.r.fail(ErrType)
	}
	return v.r.err == nil
}

// Text reads a text. It has memory of its own.
func (v Value) Text() string {
	if !v.as(Text) {
		return ""
	}
	return v.r.text()
}

// Bytes reads a binary value. It shares the input's memory.
func (v Value) Bytes() []byte {
	if !v.as(Text) {
		return nil
	}
	return v.r.bytes()
}

// Bool reads a truth value. Everything but 0 is true, as other readers have it.
func (v Value) Bool() bool { return v.as(Bool) && v.r.byte() != 0 }

// I32 reads a number of 32 bits, such as an enumeration.
func (v Value) I32() int32 {
	if !v.as(I32) {
		return 0
	}
	return int32(v.r.number(4))
}

// I64 reads a number of 64 bits.
func (v Value) I64() int64 {
	if !v.as(I64) {
		return 0
	}
	return v.r.number(8)
}

// Struct walks over the fields of a structure, as Read does.
func (v Value) Struct(visit func(id int16, v Value)) {
	if v.as(Struct) {
		v.r.fields(visit)
	}
}

// List walks over the elements of a list.
func (v Value) List(visit func(v Value)) {
	if v.as(List) {
		v.r.list(visit)
	}
}

// Raw reads a structure without looking into it: it is checked, and returned as it was written, with its end. It shares
// the input's memory.
func (v Value) Raw() []byte {
	if !v.as(Struct) {
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
