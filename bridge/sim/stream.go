package sim

import (
	"net/http"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

const (
	// maxStreams is how many streams one app may have open (X's OpenAPI).
	maxStreams = 2
	// streamBuffer is how many lines wait for a slow reader before X cuts it off.
	streamBuffer = 1024
	// backfillLimit is how far back a stream can begin.
	backfillLimit = 5 * time.Minute
)

// stream is one open connection.
type stream struct {
	app   *app
	lines chan []byte
	cut   chan struct{}
}

// logged is an event kept for streams that begin later.
type logged struct {
	app  *app
	at   time.Time
	line []byte
}

var errManyStreams = fault.Fault{
	Status: http.StatusTooManyRequests, Title: "ConnectionException", Type: fault.Problems + "streaming-connection",
	Detail: "This stream is currently at the maximum allowed connection limit.",
}

// openStream takes the connection over. Nothing is counted as open before that, so that a fault leaves nothing behind.
func (x *X) openStream(in *request) *serve.Answer {
	back := time.Duration(in.number("backfill_minutes", 0)) * time.Minute
	a := &serve.Answer{Status: http.StatusOK}
	a.Stream = func(w http.ResponseWriter) {
		s, backlog := x.join(in.app, back)
		if s == nil {
			in.refuse(errManyStreams).Write(w)
			return
		}
		defer x.leave(s)
		x.feed(in, w, s, backlog)
	}
	return a
}

// join opens a stream with what happened in the time before; nil when there are enough.
func (x *X) join(a *app, back time.Duration) (*stream, [][]byte) {
	x.mu.Lock()
	defer x.mu.Unlock()
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
		if one.app == a && x.now().Sub(one.at) < back {
			backlog = append(backlog, one.line)
		}
	}
	s := &stream{a, make(chan []byte, streamBuffer), make(chan struct{})}
	x.streams[s] = struct{}{}
	return s, backlog
}

func (x *X) leave(s *stream) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.streams, s)
}

// feed writes events as they come, one a line, and empty lines in between to keep the connection alive.
func (x *X) feed(in *request, w http.ResponseWriter, s *stream, backlog [][]byte) {
	x.mu.Lock()
	pause := x.options.KeepAlive
	x.mu.Unlock()
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
	alive := time.NewTicker(pause)
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
		case <-in.Context().Done():
			return
		}
	}
}

// broadcast gives an event to every open stream of the app, and keeps it for those that come later. The caller holds mu.
func (x *X) broadcast(a *app, text []byte) {
	for len(x.activities) > 0 && x.now().Sub(x.activities[0].at) > backfillLimit {
		x.activities = x.activities[1:]
	}
	text, kept := x.odd.Line(text)
	x.activities = append(x.activities, &logged{a, x.now(), kept})
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

// cut ends a stream from X's side. The caller holds mu.
func (x *X) cut(s *stream) {
	select {
	case <-s.cut:
	default:
		close(s.cut)
	}
}

// Streams returns how many activity streams are open.
func (x *X) Streams() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.streams)
}

// CutStreams breaks every open activity stream; clients may connect again at once.
func (x *X) CutStreams() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for s := range x.streams {
		x.cut(s)
	}
}
