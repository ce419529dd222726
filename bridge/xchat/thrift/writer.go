package thrift

import "encoding/binary"

// Writer writes the fields of one structure. The zero Writer is an empty structure. Fields are written in the order of
// the calls; callers keep to ascending ids, as X's own programs do.
type Writer struct{ raw []byte }

// Done ends the structure and returns it.
func (w *Writer) Done() []byte { return append(w.raw, byte(Stop)) }

func (w *Writer) field(kind Type, id int16) {
	w.raw = append(w.raw, byte(kind))
	w.raw = binary.BigEndian.AppendUint16(w.raw, uint16(id))
}

// Text writes a text.
func (w *Writer) Text(id int16, text string) {
	w.field(Text, id)
	w.raw = binary.BigEndian.AppendUint32(w.raw, uint32(len(text)))
	w.raw = append(w.raw, text...)
}

// OptionalText writes a text unless it is empty.
func (w *Writer) OptionalText(id int16, text string) {
	if text != "" {
		w.Text(id, text)
	}
}

// Bytes writes a binary value.
func (w *Writer) Bytes(id int16, value []byte) {
	w.field(Text, id)
	w.raw = binary.BigEndian.AppendUint32(w.raw, uint32(len(value)))
	w.raw = append(w.raw, value...)
}

// Bool writes a truth value.
func (w *Writer) Bool(id int16, value bool) {
	w.field(Bool, id)
	if value {
		w.raw = append(w.raw, 1)
		return
	}
	w.raw = append(w.raw, 0)
}

// I32 writes a number of 32 bits.
func (w *Writer) I32(id int16, value int32) {
	w.field(I32, id)
	w.raw = binary.BigEndian.AppendUint32(w.raw, uint32(value))
}

// I64 writes a number of 64 bits.
func (w *Writer) I64(id int16, value int64) {
	w.field(I64, id)
	w.raw = binary.BigEndian.AppendUint64(w.raw, uint64(value))
}

// Raw writes a structure that is written already, with its end (what Done or Value.Raw gave).
func (w *Writer) Raw(id int16, structure []byte) {
	w.field(Struct, id)
	w.raw = append(w.raw, structure...)
}

// Structs writes a list of structures that are written already, each with its end.
func (w *Writer) Structs(id int16, all [][]byte) {
	w.list(id, Struct, len(all))
	for _, one := range all {
		w.raw = append(w.raw, one...)
	}
}

// Texts writes a list of texts.
func (w *Writer) Texts(id int16, all []string) {
	w.list(id, Text, len(all))
	for _, one := range all {
		w.raw = binary.BigEndian.AppendUint32(w.raw, uint32(len(one)))
		w.raw = append(w.raw, one...)
	}
}

func (w *Writer) list(id int16, element Type, n int) {
	w.field(List, id)
	w.raw = append(w.raw, byte(element))
	w.raw = binary.BigEndian.AppendUint32(w.raw, uint32(n))
}
