package cbor

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Encode writes a value of the kinds that Decode returns. Keys are written in alphabetical order. It panics for anything
// else, which only a mistake in a program can be.
func Encode(value any) []byte { return appendValue(nil, value) }

func appendValue(out []byte, value any) []byte {
	switch v := value.(type) {
	case uint64:
		return appendHead(out, kindUint, v)
	case []byte:
		return append(appendHead(out, kindBytes, uint64(len(v))), v...)
	case string:
		return append(appendHead(out, kindText, uint64(len(v))), v...)
	case []any:
		out = appendHead(out, kindList, uint64(len(v)))
		for _, item := range v {
			out = appendValue(out, item)
		}
		return out
	case Map:
		return appendMap(out, v)
	case bool:
		if v {
			return append(out, kindOther<<5|simpleTrue)
		}
		return append(out, kindOther<<5|simpleFalse)
	case nil:
		return append(out, kindOther<<5|simpleNull)
	}
	panic(fmt.Sprintf("cbor: a %T", value))
}

func appendMap(out []byte, value Map) []byte {
	out = appendHead(out, kindMap, uint64(len(value)))
	for _, key := range slices.Sorted(maps.Keys(value)) {
		out = appendValue(out, key)
		out = appendValue(out, value[key])
	}
	return out
}

func appendHead(out []byte, kind byte, n uint64) []byte {
	kind <<= 5
	switch {
	case n < 24:
		return append(out, kind|byte(n))
	case n <= math.MaxUint8:
		return append(out, kind|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(out, kind|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(out, kind|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(out, kind|27), n)
}
