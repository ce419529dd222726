package postgres

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/journaltest"
)

// socketName is that of PostgreSQL's sockets.
const socketName = ".s.PGSQL.5432"

// wire is a way to the server that can be cut.
type wire struct {
	folder string
	// loseCommit has the next answer to a COMMIT lost, with the connection.
	loseCommit atomic.Bool
	isAway     atomic.Bool
}

func newWire(t *testing.T) *wire {
	t.Helper()
	folder, err := os.MkdirTemp("", "wire") //nolint:usetesting // the path of a socket has to be short
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(folder, socketName))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = errors.Join(l.Close(), os.RemoveAll(folder)) })
	w := &wire{folder: folder}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client)
		}
	}()
	return w
}

func (w *wire) carry(client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("unix", filepath.Join(server.folder, socketName))
	if err != nil || w.isAway.Load() {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		_, _ = io.Copy(server, client)
		_ = server.Close()
	}()
	some := make([]byte, 64<<10)
	for {
		n, err := server.Read(some)
		if err != nil || w.isAway.Load() || (bytes.Contains(some[:n], []byte("COMMIT\x00")) && w.loseCommit.Swap(false)) {
			return
		}
		if _, err := client.Write(some[:n]); err != nil {
			return
		}
	}
}

// openBy opens a store by a wire.
func (w *wire) openBy(t *testing.T, name string) *Store {
	t.Helper()
	s, err := Open(t.Context(), "postgres:///"+name+"?host="+w.folder+"&user=perch", "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return run(t, s)
}

// The answer to a COMMIT is lost, and nobody is told that nothing was written, or writes it again.
func TestALostAnswerIsAskedFor(t *testing.T) {
	name := place(t)
	w := newWire(t)
	s := w.openBy(t, name)
	w.loseCommit.Store(true)
	reply, known, err := s.Add(t.Context(), journaltest.Outbound("1"), []byte("{}"))
	if err != nil || known || reply.ID == 0 || w.loseCommit.Load() {
		t.Fatalf("Add = %+v, %v, %v", reply, known, err)
	}
	d := journaltest.Claim(t, s, reply.Lane)[0]
	d.State = bridge.Delivered
	note := journaltest.Inbound("ann", "")
	note.Kind, note.Event = bridge.KindNote, nil
	w.loseCommit.Store(true)
	if err := s.Finish(t.Context(), bridge.Result{Delivery: d, Attempt: bridge.Attempt{At: time.Now(), Outcome: d.State}, Spawned: []*bridge.Delivery{note}}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 2 || list[1].State != bridge.Delivered {
		t.Errorf("there are %v, %v", list, err)
	}
}

// What was cut off before the COMMIT has not happened.
func TestATransactionThatIsCutOffHasNotHappened(t *testing.T) {
	name := place(t)
	s := run(t, openAt(t, name))
	s.before = func() error {
		s.before = nil
		endSessions(t, name, false)
		return nil
	}
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{journaltest.Inbound("ann", "1")}}); bridge.KindOf(err) != bridge.Temporary {
		t.Errorf("Unpack = %v", err)
	}
	if list, err := s.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 0 {
		t.Errorf("there are %v, %v", list, err)
	}
}

// While the server is away methods fail soon and in words, and work again when it is back.
func TestAServerThatIsAway(t *testing.T) {
	w := newWire(t)
	s := w.openBy(t, place(t))
	journaltest.Keep(t, s, "before", time.Now())
	w.isAway.Store(true)
	began := time.Now()
	for range 3 {
		e := bridge.AsError(s.Keep(t.Context(), bridge.Post{Source: "x:c", Body: []byte("away")}))
		if e == nil || e.Kind != bridge.Temporary || e.Side != bridge.SidePerch {
			t.Fatalf("Keep = %+v", e)
		}
	}
	_, err := s.Unread(t.Context(), 10)
	if e := s.Explain(err); e.Code != bridge.CodeJournal+isAway.code || e.Remedy == "" || time.Since(began) > 2*connectTimeout {
		t.Errorf("after %v Unread = %+v", time.Since(began), e)
	}
	if s.Round(t.Context()) != nil || s.Room() == nil { // the one is no reason to start anew
		t.Error("a server that is away ends the relay, or has room")
	}
	w.isAway.Store(false)
	await(t, "the server is back", func() bool { return s.Room() == nil })
	journaltest.Keep(t, s, "after", time.Now())
	if posts := journaltest.Unread(t, s); string(posts[len(posts)-1].Body) != "after" || string(posts[0].Body) != "before" {
		t.Errorf("unread are %v", posts)
	}
}

func TestAServerThatIsAwayAtTheStart(t *testing.T) {
	_, err := Open(t.Context(), "postgres:///perch?host="+t.TempDir(), "hunter2", slog.New(slog.DiscardHandler))
	if e := bridge.AsError(err); e == nil || e.Kind != bridge.Temporary || e.Code != bridge.CodeJournal+isAway.code || e.Remedy == "" {
		t.Errorf("Open = %+v", e)
	}
}
