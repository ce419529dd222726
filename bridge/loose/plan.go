package loose

import (
	"encoding"
	"encoding/json"
	"reflect"
	"sync"
)

// plan is how values of one type are read. Reading does what encoding/json does, in its order.
type plan struct {
	// store reads raw, which is valid, into v. An error is that of a type which reads itself; it ends all reading.
	store func(raw []byte, v reflect.Value) error
}

// plans are those of the types that Part was asked for; nil for one that is left to encoding/json.
var plans sync.Map

// planOf is how to read what a pointer points to; nil when that is left to encoding/json.
func planOf(pointer reflect.Type) *plan {
	if known, ok := plans.Load(pointer); ok {
		return known.(*plan)
	}
	all := planner{}
	made := all.plan(pointer.Elem())
	if all.cannot() {
		made = nil
	}
	plans.Store(pointer, made)
	return made
}

// planner makes the plan of a type and of those within it, which may be within themselves.
type planner map[reflect.Type]*plan

// cannot reports whether there is one among them that encoding/json has rules for which are not known here.
func (all planner) cannot() bool {
	for _, p := range all {
		if p.store == nil {
			return true
		}
	}
	return false
}

var (
	unmarshaler     = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonNumber      = reflect.TypeFor[json.Number]()
)

func (all planner) plan(t reflect.Type) *plan {
	if p := all[t]; p != nil {
		return p
	}
	p := &plan{}
	all[t] = p
	pointer := reflect.PointerTo(t)
	switch {
	case pointer.Implements(unmarshaler) && t.Name() != "":
		p.store = storeItself
	case pointer.Implements(unmarshaler), pointer.Implements(textUnmarshaler), t == jsonNumber:
		// These have rules of their own.
	default:
		p.store = all.byKind(t)
	}
	return p
}

// byKind is how a type is read that says nothing of it itself; nil for a kind that is left to encoding/json.
func (all planner) byKind(t reflect.Type) func([]byte, reflect.Value) error {
	switch t.Kind() {
	case reflect.Pointer:
		return all.plan(t.Elem()).pointer
	case reflect.Struct:
		if members, ok := all.members(nil, t, nil); ok {
			return members.store
		}
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return all.plan(t.Elem()).list
		}
	case reflect.Map:
		if t.Key() == reflect.TypeFor[string]() {
			return all.plan(t.Elem()).object
		}
	case reflect.String:
		return storeText
	case reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return storeScalar
	}
	return nil
}

func storeItself(raw []byte, v reflect.Value) error {
	return v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(raw)
}

func storeText(raw []byte, v reflect.Value) error {
	if raw[0] == '"' {
		v.SetString(textOf(raw))
	}
	return nil
}

func storeScalar(raw []byte, v reflect.Value) error {
	_ = json.Unmarshal(raw, v.Addr().Interface()) // it fails for another type alone
	return nil
}

// storeNull makes nil of null, and leaves v for anything else.
func storeNull(raw []byte, v reflect.Value) error {
	if raw[0] == 'n' {
		v.SetZero()
	}
	return nil
}

// pointer reads into what a pointer points to; null makes it nil.
func (p *plan) pointer(raw []byte, v reflect.Value) error {
	if raw[0] == 'n' {
		return storeNull(raw, v)
	}
	if v.IsNil() {
		v.Set(reflect.New(v.Type().Elem()))
	}
	return p.store(raw, v.Elem())
}

// list reads a list of what p reads.
func (p *plan) list(raw []byte, v reflect.Value) error {
	if raw[0] != '[' {
		return storeNull(raw, v)
	}
	n := 0
	for w := parts(raw, 0, maxNesting); w.next(); n++ {
		if n >= v.Cap() {
			v.Grow(1)
		}
		if n >= v.Len() {
			v.SetLen(n + 1)
		}
		if err := p.store(w.value, v.Index(n)); err != nil {
			return err
		}
	}
	if n == 0 {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	v.SetLen(n)
	return nil
}

// object reads a map of what p reads.
func (p *plan) object(raw []byte, v reflect.Value) error {
	if raw[0] != '{' {
		return storeNull(raw, v)
	}
	if v.IsNil() {
		v.Set(reflect.MakeMap(v.Type()))
	}
	one := reflect.New(v.Type().Elem()).Elem()
	for w := parts(raw, 0, maxNesting); w.next(); {
		one.SetZero()
		if err := p.store(w.value, one); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(textOf(w.name)), one)
	}
	return nil
}
