package webhook

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
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

var (
	errTooLarge = errors.New("the body is too large")
	errCrowded  = errors.New("more came in at once than there is room for; send it again")
)

var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// body is a request's body on its way in. Its bytes are head, then the pieces.
type body struct {
	src    io.Reader
	length int64 // as announced; negative when it was not
	limit  int64
	conn   *conn
	peer   netip.Prefix
	answer http.ResponseWriter
	budget *budget
	// isWanted is whether what comes beyond freeBody is kept. What has no signature is read, so that the answer arrives,
	// but takes no room.
	isWanted bool

	head   []byte
	pieces []*[pieceSize]byte
	size   int64     // bytes that have come
	by     time.Time // when the next ones have to be there
	end    time.Time // when all have to be there

	stay
	mu  sync.Mutex    // orders deadlines and the cut
	cut chan struct{} // closed when the body was cut
}

func newBody(w http.ResponseWriter, r *http.Request, limit int64, room *budget) *body {
	b := &body{
		src: r.Body, length: r.ContentLength, limit: limit, conn: connOf(r.Context()), answer: w, budget: room, isWanted: true,
	}
	if b.length < 0 || b.length > freeBody {
		b.peer, b.cut = peerOfText(r.RemoteAddr), make(chan struct{})
	}
	return b
}

// read takes the whole body in. The sender has to keep minRate. What is whole cannot be cut any more.
func (b *body) read(ctx context.Context) error {
	if err := b.readAll(ctx); err != nil {
		return err
	}
	if b.isLarge() {
		return b.budget.settle(b)
	}
	return nil
}

func (b *body) readAll(ctx context.Context) error {
	switch {
	case b.length > b.limit:
		return errTooLarge
	case b.length == 0:
		return nil
	}
	isWhole, err := b.readHead()
	if isWhole || err != nil {
		return err
	}
	for {
		piece, err := b.nextPiece(ctx)
		if err != nil {
			return err
		}
		isWhole, err := b.fill(piece)
		if isWhole || err != nil {
			return err
		}
	}
}

// readHead reads what needs no room. Memory is set aside as the bytes come, whatever was announced.
func (b *body) readHead() (isWhole bool, err error) {
	most := int64(freeBody)
	if b.length >= 0 {
		most = min(most, b.length)
	}
	b.head = make([]byte, 0, min(most, firstRead))
	b.start()
	for b.size < freeBody {
		if len(b.head) == cap(b.head) {
			grown := make([]byte, len(b.head), min(most, int64(8*cap(b.head))))
			copy(grown, b.head)
			b.head = grown
		}
		n, err := b.src.Read(b.head[len(b.head):cap(b.head)])
		b.head = b.head[:len(b.head)+n]
		b.size += int64(n)
		if err == io.EOF || b.size == b.length { //nolint:errorlint // readers return it bare
			return true, nil
		}
		if err != nil {
			return false, b.fault(err)
		}
		b.extend(n)
	}
	return false, nil
}

// nextPiece returns room for the next bytes.
func (b *body) nextPiece(ctx context.Context) ([]byte, error) {
	if !b.isWanted {
		return b.head[:cap(b.head)], nil
	}
	if err := b.charge(ctx); err != nil {
		return nil, err
	}
	b.conn.touch()
	piece := pieces.Get().(*[pieceSize]byte) //nolint:forcetypeassert // the pool holds nothing else
	b.pieces = append(b.pieces, piece)
	return piece[:], nil
}

func (b *body) charge(ctx context.Context) error {
	waited := false
	for {
		wait, err := b.budget.charge(b)
		if err != nil || wait == nil {
			if waited { // the sender is not to blame for it
				b.by = time.Time{}
				b.extend(0)
			}
			return err
		}
		waited = true
		select {
		case <-wait:
		case <-b.cut:
		case <-time.After(min(askAgain, time.Until(b.end))):
			if !time.Now().Before(b.end) {
				return errCrowded
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fill reads into a piece until it is full or the body ends.
func (b *body) fill(piece []byte) (isWhole bool, err error) {
	for len(piece) > 0 {
		n, err := b.src.Read(piece)
		piece = piece[n:]
		if b.size += int64(n); b.size > b.limit {
			return false, errTooLarge
		}
		if err == io.EOF || b.size == b.length { //nolint:errorlint // readers return it bare
			return true, nil
		}
		if err != nil {
			return false, b.fault(err)
		}
		b.extend(n)
	}
	return false, nil
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
		b.budget.release(b)
	}
	for _, p := range b.pieces {
		pieces.Put(p)
	}
	b.pieces = nil
}
