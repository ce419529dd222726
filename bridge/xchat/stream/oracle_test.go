package stream

import (
	"bytes"
	"crypto/rand"
	"io"
	mrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"perch/bridge/xchat/stream/oracle"
)

type ask struct {
	Op   string `json:"op"`
	Key  []byte `json:"key"`
	Data []byte `json:"data"`
	Step int    `json:"step,omitempty"`
}

type answer struct {
	Data  []byte
	Error string
}

// sizes are all around the boundaries of a chunk and of a block, at random, and up to 5 MB.
func sizes() []int {
	var all []int
	for size := range 150 {
		all = append(all, size)
	}
	for k := 1; k <= 5; k++ {
		for d := -70; d <= 70; d++ {
			all = append(all, k*ChunkSize+d)
		}
	}
	for range 200 {
		all = append(all, mrand.IntN(100_000)) //nolint:gosec // sizes of tests
	}
	return append(all, 64<<10, 1<<20-1, 1<<20, 1<<20+1, 5_000_000, 5<<20)
}

// TestOracleStreams has X's SDK open what Seal made and Open what the SDK made, in one go and piece by piece.
func TestOracleStreams(t *testing.T) {
	sdk := oracle.Start(t, "oracle/media.mjs")
	steps := []int{0, 1 << 10, 1000, 4096, 70_000}
	all := sizes()
	for i, size := range all {
		k, plain := random(KeySize), random(size)
		key, step := [KeySize]byte(k), steps[i%len(steps)]
		sealed := mustRead(t, Seal(&key, bytes.NewReader(plain)))
		var theirs answer
		sdk.Ask(ask{"open", k, sealed, step}, &theirs)
		if theirs.Error != "" || !bytes.Equal(theirs.Data, plain) {
			t.Fatalf("size %d: X's SDK does not read it: %s", size, theirs.Error)
		}
		theirs = answer{}
		sdk.Ask(ask{"seal", k, plain, step}, &theirs)
		if got := mustRead(t, Open(&key, bytes.NewReader(theirs.Data), int64(size))); !bytes.Equal(got, plain) {
			t.Fatalf("size %d: X's SDK made it, and it opens to other bytes", size)
		}
	}
	t.Logf("%d streams each way, the largest of %d bytes", len(all), slices.Max(all))
}

// TestOracleDamage damages streams and asks both: neither accepts one, and both hand out the same when nothing is wrong.
func TestOracleDamage(t *testing.T) {
	sdk := oracle.Start(t, "oracle/media.mjs")
	k, plain := random(KeySize), random(2*ChunkSize+300)
	key := [KeySize]byte(k)
	sealed := mustRead(t, Seal(&key, bytes.NewReader(plain)))
	tried := 0
	for at := range sealed {
		for _, bad := range [][]byte{flipped(sealed, at), sealed[:at]} {
			if len(bad) == HeaderSize {
				continue // both take it for the stream of an empty file
			}
			var theirs answer
			sdk.Ask(ask{"open", k, bad, 0}, &theirs)
			_, err := io.ReadAll(Open(&key, bytes.NewReader(bad), Any))
			if err == nil || theirs.Error == "" {
				t.Fatalf("damage at %d: Perch says %v, X's SDK %q", at, err, theirs.Error)
			}
			tried++
		}
	}
	for _, more := range []string{"\x00", strings.Repeat("x", Overhead), strings.Repeat("y", sealedSize)} {
		var theirs answer
		sdk.Ask(ask{"open", k, append(slices.Clone(sealed), more...), 0}, &theirs)
		if theirs.Error == "" {
			t.Errorf("X's SDK takes %d bytes more", len(more))
		}
	}
	t.Logf("%d damaged streams, refused by both", tried)
}

func flipped(sealed []byte, at int) []byte {
	out := slices.Clone(sealed)
	out[at] ^= byte(1 << mrand.IntN(8)) //nolint:gosec // damage of tests
	return out
}

func random(size int) []byte {
	out := make([]byte, size)
	must(rand.Read(out))
	return out
}
