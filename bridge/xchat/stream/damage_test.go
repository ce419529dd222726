package stream

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"
)

// damaged is a plain text of two whole chunks and a rest, and its stream.
func damaged(tb testing.TB) (plain, sealed []byte) {
	tb.Helper()
	plain = pattern(2*ChunkSize + 451)
	return plain, mustRead(tb, Seal(&key, bytes.NewReader(plain)))
}

// refused checks that a stream ends with one of the errors, after whole and right chunks below limit at most.
func refused(tb testing.TB, what string, sealed, plain []byte, size int64, limit int, want ...error) {
	tb.Helper()
	reader := Open(&key, bytes.NewReader(sealed), size)
	got, err := io.ReadAll(reader)
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		tb.Errorf("%s: error %v, want one of %v", what, err, want)
	}
	if len(got) > limit || len(got)%ChunkSize != 0 || !bytes.HasPrefix(plain, got) {
		tb.Errorf("%s: %d bytes were handed out, at most %d may be", what, len(got), limit)
	}
	if n, again := reader.Read(make([]byte, 8)); n != 0 || !errors.Is(again, err) {
		tb.Errorf("%s: the next read gives %d, %v", what, n, again)
	}
}

func TestEveryFlippedByteIsRefused(t *testing.T) {
	t.Parallel()
	plain, sealed := damaged(t)
	for at := range sealed {
		forged := slices.Clone(sealed)
		forged[at] ^= 1 << (at % 8)
		chunk := max(at-HeaderSize, 0) / sealedSize
		refused(t, "flipped", forged, plain, Any, chunk*ChunkSize, ErrForged)
	}
}

func TestEveryCutIsRefused(t *testing.T) {
	t.Parallel()
	plain, sealed := damaged(t)
	size := int64(len(plain))
	for end := range sealed {
		whole := max(end-HeaderSize, 0) / sealedSize
		refused(t, "cut, size known", sealed[:end], plain, size, whole*ChunkSize, ErrTruncated)
		if end != HeaderSize { // this is the stream of an empty file
			refused(t, "cut, size unknown", sealed[:end], plain, Any, whole*ChunkSize, ErrTruncated, ErrForged)
		}
	}
}

func TestACutBehindTheHeaderIsAnEmptyFile(t *testing.T) {
	t.Parallel()
	_, sealed := damaged(t)
	for _, size := range []int64{Any, 0} {
		if got := mustRead(t, Open(&key, bytes.NewReader(sealed[:HeaderSize]), size)); len(got) != 0 {
			t.Errorf("opened to %d bytes", len(got))
		}
	}
}

func TestRearrangedStreamsAreRefused(t *testing.T) {
	t.Parallel()
	plain, sealed := damaged(t)
	header, first, second, last := sealed[:HeaderSize], sealed[HeaderSize:HeaderSize+sealedSize],
		sealed[HeaderSize+sealedSize:HeaderSize+2*sealedSize], sealed[HeaderSize+2*sealedSize:]
	other := mustRead(t, Seal(&key, bytes.NewReader(plain)))
	for _, c := range []struct {
		name  string
		parts [][]byte
		whole int
		want  error
	}{
		{"swapped", [][]byte{header, second, first, last}, 0, ErrForged},
		{"repeated", [][]byte{header, first, first, second, last}, 1, ErrForged},
		{"left out", [][]byte{header, first, last}, 1, ErrForged},
		{"last alone", [][]byte{header, last}, 0, ErrForged},
		{"last twice", [][]byte{header, first, second, last, last}, 2, ErrForged},
		{"a byte more", [][]byte{header, first, second, last, {0}}, 2, ErrForged},
		{"another stream behind", [][]byte{sealed, other}, 2, ErrForged},
		{"chunk of another stream", [][]byte{header, first, other[HeaderSize+sealedSize:]}, 1, ErrForged},
		{"header of another stream", [][]byte{other[:HeaderSize], first, second, last}, 0, ErrForged},
	} {
		refused(t, c.name, bytes.Join(c.parts, nil), plain, Any, c.whole*ChunkSize, c.want)
	}
}

func TestWhatFollowsAWholeLastChunkIsRefused(t *testing.T) {
	t.Parallel()
	plain := pattern(2 * ChunkSize)
	sealed := mustRead(t, Seal(&key, bytes.NewReader(plain)))
	for _, more := range []int{1, Overhead, sealedSize} {
		refused(t, "extended", append(slices.Clone(sealed), make([]byte, more)...), plain, Any, ChunkSize, ErrTrailing)
	}
}

func TestTagsThatNobodyWritesAreRefused(t *testing.T) {
	t.Parallel()
	plain := pattern(ChunkSize)
	for _, tag := range []byte{1, 2, 4, 0xff} {
		refused(t, "tag", byHand(t, part{plain, tag}, part{nil, tagFinal}), plain, Any, 0, ErrTag)
	}
	refused(t, "short chunk that is not the last", byHand(t, part{plain[:9], tagMessage}), plain, Any, 0, ErrTruncated)
	refused(t, "no last chunk", byHand(t, part{plain, tagMessage}), plain, Any, ChunkSize, ErrTruncated)
}

func TestAnotherSizeThanTheMessageSaysIsRefused(t *testing.T) {
	t.Parallel()
	plain, sealed := damaged(t)
	n := int64(len(plain))
	refused(t, "larger", sealed, plain, n-1, 2*ChunkSize, ErrSize)
	refused(t, "much larger", sealed, plain, 5, 0, ErrSize)
	refused(t, "smaller", sealed, plain, n+1, 2*ChunkSize, ErrSize)
	refused(t, "not empty", sealed, plain, 0, 0, ErrSize)
}

func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	_, sealed := damaged(t)
	wrong := key
	wrong[31] ^= 1
	if got, err := io.ReadAll(Open(&wrong, bytes.NewReader(sealed), Any)); !errors.Is(err, ErrForged) || len(got) > 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestAFailingSourceIsNoEnd matters most for a download that breaks off: net/http says io.ErrUnexpectedEOF then.
func TestAFailingSourceIsNoEnd(t *testing.T) {
	t.Parallel()
	plain, sealed := damaged(t)
	for _, broken := range []error{io.ErrUnexpectedEOF, errors.New("the line is dead")} {
		for _, keep := range []int{0, 10, ChunkSize, ChunkSize + 1, len(plain)} {
			src := io.MultiReader(bytes.NewReader(plain[:keep]), iotest.ErrReader(broken))
			part, err := io.ReadAll(Seal(&key, src))
			if !errors.Is(err, broken) {
				t.Errorf("seal after %d bytes: %v", keep, err)
			}
			if _, err := io.ReadAll(Open(&key, bytes.NewReader(part), int64(len(plain)))); err == nil {
				t.Errorf("what was sealed of %d bytes is accepted", keep)
			}
			src = io.MultiReader(bytes.NewReader(sealed[:keep]), iotest.ErrReader(broken))
			if _, err := io.ReadAll(Open(&key, src, Any)); !errors.Is(err, broken) {
				t.Errorf("open after %d bytes: %v", keep, err)
			}
		}
		src := io.MultiReader(bytes.NewReader(mustRead(t, Seal(&key, bytes.NewReader(plain[:ChunkSize])))), iotest.ErrReader(broken))
		if got, err := io.ReadAll(Open(&key, src, Any)); !errors.Is(err, broken) || len(got) > 0 {
			t.Errorf("behind a whole last chunk: %d bytes, %v", len(got), err)
		}
	}
}

func TestASourceThatGivesNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, reader := range map[string]io.Reader{"seal": Seal(&key, idle{}), "open": Open(&key, idle{}, Any)} {
		if _, err := io.ReadAll(reader); !errors.Is(err, io.ErrNoProgress) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }
