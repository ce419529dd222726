package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"perch/bridge"
	"perch/bridge/journaltest"
)

// run runs a store until the test ends.
func run(t *testing.T, s *Store) *Store {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-done, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func connect(t *testing.T, name string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address(name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// endSessions has the server end sessions of Perch's: those that hold the lock of the journal, or all others.
func endSessions(t *testing.T, name string, thatHold bool) {
	t.Helper()
	which := `NOT EXISTS`
	if thatHold {
		which = `EXISTS`
	}
	admin(t, name, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity a WHERE datname = current_database() AND application_name = 'perch'
		AND `+which+` (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory' AND NOT mode = 'ShareLock' AND objsubid = 1)`)
}

func TestASecondPerchIsRefusedInWords(t *testing.T) {
	name := place(t)
	first := openAt(t, name)
	_, err := Open(t.Context(), address(name), "", slog.New(slog.DiscardHandler))
	e := bridge.AsError(err)
	host, _ := os.Hostname()
	if e == nil || e.Kind != bridge.Operator || e.Remedy == "" || !strings.Contains(e.Message, host) || !strings.Contains(e.Message, fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("a second one is told %+v", e)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := openAt(t, name).Close(); err != nil {
		t.Error(err)
	}
}

// Until the lock is back nothing is written, and nothing is attempted.
func TestNothingIsWrittenWithoutTheLock(t *testing.T) {
	name := place(t)
	s := run(t, openAt(t, name))
	journaltest.Put(t, s, journaltest.Inbound("ann", "1"))
	other := connect(t, name)
	waiting := make(chan error, 1)
	go func() {
		_, err := other.Exec(t.Context(), `SELECT pg_advisory_lock($1)`, lockJournal)
		waiting <- err
	}()
	for isWaiting := false; !isWaiting; time.Sleep(time.Millisecond) {
		if err := s.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&isWaiting); err != nil {
			t.Fatal(err)
		}
	}
	endSessions(t, name, true)
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	await(t, "the loss is noticed", func() bool { return s.SetSetting(t.Context(), "k", "v") != nil })
	e := bridge.AsError(s.Keep(t.Context(), bridge.Post{Source: "x:c", Body: []byte("{}")}))
	if e == nil || e.Kind != bridge.Temporary || e.Code != bridge.CodeJournal+isLost.code || e.Remedy == "" {
		t.Errorf("without the lock a post is kept, or refused with %+v", e)
	}
	if got, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: journaltest.LaneIn, N: 1}}, time.Now()); err == nil {
		t.Errorf("without the lock %v was claimed", got)
	}
	if _, err := s.List(t.Context(), bridge.Filter{}); err != nil {
		t.Errorf("nothing can be read: %v", err)
	}
	if err := other.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, "the lock is back", func() bool { return s.SetSetting(t.Context(), "k", "v") == nil })
	if got := journaltest.Claim(t, s, journaltest.LaneIn); len(got) != 1 {
		t.Errorf("claimed %v", got)
	}
}

func await(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain until ", what)
		}
	}
}

// Whoever has lost the lock to another does not know it yet, and writes nothing all the same.
func TestWhatAnotherHasTakenOverIsNotWritten(t *testing.T) {
	name := place(t)
	first := openAt(t, name)
	t.Cleanup(func() { _ = first.Close() })
	journaltest.Put(t, first, journaltest.Inbound("ann", "1"))
	claimed := journaltest.Claim(t, first, journaltest.LaneIn)[0]
	endSessions(t, name, true)
	second := run(t, openAt(t, name))
	claimed.State = bridge.Delivered
	for what, err := range map[string]error{
		"a post":     first.Keep(t.Context(), bridge.Post{Source: "x:c", Body: []byte("{}")}),
		"an outcome": first.Finish(t.Context(), bridge.Result{Delivery: claimed}),
		"progress":   first.Mark(t.Context(), claimed.ID, bridge.Progress{CallingSince: time.Now()}),
	} {
		if e := bridge.AsError(err); e == nil || e.Code != bridge.CodeJournal+isTaken.code || e.Remedy == "" {
			t.Errorf("%s was written, or refused with %+v", what, e)
		}
	}
	if got, err := first.Claim(t.Context(), []bridge.LaneQuota{{Lane: journaltest.LaneIn, N: 1}}, time.Now()); err == nil {
		t.Errorf("%v was claimed", got)
	}
	if d, err := second.Get(t.Context(), claimed.ID); err != nil || d.State != bridge.Queued || d.Progress.CallingSince != (time.Time{}) {
		t.Errorf("the second one finds %+v, %v", d, err)
	}
}

// A transaction that is under way when another takes over is waited for.
func TestTakingOverWaitsForWhatIsUnderWay(t *testing.T) {
	name := place(t)
	first := openAt(t, name)
	t.Cleanup(func() { _ = first.Close() })
	isIn, goOn := make(chan struct{}), make(chan struct{})
	first.before = func() error { close(isIn); <-goOn; return nil }
	written := make(chan error, 1)
	go func() {
		written <- first.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{journaltest.Inbound("ann", "1")}})
	}()
	<-isIn
	endSessions(t, name, true)
	opened := make(chan *Store, 1)
	go func() { opened <- openAt(t, name) }()
	select {
	case s := <-opened:
		t.Error("nothing was waited for")
		opened <- s
	case <-time.After(50 * time.Millisecond):
	}
	close(goOn)
	if err := <-written; err != nil {
		t.Error(err)
	}
	second := run(t, <-opened)
	if list, err := second.List(t.Context(), bridge.Filter{}); err != nil || len(list) != 1 {
		t.Errorf("the second finds %d, %v", len(list), err)
	}
}
