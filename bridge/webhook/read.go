package webhook

import (
	"context"
	"io"
	"time"
)

// read takes the whole body in. The sender has to keep minRate. What is whole cannot be cut any more.
func (b *body) read(ctx context.Context) error {
	if err := b.readAll(ctx); err != nil {
		return err
	}
	if b.isLarge() {
		return b.budget.settle(&b.lease)
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
		wait, err := b.budget.charge(&b.lease)
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
