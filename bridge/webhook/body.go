package webhook

import (
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// freeBody is the size in bytes up to which a body needs no room of the budget. Nearly all events and all replies are
	// smaller; the number of connections bounds how many there are.
	freeBody = 64 << 10
	// firstRead is what is set aside in bytes before anything has come.
	firstRead = 8 << 10
	// unreadGrace is how long a body that nobody wants is waited for before the answer goes out: by then most are there
	// whole, and their connection can be used again.
	unreadGrace = time.Second
)

var errTooLarge = errors.New("the body is too large")

var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// body is a request's body on its way in. Its bytes are head, then the pieces.
type body struct {
	src    io.Reader
	length int64 // as announced; negative when it was not
	limit  int64
	conn   *conn
	budget *budget
	// isWanted is whether what comes beyond freeBody is kept. What has no signature is read, so that the answer arrives,
	// but takes no room.
	isWanted bool

	head   []byte
	pieces []*[pieceSize]byte
	size   int64     // bytes that have come
	by     time.Time // when the next ones have to be there
	end    time.Time // when all have to be there

	lease
}

func newBody(w http.ResponseWriter, r *http.Request, limit int64, room *budget) *body {
	b := &body{
		src: r.Body, length: r.ContentLength, limit: limit, conn: connOf(r.Context()), budget: room, isWanted: true, lease: lease{answer: w},
	}
	if b.length < 0 || b.length > freeBody {
		b.peer, b.cut = peerOfText(r.RemoteAddr), make(chan struct{})
	}
	return b
}

// isLarge is whether the body holds room.
func (b *body) isLarge() bool { return len(b.pieces) > 0 }

// parts hands the body to each in order, until drop.
func (b *body) parts(each func([]byte)) {
	each(b.head)
	left := b.size - int64(len(b.head))
	for _, p := range b.pieces {
		n := min(left, pieceSize)
		each(p[:n])
		left -= n
	}
}

// whole returns the body in one piece.
func (b *body) whole() []byte {
	if !b.isLarge() {
		return b.head
	}
	all := make([]byte, 0, b.size)
	b.parts(func(p []byte) { all = append(all, p...) })
	return all
}

// drop gives everything back. The body and its parts must not be used afterwards.
func (b *body) drop() {
	if b.cut != nil { // else it never asked for room
		b.budget.release(&b.lease)
	}
	for _, p := range b.pieces {
		pieces.Put(p)
	}
	b.pieces = nil
}
