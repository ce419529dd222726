package xcall

import (
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
)

func TestHalfALineIsNoEvent(t *testing.T) {
	var got []string
	err := readOpen(io.NopCloser(strings.NewReader("{}\r\n\r\n{\"a\":1}\r\n{\"b\":")), func(line []byte) error {
		got = append(got, string(line))
		return nil
	})
	if bridge.AsError(err).Code != "stream/closed" || !slices.Equal(got, []string{"", "{}", "", `{"a":1}`}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestSilentStreamIsDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := readOpen(pipe(t), func([]byte) error { return nil })
		if bridge.AsError(err).Code != "stream/silent" || time.Since(began) != 90*time.Second+30*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// pipe is a stream that lives for 90 s and then hangs until it is closed.
func pipe(t *testing.T) io.ReadCloser {
	t.Helper()
	reader, writer := io.Pipe()
	go func() {
		for range 6 {
			time.Sleep(15 * time.Second)
			_, _ = io.WriteString(writer, "\r\n")
		}
	}()
	return reader
}

// readOpen reads a stream that is open already.
func readOpen(body io.ReadCloser, handle func([]byte) error) error {
	return readStream(Call{Op: "read"}, body, func() { _ = body.Close() }, handle)
}
