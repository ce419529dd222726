package stream

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var key = [KeySize]byte{1, 2, 3, 31: 9}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for size := range 2*ChunkSize + 70 {
		checkRoundTrip(t, size)
	}
	for _, size := range []int{3 * ChunkSize, 64*ChunkSize - 1, 64 * ChunkSize, 64*ChunkSize + 1, 1_000_003} {
		checkRoundTrip(t, size)
	}
}

func checkRoundTrip(t *testing.T, size int) {
	t.Helper()
	plain := pattern(size)
	sealed := mustRead(t, Seal(&key, bytes.NewReader(plain)))
	if got, want := int64(len(sealed)), SealedSize(int64(size)); got != want {
		t.Fatalf("size %d: sealed %d bytes, foretold %d", size, got, want)
	}
	if got, ok := OpenedSize(int64(len(sealed))); !ok || got != int64(size) {
		t.Fatalf("size %d: foretold %d, %v", size, got, ok)
	}
	for _, expect := range []int64{Any, int64(size)} {
		if got := mustRead(t, Open(&key, bytes.NewReader(sealed), expect)); !bytes.Equal(got, plain) {
			t.Fatalf("size %d: opened to other bytes", size)
		}
	}
}

func TestHowTheSourceReadsDoesNotMatter(t *testing.T) {
	t.Parallel()
	plain := pattern(3*ChunkSize + 5)
	header := [HeaderSize]byte{5}
	want := mustRead(t, sealWith(&key, &header, bytes.NewReader(plain)))
	for name, slow := range map[string]func(io.Reader) io.Reader{
		"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "with its error": iotest.DataErrReader,
	} {
		if got := mustRead(t, sealWith(&key, &header, slow(bytes.NewReader(plain)))); !bytes.Equal(got, want) {
			t.Errorf("%s: sealed to other bytes", name)
		}
		if err := iotest.TestReader(Open(&key, slow(bytes.NewReader(want)), Any), plain); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEveryStreamHasAHeaderOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := mustRead(t, Seal(&key, strings.NewReader("a"))), mustRead(t, Seal(&key, strings.NewReader("a")))
	if bytes.Equal(first[:HeaderSize], second[:HeaderSize]) {
		t.Error("two streams have the same header")
	}
}

// TestGolden opens what X's SDK made, and makes the same bytes under the same header. oracle/media.mjs wrote the file.
func TestGolden(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Key     []byte
		Streams []struct {
			Size   int
			Sealed []byte
		}
	}
	if err := json.Unmarshal(raw, &golden); err != nil || len(golden.Streams) < 20 {
		t.Fatalf("%d streams, %v", len(golden.Streams), err)
	}
	theirs := [KeySize]byte(golden.Key)
	for _, s := range golden.Streams {
		if got := mustRead(t, Open(&theirs, bytes.NewReader(s.Sealed), int64(s.Size))); !bytes.Equal(got, pattern(s.Size)) {
			t.Errorf("size %d: opened to other bytes", s.Size)
		}
		header := [HeaderSize]byte(s.Sealed)
		if got := mustRead(t, sealWith(&theirs, &header, bytes.NewReader(pattern(s.Size)))); !bytes.Equal(got, s.Sealed) {
			t.Errorf("size %d: sealed to other bytes", s.Size)
		}
	}
}

func TestAnEmptyLastChunkIsLegal(t *testing.T) {
	t.Parallel()
	plain := pattern(ChunkSize)
	sealed := byHand(t, part{plain, tagMessage}, part{nil, tagFinal})
	if got := mustRead(t, Open(&key, bytes.NewReader(sealed), ChunkSize)); !bytes.Equal(got, plain) {
		t.Error("opened to other bytes")
	}
	if got, ok := OpenedSize(int64(len(sealed))); !ok || got != ChunkSize {
		t.Errorf("foretold %d, %v", got, ok)
	}
}

func TestOpenedSizeOfWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{-1, 0, HeaderSize - 1, HeaderSize + 1, HeaderSize + Overhead - 1, HeaderSize + sealedSize + 3} {
		if got, ok := OpenedSize(size); ok {
			t.Errorf("%d: %d", size, got)
		}
	}
	if got := SealedSize(-5); got != HeaderSize {
		t.Errorf("a negative size is sealed to %d", got)
	}
}

func TestMemoryIsConstant(t *testing.T) {
	const limit = 200 << 10 // bytes: two buffers of 64 KiB and two states
	for _, size := range []int64{1 << 10, 32 << 20} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		sealed := Seal(&key, io.LimitReader(zeros{}, size))
		n, err := io.CopyBuffer(onlyWriter{io.Discard}, Open(&key, sealed, size), make([]byte, 4096))
		runtime.ReadMemStats(&after)
		if err != nil || n != size {
			t.Fatalf("%d of %d bytes: %v", n, size, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > limit {
			t.Errorf("%d bytes took %d bytes of memory", size, used)
		}
	}
}

func TestNoTextFormShowsAnything(t *testing.T) {
	t.Parallel()
	secret := [KeySize]byte([]byte("this-is-a-conversation-key-32-by"))
	sealed := mustRead(t, Seal(&secret, strings.NewReader("what a customer wrote")))
	reader := Open(&secret, bytes.NewReader(sealed), Any)
	if _, err := io.ReadFull(reader, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal([]any{reader})
	if err != nil {
		t.Fatal(err)
	}
	type holder struct{ r Reader }
	text := string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		text += fmt.Sprintf(verb+verb+verb, reader, *reader, holder{*reader})
	}
	for _, leak := range []string{string(secret[:8]), "116 104 105 115", "0x74, 0x68", "74686973", "customer", "99 117 115"} {
		if strings.Contains(text, leak) {
			t.Errorf("%q is in %.1000q", leak, text)
		}
	}
}

func TestMoreThanTheCounterHolds(t *testing.T) {
	t.Parallel()
	s := newState(&key, make([]byte, HeaderSize))
	copy(s.nonce[:], []byte{0xff, 0xff, 0xff, 0xff})
	if _, err := s.seal(nil, []byte("last"), tagMessage); err != nil {
		t.Fatal(err)
	}
	if _, err := s.seal(nil, []byte("more"), tagMessage); !errors.Is(err, ErrTooLong) {
		t.Errorf("seal: %v", err)
	}
	if _, _, err := s.open(make([]byte, 20)); !errors.Is(err, ErrTooLong) {
		t.Errorf("open: %v", err)
	}
}

// pattern is a plain text that differs from chunk to chunk; oracle/media.mjs makes the same.
func pattern(size int) []byte {
	out := make([]byte, size)
	for i := range out {
		out[i] = byte(i*7 + i>>8)
	}
	return out
}

func mustRead(tb testing.TB, r io.Reader) []byte {
	tb.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

type part struct {
	plain []byte
	tag   byte
}

// byHand makes a stream of parts and tags that Seal would not make.
func byHand(tb testing.TB, parts ...part) []byte {
	tb.Helper()
	header := make([]byte, HeaderSize)
	must(rand.Read(header))
	out := slices.Clone(header)
	s := newState(&key, header)
	for _, p := range parts {
		var err error
		if out, err = s.seal(out, p.plain, p.tag); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type onlyWriter struct{ io.Writer }
