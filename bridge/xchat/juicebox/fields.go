package juicebox

import (
	"math"

	"perch/bridge/xchat/juicebox/internal/cbor"
	"perch/bridge/xchat/juicebox/internal/oprf"
)

// fields are those of a struct in CBOR. One that is missing or of another kind or size is not ok.
type fields cbor.Map

func (f fields) bytes(name string, size int) ([]byte, bool) {
	value, ok := f[name].([]byte)
	return value, ok && len(value) == size
}

func (f fields) fields(name string) (fields, bool) {
	value, ok := f[name].(cbor.Map)
	return fields(value), ok
}

func (f fields) count(name string) (int, bool) {
	value, ok := f[name].(uint64)
	return int(min(value, math.MaxUint16)), ok && value <= math.MaxUint16 //nolint:gosec // bounded right here
}

func (f fields) point(name string) (oprf.Point, bool) {
	raw, _ := f[name].([]byte)
	return oprf.DecodePoint(raw)
}

func (f fields) scalar(name string) (oprf.Scalar, bool) {
	raw, _ := f[name].([]byte)
	return oprf.DecodeScalar(raw)
}

// variant takes an enumeration apart: a name alone, or a map of one name and what belongs to it.
func variant(value any) (string, any) {
	switch v := value.(type) {
	case string:
		return v, nil
	case cbor.Map:
		if len(v) == 1 {
			for name, inner := range v {
				return name, inner
			}
		}
	}
	return "", nil
}
