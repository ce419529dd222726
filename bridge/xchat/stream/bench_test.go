package stream

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// benchSize is the plain size of what is measured: a video of a chat.
const benchSize = 16 << 20

func BenchmarkSeal(b *testing.B) {
	plain := make([]byte, benchSize)
	measure(b, func() error { _, err := io.Copy(io.Discard, Seal(&key, bytes.NewReader(plain))); return err })
}

func BenchmarkOpen(b *testing.B) {
	sealed := mustRead(b, Seal(&key, bytes.NewReader(make([]byte, benchSize))))
	measure(b, func() error {
		_, err := io.Copy(io.Discard, Open(&key, bytes.NewReader(sealed), benchSize))
		return err
	})
}

// BenchmarkAgainstPlainAEAD runs both directions and a plain XChaCha20-Poly1305 with chunks of the same size in turns, and
// reports the median of each, so that a machine that changes its speed meanwhile does not favour any of them.
func BenchmarkAgainstPlainAEAD(b *testing.B) {
	plain := make([]byte, benchSize)
	sealed := mustRead(b, Seal(&key, bytes.NewReader(plain)))
	chunks := sealPlain(plain)
	runs := []struct {
		name string
		run  func() error
	}{
		{"seal", func() error { _, err := io.Copy(io.Discard, Seal(&key, bytes.NewReader(plain))); return err }},
		{"aead-seal", func() error { sealPlain(plain); return nil }},
		{"open", func() error { _, err := io.Copy(io.Discard, Open(&key, bytes.NewReader(sealed), Any)); return err }},
		{"aead-open", func() error { return openPlain(chunks) }},
	}
	took := make([][]time.Duration, len(runs))
	for b.Loop() {
		for i, r := range runs {
			began := time.Now()
			if err := r.run(); err != nil {
				b.Fatal(err)
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	for i, r := range runs {
		slices.Sort(took[i])
		median := took[i][len(took[i])/2]
		b.ReportMetric(benchSize/1e6/median.Seconds(), fmt.Sprintf("%s-MB/s", r.name))
	}
}

func measure(b *testing.B, run func() error) {
	b.SetBytes(benchSize)
	b.ReportAllocs()
	for b.Loop() {
		if err := run(); err != nil {
			b.Fatal(err)
		}
	}
}

const plainChunk = ChunkSize + chacha20poly1305.Overhead

func sealPlain(plain []byte) []byte {
	aead := must(chacha20poly1305.NewX(key[:]))
	var nonce [chacha20poly1305.NonceSizeX]byte
	out := make([]byte, 0, len(plain)/ChunkSize*plainChunk)
	for chunk := range slices.Chunk(plain, ChunkSize) {
		out = aead.Seal(out, nonce[:], chunk, nil)
	}
	return out
}

func openPlain(sealed []byte) error {
	aead := must(chacha20poly1305.NewX(key[:]))
	var nonce [chacha20poly1305.NonceSizeX]byte
	buf := make([]byte, 0, ChunkSize)
	for chunk := range slices.Chunk(sealed, plainChunk) {
		if _, err := aead.Open(buf, nonce[:], chunk, nil); err != nil {
			return err
		}
	}
	return nil
}
