package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// benchConns is the load that the targets are stated for: 64 connections, kept open.
const benchConns = 64

// maker makes one request after the other. What it returns is good until the next call.
type maker interface{ next() []byte }

// load is what one round of requests came to.
type load struct {
	answered, refused int64
	took              time.Duration
}

func (l load) rate() float64 { return float64(l.answered) / l.took.Seconds() }

// send sends requests over benchConns connections, on each one after the other, for a time. All servers get it from this
// one sender, which writes to sockets and makes requests in place: it runs beside the servers, and what it needs of the
// processor is missing to them.
func send(t *testing.T, address string, lasts time.Duration, newMaker func(conn int) maker) load {
	t.Helper()
	conns := make([]net.Conn, benchConns)
	for i := range conns {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		conns[i] = conn
	}
	var answered, refused atomic.Int64
	var senders sync.WaitGroup
	began := time.Now()
	for i, conn := range conns {
		senders.Go(func() {
			good, bad, err := sendOn(conn, began.Add(lasts), newMaker(i))
			answered.Add(good)
			if refused.Add(bad); err != nil {
				t.Error(err)
			}
		})
	}
	senders.Wait()
	return load{answered.Load(), refused.Load(), time.Since(began)}
}

func sendOn(conn net.Conn, end time.Time, m maker) (answered, refused int64, err error) {
	answers := bufio.NewReader(conn)
	for time.Now().Before(end) {
		if _, err := conn.Write(m.next()); err != nil {
			return answered, refused, err
		}
		isGood, err := readAnswer(answers)
		if err != nil {
			return answered, refused, err
		}
		if isGood {
			answered++
		} else {
			refused++
		}
	}
	return answered, refused, nil
}

var (
	goodAnswer   = []byte("HTTP/1.1 200")
	lengthHeader = "Content-Length"
)

// readAnswer reads one answer to its end; isGood is whether it was a 200.
func readAnswer(r *bufio.Reader) (isGood bool, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return false, err
	}
	isGood = bytes.HasPrefix(line, goodAnswer)
	length := 0
	for {
		line, err = r.ReadSlice('\n')
		if err != nil {
			return false, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if len(name) == len(lengthHeader) && textproto.CanonicalMIMEHeaderKey(string(name)) == lengthHeader {
			if length, err = strconv.Atoi(strings.TrimSpace(string(value))); err != nil {
				return false, fmt.Errorf("an answer's length: %w", err)
			}
		}
	}
	_, err = r.Discard(length)
	return isGood, err
}
