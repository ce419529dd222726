package thrift

// count reads how many elements follow and holds it against the bounds and against what is left: no element is of 0 bytes.
func (r *reader) count() int {
	n := r.number(4)
	switch {
	case r.err != nil:
	case n < 0:
		r.fail(ErrShort)
	case n > MaxElements || r.elements+int(n) > MaxTotal:
		r.fail(ErrElements)
	case n > int64(len(r.raw)):
		r.fail(ErrShort)
	}
	if r.err != nil {
		return 0
	}
	r.elements += int(n)
	return int(n)
}

func (r *reader) list(visit func(v Value)) {
	if !r.enter() {
		return
	}
	element := Type(r.byte())
	if !element.exists() && element != Stop {
		r.fail(ErrType)
	}
	n := r.count()
	for i := 0; i < n && r.err == nil; i++ {
		r.value(element, visit)
	}
	r.nesting--
}

func (r *reader) skipMap() {
	if !r.enter() {
		return
	}
	key, value := Type(r.byte()), Type(r.byte())
	n := r.count()
	for i := 0; i < n && r.err == nil; i++ {
		r.skip(key)
		r.skip(value)
	}
	r.nesting--
}

func (r *reader) skip(kind Type) {
	switch kind {
	case Bool, I8, I16, I32, I64, Double:
		r.take(kind.size())
	case Text:
		r.bytes()
	case Struct:
		r.fields(func(int16, Value) {})
	case List, Set:
		r.list(func(Value) {})
	case Map:
		r.skipMap()
	default:
		r.fail(ErrType)
	}
}
