package cbor_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

// TestKnown has examples of RFC 8949 and of the requests that X's SDK was seen to send.
func TestKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		hex   string
		value any
	}{
		{"00", uint64(0)},
		{"17", uint64(23)},
		{"1818", uint64(24)},
		{"1903e8", uint64(1000)},
		{"1a000f4240", uint64(1_000_000)},
		{"1bffffffffffffffff", uint64(math.MaxUint64)},
		{"f4", false},
		{"f5", true},
		{"f6", nil},
		{"40", []byte{}},
		{"4401020304", []byte{1, 2, 3, 4}},
		{"60", ""},
		{"62c3bc", "ü"},
		{"83010203", []any{uint64(1), uint64(2), uint64(3)}},
		{"a26161016162820203", cbor.Map{"a": uint64(1), "b": []any{uint64(2), uint64(3)}}},
		{"685265636f76657231", "Recover1"},
	} {
		raw := fromHex(t, c.hex)
		got, err := cbor.Decode(raw)
		if err != nil || !reflect.DeepEqual(got, c.value) {
			t.Errorf("%s: %#v, %v", c.hex, got, err)
		}
		if got := cbor.Encode(c.value); !bytes.Equal(got, raw) {
			t.Errorf("%#v: %x", c.value, got)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":               "",
		"cut number":            "19 03",
		"cut bytes":             "44 010203",
		"huge bytes":            "5b ffffffffffffffff 00",
		"huge list":             "9b ffffffffffffffff 00",
		"huge map":              "bb ffffffffffffffff 00",
		"list longer than rest": "98 ff 00",
		"indefinite bytes":      "5f 41 00 ff",
		"indefinite list":       "9f ff",
		"indefinite map":        "bf ff",
		"break":                 "ff",
		"negative":              "20",
		"tag":                   "c0 00",
		"half float":            "f9 0000",
		"float":                 "fa 00000000",
		"undefined":             "f7",
		"simple in two bytes":   "f8 14",
		"reserved length":       "1c",
		"text that is no UTF-8": "62 c328",
		"key that is no text":   "a1 01 02",
		"key that is a list":    "a1 80 02",
		"key twice":             "a2 6161 01 6161 02",
		"two values":            "00 00",
		"map without a value":   "a1 6161",
		"too deep":              strings.Repeat("81", 17) + "00",
	} {
		if got, err := cbor.Decode(fromHex(t, strings.ReplaceAll(text, " ", ""))); !errors.Is(err, cbor.ErrInvalid) {
			t.Errorf("%s: %#v, %v", name, got, err)
		}
	}
}

func TestLongerHeadsThanNeededAreRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1801", "190001", "1a00000001", "1b0000000000000001"} {
		if got, err := cbor.Decode(fromHex(t, text)); err != nil || got != uint64(1) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	raw := bytes.Repeat([]byte{0x98, 0xff}, 500)
	if n := testing.AllocsPerRun(10, func() { _, _ = cbor.Decode(raw) }); n > 50 {
		t.Errorf("%v allocations for %d bytes", n, len(raw))
	}
}

func TestWhatCannotBeWrittenPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("an int was written")
		}
	}()
	cbor.Encode(1)
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"a1685265636f76657231a1624f6ba16776657273696f6e4100", "83f4f5f6", "9bffffffffffffffff", "a2616101616202"} {
		f.Add(fromHex(f, seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, err := cbor.Decode(raw)
		if err != nil {
			return
		}
		again, err := cbor.Decode(cbor.Encode(value))
		if err != nil || !reflect.DeepEqual(value, again) {
			t.Fatalf("%#v was read back as %#v, %v", value, again, err)
		}
	})
}

func fromHex(tb testing.TB, text string) []byte {
	tb.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		tb.Fatal(err)
	}
	return raw
}
