package stream

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
)

const (
	readAhead = 64 << 10 // bytes asked of a source at once
	maxIdle   = 100      // reads of nothing in a row, as bufio has it
)

// Reader hands out a stream as it is encrypted or decrypted. It is for one goroutine, and fails for good at its first
// error.
type Reader struct{ in func() *inner } // behind a function, since fmt follows a pointer where the verb does not fit it

// inner is what both directions share. next returns what to hand out and, with or behind it, why nothing follows.
type inner struct {
	src   *bufio.Reader
	state *state
	next  func() ([]byte, error)
	out   []byte
	err   error
	chunk [sealedSize]byte
	spare [HeaderSize + sealedSize]byte
	count int64 // plain bytes so far
}

func hide(r *inner) *Reader { return &Reader{in: func() *inner { return r }} }

// Seal encrypts plain under a header of its own. The Reader ends with io.EOF after SealedSize bytes; an error of plain
// is passed on and leaves a stream that nobody accepts.
func Seal(key *[KeySize]byte, plain io.Reader) *Reader {
	var header [HeaderSize]byte
	must(rand.Read(header[:]))
	return sealWith(key, &header, plain)
}

func sealWith(key *[KeySize]byte, header *[HeaderSize]byte, plain io.Reader) *Reader {
	r := &inner{src: bufio.NewReaderSize(plain, readAhead), state: newState(key, header[:])}
	r.out = append(r.spare[:0], header[:]...)
	r.next = r.sealNext
	return hide(r)
}

func (r *inner) sealNext() ([]byte, error) {
	n, err := fill(r.src, r.chunk[:ChunkSize])
	if err != nil || n == 0 {
		return nil, orEOF(err)
	}
	tag, end := byte(tagFinal), io.EOF
	if more, err := goesOn(r.src); err != nil {
		return nil, err
	} else if more {
		tag, end = tagMessage, nil
	}
	out, err := r.state.seal(r.spare[:0], r.chunk[:n], tag)
	if err != nil {
		return nil, err
	}
	return out, end
}

// Open decrypts and verifies sealed. size is the number of plain bytes that the message tells, or Any. The Reader says
// io.EOF only when the whole stream was found right; after any other end nothing that it handed out may be used.
func Open(key *[KeySize]byte, sealed io.Reader, size int64) *Reader {
	r := &inner{src: bufio.NewReaderSize(sealed, readAhead)}
	secret := *key
	r.next = func() ([]byte, error) {
		var header [HeaderSize]byte
		if n, err := fill(r.src, header[:]); err != nil || n < HeaderSize {
			return nil, or(err, ErrTruncated)
		}
		r.state = newState(&secret, header[:])
		clear(secret[:])
		r.next = func() ([]byte, error) { return r.openNext(size) }
		return nil, nil
	}
	return hide(r)
}

func (r *inner) openNext(size int64) ([]byte, error) {
	n, err := fill(r.src, r.chunk[:])
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, r.atBareEnd(size)
	}
	plain, tag, err := r.state.open(r.chunk[:n])
	if err != nil {
		return nil, r.asCut(err, n, size)
	}
	r.count += int64(len(plain))
	return plain, r.judge(tag, n, size)
}

// judge returns why a chunk with a right MAC is not to be handed out, or io.EOF when it is the last.
func (r *inner) judge(tag byte, n int, size int64) error {
	switch {
	case tag != tagMessage && tag != tagFinal:
		return ErrTag
	case size >= 0 && r.count > size:
		return ErrSize
	case tag == tagMessage && n < sealedSize:
		return ErrTruncated
	case tag == tagMessage:
		return nil
	}
	if more, err := goesOn(r.src); err != nil || more {
		return or(err, ErrTrailing)
	}
	if size >= 0 && r.count != size {
		return ErrSize
	}
	return io.EOF
}

// atBareEnd is for a source that ends where a chunk could begin: right only when there was none at all.
func (r *inner) atBareEnd(size int64) error {
	if r.count > 0 || size > 0 {
		return ErrTruncated
	}
	return io.EOF
}

// asCut tells a last chunk that was cut from one that was changed, where the size says which.
func (r *inner) asCut(err error, n int, size int64) error {
	if errors.Is(err, ErrForged) && n < sealedSize && r.count+int64(n-Overhead) < size {
		return ErrTruncated
	}
	return err
}

// Read implements io.Reader. It fills p unless the stream ends.
func (r *Reader) Read(p []byte) (int, error) {
	in, done := r.in(), 0
	for done < len(p) {
		if len(in.out) > 0 {
			n := copy(p[done:], in.out)
			in.out, done = in.out[n:], done+n
			continue
		}
		if in.err != nil {
			break
		}
		in.advance()
	}
	if done > 0 || len(p) == 0 {
		return done, nil
	}
	return 0, in.err
}

func (r *inner) advance() {
	r.out, r.err = r.next()
	if r.err != nil && r.err != io.EOF { //nolint:errorlint // as in fill
		r.out = nil
	}
}

// fill reads until buf is full or src has ended. Only io.EOF is an end: a download that breaks off says
// io.ErrUnexpectedEOF.
func fill(src io.Reader, buf []byte) (int, error) {
	done, idle := 0, 0
	for done < len(buf) {
		n, err := src.Read(buf[done:])
		done += n
		idle++
		if n > 0 {
			idle = 0
		}
		switch {
		case err == io.EOF: //nolint:errorlint // a wrapped EOF is somebody's failure
			return done, nil
		case err != nil:
			return done, err
		case idle >= maxIdle:
			return done, io.ErrNoProgress
		}
	}
	return done, nil
}

// goesOn reports whether src has another byte.
func goesOn(src *bufio.Reader) (bool, error) {
	_, err := src.Peek(1)
	switch err { //nolint:errorlint // as in fill
	case nil:
		return true, nil
	case io.EOF:
		return false, nil
	}
	return false, err
}

func or(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func orEOF(err error) error { return or(err, io.EOF) }
