package single

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"perch/app/control"
	"perch/app/lockfile"
	"perch/bridge/wait"
)

// First is the one window of a place. Make it with Take, and close it at the end.
type First struct {
	lock     *lockfile.Lock
	listener net.Listener
}

// Take makes this process the one window of a place. Where there is one, that is asked to come to the front at a section:
// the error is then ErrShown, or that of Ask. It is ErrUnkept where neither can be.
func (p Place) Take(ctx context.Context, section string) (*First, error) {
	limited, cancel := context.WithTimeout(ctx, AskTime)
	defer cancel()
	for {
		lock, err := lockfile.Try(p.lock())
		if err == nil {
			return p.open(ctx, lock)
		}
		if !errors.Is(err, lockfile.ErrLocked) {
			return nil, fmt.Errorf("the file %s cannot be locked (%w); %w", p.lock(), err, ErrUnkept)
		}
		if err := p.Ask(limited, section); err == nil {
			return nil, ErrShown
		} else if !errors.Is(err, ErrAbsent) {
			return nil, err
		}
		if !wait.Pause(limited, againAfter) { // the other is opening or closing
			return nil, &SilentError{p.process()}
		}
	}
}

func (p Place) open(ctx context.Context, lock *lockfile.Lock) (*First, error) {
	l, err := control.Listen(ctx, p.socket())
	if err != nil {
		_ = lock.Close() // it did nothing
		return nil, fmt.Errorf("%w; %w", err, ErrUnkept)
	}
	if err := lock.Truncate(0); err == nil {
		_, _ = fmt.Fprintln(lock, os.Getpid()) // a complaint can do without
	}
	return &First{lock, l}, nil
}

// Serve lets show be called whenever somebody asks for the window, until ctx ends or Close is called. show returns once
// the window has come to the front; its error is a sentence.
func (f *First) Serve(ctx context.Context, show func(ctx context.Context, section string) error) error {
	var answers sync.WaitGroup
	defer answers.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = f.listener.Close() })
	defer stop()
	for {
		conn, err := f.listener.Accept()
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		answers.Go(func() { reply(ctx, conn, show) })
	}
}

// reply answers one question. Who asks nothing, or something else, gets no answer.
func reply(ctx context.Context, conn net.Conn, show func(context.Context, string) error) {
	defer func() { _ = conn.Close() }() // all is said
	ctx, cancel := context.WithTimeout(ctx, showTime)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	var q question
	err := json.NewDecoder(io.LimitReader(conn, maxLine)).Decode(&q)
	stop()
	if err != nil {
		return
	}
	var a answer
	if err := show(ctx, q.Section); err != nil {
		switch ctx.Err() {
		case nil:
			a.Error = err.Error()
		case context.DeadlineExceeded: //nolint:errorlint // it is the context's own
			a.Hangs = true
		default: // it is closing, and no window then
			return
		}
	}
	if err := conn.SetWriteDeadline(time.Now().Add(showTime)); err == nil {
		_ = json.NewEncoder(conn).Encode(a) // who asked may have gone
	}
}

// Close gives the place back: the next to come is the first.
func (f *First) Close() error {
	err := f.listener.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return errors.Join(err, f.lock.Close())
}
