package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the PostgreSQL of this package's tests; its folder is empty where there is none.
var server struct {
	folder string
	why    string // there is none
}

// databases are those of the tests.
var databases = struct {
	made atomic.Int64
	free chan string
}{free: make(chan string, 16)}

func TestMain(m *testing.M) {
	runtime.LockOSThread() // the server ends with the thread that has started it, however that ends
	stop, err := startServer()
	if err != nil {
		server.why = err.Error()
	}
	code := m.Run()
	if err := stop(); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "the server of the tests:", err)
		code = 1
	}
	os.Exit(code)
}

// program finds one of PostgreSQL's programs.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return filepath.EvalSymlinks(path) // the others are beside it
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	more, _ := filepath.Glob("/usr/pgsql-*/bin/" + name)
	if found = append(found, more...); len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed (there is no " + name + ")")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// startServer starts a server that listens on a socket of its own and forgets all when it ends.
func startServer() (stop func() error, err error) {
	stop = func() error { return nil }
	folder, err := os.MkdirTemp("", "perch-pg")
	if err != nil {
		return stop, err
	}
	stop = func() error { return os.RemoveAll(folder) }
	data := filepath.Join(folder, "data")
	initdb, err := program("initdb")
	if err == nil {
		err = own(folder)
	}
	if err != nil {
		return stop, err
	}
	if out, err := asNobody(initdb, "-D", data, "-U", "perch", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return stop, fmt.Errorf("initdb: %w: %s", err, out)
	}
	postgres, err := program("postgres")
	if err != nil {
		return stop, err
	}
	running := asNobody(postgres, "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync="+fsync(), "-c", "max_connections=200",
		"-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal")
	running.Stdout, running.Stderr = io.Discard, io.Discard
	if err := running.Start(); err != nil {
		return stop, err
	}
	stop = func() error {
		err := running.Process.Signal(syscall.SIGINT)
		return errors.Join(err, running.Wait(), os.RemoveAll(folder))
	}
	server.folder = folder
	return stop, awaitServer()
}

// fsync is off, but for who measures.
func fsync() string {
	if slices.ContainsFunc(os.Args, func(arg string) bool { return strings.HasPrefix(arg, "-test.bench=") }) {
		return "on"
	}
	return "off"
}

func awaitServer() error {
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := pgx.Connect(context.Background(), address("postgres"))
		if err == nil {
			return conn.Close(context.Background())
		}
		if time.Now().After(end) {
			server.folder = ""
			return err
		}
	}
}

func address(database string) string {
	return "postgres:///" + database + "?host=" + server.folder + "&user=perch"
}

// admin runs a statement as somebody who may do anything.
func admin(tb testing.TB, database, query string) {
	tb.Helper()
	ctx := context.Background() // also when the test has ended
	conn, err := pgx.Connect(ctx, address(database))
	if err != nil {
		tb.Fatal(err)
	}
	_, err = conn.Exec(ctx, query)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		tb.Fatal(query, err)
	}
}

// database makes an empty one for a test.
func database(tb testing.TB) string {
	tb.Helper()
	if server.folder == "" {
		tb.Skip(server.why)
	}
	name := fmt.Sprint("test", databases.made.Add(1))
	admin(tb, "postgres", `CREATE DATABASE `+name)
	tb.Cleanup(func() { admin(tb, "postgres", `DROP DATABASE `+name+` WITH (FORCE)`) })
	return name
}

// place makes a database with an empty journal, which may have been another test's: to make one takes long.
func place(tb testing.TB) string {
	tb.Helper()
	if server.folder == "" {
		tb.Skip(server.why)
	}
	name := ""
	select {
	case name = <-databases.free:
	default:
		name = fmt.Sprint("test", databases.made.Add(1))
		admin(tb, "postgres", `CREATE DATABASE `+name)
	}
	tb.Cleanup(func() {
		admin(tb, name, `DO $$ DECLARE t text; BEGIN
			FOR t IN SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
				WHERE n.nspname = 'perch' AND c.relkind = 'r' AND c.relname NOT IN ('version', 'holder')
			LOOP EXECUTE 'DELETE FROM ' || t; END LOOP; END $$`)
		select {
		case databases.free <- name:
		default: // it goes with the server
		}
	})
	return name
}

func openAt(tb testing.TB, name string) *Store {
	tb.Helper()
	s, err := Open(context.Background(), address(name), "", slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
