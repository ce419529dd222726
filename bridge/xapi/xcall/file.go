package xcall

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"

	"perch/bridge/loose"
)

// File makes a call whose answer is a file, of any bytes. What is read of it is not bounded in size, but in time: by the
// call's limit. The caller closes it.
func (c *Caller) File(ctx context.Context, what Call) (io.ReadCloser, error) {
	what.isFile = true
	a, err := c.Exchange(ctx, what)
	switch {
	case err != nil:
		return nil, err
	case a.file != nil:
		return a.file, nil
	}
	if verdict, ok := a.Verdict(); !ok {
		return nil, Classify(what, verdict)
	}
	return nil, a.Unexpected(what.Op, nil)
}

// file is an answer that is still to be read.
type file struct {
	what   Call
	body   io.ReadCloser
	reader *bufio.Reader
	cancel context.CancelFunc
}

// pageStart is how much of a file is looked at for a page that stands in its place, in bytes.
const pageStart = 512

// fileOf returns the file that an answer is; nil when it is something else, which is then read like any answer.
func fileOf(what Call, r *http.Response, cancel context.CancelFunc) io.ReadCloser {
	kind := strings.ToLower(r.Header.Get("Content-Type"))
	if !what.isFile || r.StatusCode != http.StatusOK || strings.Contains(kind, "json") || strings.HasPrefix(kind, "text/") {
		return nil
	}
	f := &file{what, r.Body, bufio.NewReader(r.Body), cancel}
	start, _ := f.reader.Peek(pageStart) // what is wrong with it is found when it is read
	if beginsAsPage(start) {
		r.Body = struct {
			io.Reader
			io.Closer
		}{f.reader, r.Body}
		return nil
	}
	return f
}

// beginsAsPage reports whether a file begins as web pages do. A lone "<" may be the first byte of anything.
func beginsAsPage(start []byte) bool {
	text := strings.ToLower(string(loose.Trim(start)))
	return strings.HasPrefix(text, "<!doctype") || strings.HasPrefix(text, "<html") || strings.HasPrefix(text, "<?xml")
}

// Read implements io.Reader; its errors are those of any call.
func (f *file) Read(p []byte) (int, error) {
	n, err := f.reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // readers return it as it is
		err = Lost(f.what, err, false)
	}
	return n, err
}

// Close implements io.Closer.
func (f *file) Close() error {
	defer f.cancel()
	return f.body.Close()
}
