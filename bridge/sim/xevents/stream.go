package xevents

import (
	"context"
	"net/http"
	"time"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xstate"
)

const (
	// maxStreams is how many streams one app may have open (X's OpenAPI).
	maxStreams = 2
	// streamBuffer is how many lines wait for a slow reader before X cuts it off.
	streamBuffer = 1024
	// backfillLimit is how far back a stream can begin.
	backfillLimit = 5 * time.Minute
)

// ServeStream writes an app's events to w as they come, after those of the time before, until ctx ends. It reports false,
// and writes nothing, when the app has enough streams open.
func (x *Events) ServeStream(ctx context.Context, w http.ResponseWriter, a *xstate.App, back time.Duration) bool {
	s, backlog := x.join(a, back)
	if s == nil {
		return false
	}
	defer x.leave(s)
	x.feed(ctx, w, s, backlog)
	return true
}

// join opens a stream with what happened in the time before; nil when there are enough.
func (x *Events) join(a *xstate.App, back time.Duration) (*stream, [][]byte) {
	x.Lock()
	defer x.Unlock()
	open := 0
	for s := range x.streams {
		if s.app == a {
			open++
		}
	}
	if open >= maxStreams {
		return nil, nil
	}
	var backlog [][]byte
	for _, one := range x.activities {
		if one.app == a && x.Now().Sub(one.at) < back {
			backlog = append(backlog, one.line)
		}
	}
	s := &stream{a, make(chan []byte, streamBuffer), make(chan struct{})}
	x.streams[s] = struct{}{}
	return s, backlog
}

func (x *Events) leave(s *stream) {
	x.Lock()
	defer x.Unlock()
	delete(x.streams, s)
}

// feed writes events as they come, one a line, and empty lines in between to keep the connection alive.
func (x *Events) feed(ctx context.Context, w http.ResponseWriter, s *stream, backlog [][]byte) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	control := http.NewResponseController(w)
	line := func(text []byte) bool {
		_, err := w.Write(append(text[:len(text):len(text)], "\r\n"...))
		return err == nil && control.Flush() == nil
	}
	for _, text := range backlog {
		line(text)
	}
	_ = control.Flush() // the header goes out even when nothing happens
	alive := time.NewTicker(x.Options().KeepAlive)
	defer alive.Stop()
	for isOpen := true; isOpen; {
		select {
		case text := <-s.lines:
			isOpen = line(text)
		case <-alive.C:
			isOpen = line(nil)
		case <-s.cut:
			serve.Drop(w)
			return
		case <-ctx.Done():
			return
		}
	}
}

// broadcast gives an event to every open stream of the app, and keeps it for those that come later. The caller holds the lock.
func (x *Events) broadcast(a *xstate.App, text []byte) {
	for len(x.activities) > 0 && x.Now().Sub(x.activities[0].at) > backfillLimit {
		x.activities = x.activities[1:]
	}
	text, kept := x.odd.Line(text)
	x.activities = append(x.activities, &logged{a, x.Now(), kept})
	for s := range x.streams {
		if s.app != a {
			continue
		}
		select {
		case s.lines <- text:
		default:
			x.cut(s)
		}
	}
}

// cut ends a stream from X's side; it counts no more, though its handler may not know yet. The caller holds the lock.
func (x *Events) cut(s *stream) {
	delete(x.streams, s)
	select {
	case <-s.cut:
	default:
		close(s.cut)
	}
}

// Streams returns how many activity streams are open.
func (x *Events) Streams() int {
	x.Lock()
	defer x.Unlock()
	return len(x.streams)
}

// CutStreams breaks every open activity stream; clients may connect again at once.
func (x *Events) CutStreams() {
	x.Lock()
	defer x.Unlock()
	for s := range x.streams {
		x.cut(s)
	}
}
