package thrift_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"perch/bridge/xchat/thrift"
)

// walk reads everything that an input holds, in every way in which it may be read.
func walk(raw []byte) error {
	var deep func(id int16, v thrift.Value)
	element := func(v thrift.Value) { deep(0, v) }
	deep = func(_ int16, v thrift.Value) {
		switch v.Type() {
		case thrift.Text:
			v.Text()
		case thrift.Bool:
			v.Bool()
		case thrift.I32:
			v.I32()
		case thrift.I64:
			v.I64()
		case thrift.Struct:
			v.Struct(deep)
		case thrift.List:
			v.List(element)
		}
	}
	return thrift.Read(raw, deep)
}

// skip reads nothing of what an input holds.
func skip(raw []byte) error { return thrift.Read(raw, func(int16, thrift.Value) {}) }

func TestWhatWasWrittenIsRead(t *testing.T) {
	var inner, w thrift.Writer
	inner.Text(1, "in")
	one := inner.Done()
	w.Text(1, "Grüße 🙂")
	w.OptionalText(2, "")
	w.Bytes(3, []byte{0xff, 0})
	w.Bool(4, true)
	w.I32(5, -7)
	w.I64(6, 1<<60)
	w.Raw(7, one)
	w.Structs(8, [][]byte{one, one})
	w.Texts(9, []string{"a", ""})
	var texts []string
	var raw []byte
	structs := 0
	err := thrift.Read(w.Done(), func(id int16, v thrift.Value) {
		switch id {
		case 1:
			texts = append(texts, v.Text())
		case 2:
			t.Error("an empty optional text was written")
		case 3:
			raw = v.Bytes()
		case 4:
			if !v.Bool() {
				t.Error("true became false")
			}
		case 5:
			if n := v.I32(); n != -7 {
				t.Errorf("-7 became %d", n)
			}
		case 6:
			if n := v.I64(); n != 1<<60 {
				t.Errorf("2^60 became %d", n)
			}
		case 7:
			if got := v.Raw(); !bytes.Equal(got, one) {
				t.Errorf("Raw gives %x, want %x", got, one)
			}
		case 8:
			v.List(func(e thrift.Value) { e.Struct(func(int16, thrift.Value) { structs++ }) })
		case 9:
			v.List(func(e thrift.Value) { texts = append(texts, e.Text()) })
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(texts, "|") != "Grüße 🙂|a|" || !bytes.Equal(raw, []byte{0xff, 0}) || structs != 2 {
		t.Errorf("read %q %x %d", texts, raw, structs)
	}
}

func TestBounds(t *testing.T) {
	nested := func(depth int) []byte { // the outermost structure is a level too
		return append(bytes.Repeat([]byte{0x0c, 0, 1}, depth-1), make([]byte, depth)...)
	}
	lists := func(depth int) []byte {
		raw := []byte{0x0f, 0, 1}
		for range depth - 2 {
			raw = append(raw, 0x0f, 0, 0, 0, 1)
		}
		return append(raw, 0x02, 0, 0, 0, 1, 1, 0)
	}
	list := func(element byte, n uint32, body int) []byte {
		raw := binary.BigEndian.AppendUint32([]byte{0x0f, 0, 1, element}, n)
		return append(raw, make([]byte, body+1)...)
	}
	many := func(containers int) []byte {
		one := list(0x02, 10_000, 10_000)
		one = one[:len(one)-1]
		return append(bytes.Repeat(one, containers), 0)
	}
	length := func(n uint32) []byte {
		return append(binary.BigEndian.AppendUint32([]byte{0x0b, 0, 1}, n), 'a', 'b', 0)
	}
	for name, tc := range map[string]struct {
		raw  []byte
		want error
	}{
		"empty structure":                  {[]byte{0}, nil},
		"nothing":                          {nil, thrift.ErrShort},
		"as deep as allowed":               {nested(32), nil},
		"one too deep":                     {nested(33), thrift.ErrNesting},
		"lists as deep as allowed":         {lists(32), nil},
		"lists one too deep":               {lists(33), thrift.ErrNesting},
		"as many as allowed":               {list(0x02, 10_000, 10_000), nil},
		"one too many":                     {list(0x02, 10_001, 10_001), thrift.ErrElements},
		"altogether as many as allowed":    {many(10), nil},
		"altogether too many":              {many(11), thrift.ErrElements},
		"a negative count":                 {list(0x02, 0xffffffff, 0), thrift.ErrShort},
		"more elements than bytes":         {list(0x0a, 9_999, 100), thrift.ErrShort},
		"a text as long as what is left":   {length(2), nil},
		"a text longer than what is left":  {length(4), thrift.ErrShort},
		"a text of negative length":        {length(0x80000000), thrift.ErrShort},
		"a text of 2 GB":                   {length(0x7fffffff), thrift.ErrShort},
		"a type that does not exist":       {[]byte{0x07, 0, 1, 0, 0}, thrift.ErrType},
		"a list of what does not exist":    {list(0x01, 1, 1), thrift.ErrType},
		"an empty list of no type":         {list(0x00, 0, 0), nil},
		"a list of no type with elements":  {list(0x00, 1, 1), thrift.ErrType},
		"an empty map of no types":         {[]byte{0x0d, 0, 1, 0, 0, 0, 0, 0, 0, 0}, nil},
		"a map of no types with elements":  {[]byte{0x0d, 0, 1, 0, 0, 0, 0, 0, 1, 0}, thrift.ErrType},
		"a map":                            {[]byte{0x0d, 0, 1, 0x02, 0x02, 0, 0, 0, 1, 1, 1, 0}, nil},
		"every simple type":                {[]byte{2, 0, 1, 1, 3, 0, 1, 1, 6, 0, 1, 1, 1, 4, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0}, nil},
		"without its end":                  {[]byte{0x02, 0, 1, 1}, thrift.ErrShort},
		"something behind its end":         {[]byte{0, 0}, nil},
		"a field that ends in its id":      {[]byte{0x02, 0}, thrift.ErrShort},
		"a number that ends in its middle": {[]byte{0x0a, 0, 1, 0, 0, 0}, thrift.ErrShort},
	} {
		for how, read := range map[string]func([]byte) error{"read": walk, "skipped": skip} {
			if err := read(tc.raw); !errors.Is(err, tc.want) {
				t.Errorf("%s, %s: %v, want %v", name, how, err, tc.want)
			}
		}
	}
	if err := walk([]byte{0x0b, 0, 1, 0, 0, 0, 1, 0xff, 0}); !errors.Is(err, thrift.ErrText) {
		t.Errorf("a text that is not UTF-8: %v", err)
	}
}

func TestWhatIsReadHasTheTypeThatIsAskedFor(t *testing.T) {
	var w thrift.Writer
	w.Text(1, "x")
	w.Text(2, "y")
	raw := w.Done()
	raw[0] = byte(thrift.I32) // as if a number had been written
	var texts []string
	err := thrift.Read(raw, func(_ int16, v thrift.Value) {
		texts = append(texts, v.Text())
		if v.Text() != "" || v.Bytes() != nil || v.I32() != 0 || v.Bool() || v.Raw() != nil {
			t.Error("a value is read twice")
		}
	})
	if err != nil || strings.Join(texts, "|") != "x|y" {
		t.Errorf("read %q, %v", texts, err)
	}
	mine := errors.New("mine")
	if err := thrift.Read(raw, func(_ int16, v thrift.Value) { v.Fail(mine) }); !errors.Is(err, mine) {
		t.Errorf("a caller's error became %v", err)
	}
}

func TestAnInputCostsNoMoreMemoryThanItIsLong(t *testing.T) {
	raw := binary.BigEndian.AppendUint32([]byte{0x0f, 0, 1, 0x0c}, 10_000)
	if n := testing.AllocsPerRun(100, func() { _ = walk(raw) }); n > 10 {
		t.Errorf("a count without elements costs %v allocations", n)
	}
}

func FuzzRead(f *testing.F) {
	var inner, w thrift.Writer
	inner.Text(1, "in")
	w.Text(1, "Grüße 🙂")
	w.Bool(4, true)
	w.I32(5, -7)
	w.I64(6, 1<<60)
	w.Structs(8, [][]byte{inner.Done()})
	w.Texts(9, []string{"a", ""})
	f.Add(w.Done())
	f.Add([]byte{0x0d, 0, 1, 0x02, 0x02, 0, 0, 0, 1, 1, 1, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		read, skipped := walk(raw), skip(raw)
		if read == nil && skipped != nil || skipped == nil && read != nil && !errors.Is(read, thrift.ErrText) {
			t.Errorf("read: %v, skipped: %v", read, skipped)
		}
		if skipped != nil {
			return
		}
		whole, err := thrift.Whole(raw)
		if err != nil || !bytes.HasPrefix(raw, whole) {
			t.Fatalf("the whole of it is %x, %v", whole, err)
		}
		var w thrift.Writer
		w.Raw(1, whole)
		err = thrift.Read(w.Done(), func(_ int16, v thrift.Value) {
			if got := v.Raw(); got != nil && !bytes.Equal(got, whole) {
				t.Error("Raw changes a structure")
			}
		})
		if err != nil && !errors.Is(err, thrift.ErrNesting) {
			t.Errorf("within another structure: %v", err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var w thrift.Writer
	for id := range int16(20) {
		w.Text(id, "some text of usual length")
	}
	raw := w.Done()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if err := walk(raw); err != nil {
			b.Fatal(err)
		}
	}
}
