package xapi

import "io"

// ReadStream reads a stream that is open already.
func ReadStream(body io.ReadCloser, handle func([]byte) error) error {
	return readStream(call{op: "read"}, body, func() { _ = body.Close() }, handle)
}

// WindowsOf reads the limits out of headers.
var WindowsOf = windowsOf
