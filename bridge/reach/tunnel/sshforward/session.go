package sshforward

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"perch/bridge/reach/tunnel/link"
)

// session is one SSH connection with its forward.
type session struct {
	conn    net.Conn
	client  *ssh.Client
	forward net.Listener
	// gone is closed when the connection has ended, for the reason in err.
	gone chan struct{}
	err  error
	// done is closed when the session is to end.
	done chan struct{}
	work sync.WaitGroup
}

// open dials, checks the server's key, logs in and asks for the forward. One deadline covers it all, because none of the
// library's steps has one of its own.
func (s *Tunnel) open(ctx context.Context) (*session, error) {
	known, err := readHostKeys(s.knownHosts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.timing.open)
	defer cancel()
	login, err := s.login(ctx)
	if err != nil {
		return nil, err
	}
	defer login.close()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.config.Address)
	if err != nil {
		return nil, link.DialError(s.config.Address, err)
	}
	stop := context.AfterFunc(ctx, func() {
		_ = conn.Close()
		login.close()
	})
	session, err := s.handshake(ctx, conn, known, login)
	if err == nil && !stop() {
		session.close()
		err = handshakeError(ctx, s.config.Address, ctx.Err())
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return session, nil
}

func (s *Tunnel) handshake(ctx context.Context, conn net.Conn, known *hostKeys, login *login) (*session, error) {
	connection, channels, requests, err := ssh.NewClientConn(conn, s.config.Address, &ssh.ClientConfig{
		User: s.config.User, Auth: []ssh.AuthMethod{login.method}, ClientVersion: "SSH-2.0-Perch",
		HostKeyCallback: known.verify(s.config.Address), HostKeyAlgorithms: known.algorithms(s.config.Address),
	})
	if err != nil {
		return nil, s.loginError(ctx, err, known, login)
	}
	session := &session{conn: conn, client: ssh.NewClient(connection, channels, requests), gone: make(chan struct{}), done: make(chan struct{})}
	session.work.Go(func() {
		session.err = session.client.Wait()
		close(session.gone)
	})
	session.forward, err = session.client.Listen("tcp", s.config.RemoteListen)
	if err != nil {
		err = s.forwardError(ctx, session.client, err)
		session.close()
		return nil, err
	}
	return session, nil
}

// accept feeds the queue until the forward ends.
func (s *session) accept(q *link.Queue) {
	for {
		conn, err := s.forward.Accept()
		if err != nil {
			return
		}
		stream := newStream(conn)
		s.work.Go(func() { stream.pump(s.done) })
		q.Offer(stream)
	}
}

// withdraw gives the port back, so that nothing new arrives while what is under way finishes.
func (s *session) withdraw() { _ = s.forward.Close() }

// close ends the session and all that belongs to it.
func (s *session) close() {
	close(s.done)
	_ = s.conn.Close()
	_ = s.client.Close()
	s.work.Wait()
}

// lost puts the end of a connection into words.
func (s *session) lost(address string) error {
	var err error
	select {
	case <-s.gone:
		err = s.err
	default: // a write failed, and the reader has not noticed yet
	}
	if errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "use of closed") {
		err = nil
	}
	return link.Temporary("ssh/lost", "the SSH connection to "+address+" ended", "", err)
}

// within runs f for at most limit, or until ctx ends. f must return once the connection is closed.
func (s *session) within(ctx context.Context, limit time.Duration, f func()) bool {
	finished := make(chan struct{})
	s.work.Go(func() {
		f()
		close(finished)
	})
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-finished:
		return true
	case <-ctx.Done():
		return true
	case <-timer.C:
		return false
	}
}
