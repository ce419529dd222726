package stream

import (
	"bytes"
	"io"
	"testing"
)

// FuzzOpen holds that what is accepted is what Seal makes under the same header (an empty last chunk apart), whatever it is.
func FuzzOpen(f *testing.F) {
	header := [HeaderSize]byte{3}
	for _, size := range []int{0, 1, 16, ChunkSize, ChunkSize + 1, 2 * ChunkSize} {
		f.Add(mustRead(f, sealWith(&key, &header, bytes.NewReader(pattern(size)))), int64(size))
	}
	f.Add([]byte("garbage"), Any)
	f.Fuzz(func(t *testing.T, sealed []byte, size int64) {
		plain, err := io.ReadAll(Open(&key, bytes.NewReader(sealed), size))
		if err != nil {
			return
		}
		if size >= 0 && int64(len(plain)) != size {
			t.Fatalf("%d bytes were accepted for %d", len(plain), size)
		}
		header := [HeaderSize]byte(sealed)
		again := mustRead(t, sealWith(&key, &header, bytes.NewReader(plain)))
		if !bytes.Equal(again, sealed) && len(sealed) != len(again)+Overhead {
			t.Fatal("two streams open to the same bytes")
		}
	})
}

// FuzzDamage changes one byte of a good stream, or cuts it, or adds to it.
func FuzzDamage(f *testing.F) {
	f.Add([]byte("hello"), 0, byte(1), 0)
	f.Add(pattern(ChunkSize), 30, byte(0), 1)
	f.Add(pattern(3000), 1100, byte(128), -1)
	f.Fuzz(func(t *testing.T, plain []byte, at int, flip byte, more int) {
		good := mustRead(t, Seal(&key, bytes.NewReader(plain)))
		bad := bytes.Clone(good)
		bad[uint(at)%uint(len(bad))] ^= flip
		if more < 0 {
			bad = bad[:max(0, len(bad)+more%len(bad))]
		} else {
			bad = append(bad, make([]byte, more%5000)...)
		}
		got, err := io.ReadAll(Open(&key, bytes.NewReader(bad), int64(len(plain))))
		switch {
		case !bytes.HasPrefix(plain, got):
			t.Fatal("forged bytes were handed out")
		case err == nil && len(plain) > 0 && !bytes.Equal(bad, good):
			t.Fatal("a damaged stream was accepted")
		case err != nil && bytes.Equal(bad, good):
			t.Fatalf("a good stream was refused: %v", err)
		}
	})
}
