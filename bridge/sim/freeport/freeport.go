// Package freeport hands out ports on loopback for tests. A test that needs a number before anybody listens on it cannot keep
// the port taken; so each process takes a block of ports, and no other process that asks here is given one of those.
package freeport

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
)

const (
	// first and blocks span 20000 to 29999, below the range from which systems take ports by themselves.
	first, blocks = 20_000, 200
	// blockSize is how many ports a block has. The first of them stays taken: it says whose the block is.
	blockSize = 50
)

var mine struct {
	sync.Mutex
	owner net.Listener
	base  int
	next  int
}

var errNone = errors.New("no port is free")

// Next returns a port that nobody listens on and that was not handed out for as long as possible.
func Next() (int, error) {
	mine.Lock()
	defer mine.Unlock()
	if mine.owner == nil && !takeBlock() {
		return 0, errNone
	}
	for range blockSize - 1 {
		port := mine.base + 1 + mine.next
		mine.next = (mine.next + 1) % (blockSize - 1)
		if l := listen(port); l != nil {
			return port, l.Close()
		}
	}
	return 0, errNone
}

func takeBlock() bool {
	for n := range blocks {
		base := first + n*blockSize
		if mine.owner = listen(base); mine.owner != nil {
			mine.base = base
			return true
		}
	}
	return false
}

func listen(port int) net.Listener {
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil
	}
	return l
}
