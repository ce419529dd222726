package postgres

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"perch/bridge"
	"perch/bridge/journaltest"
)

func TestOpenRefusesWhatIsNotPerchs(t *testing.T) {
	for what, tc := range map[string]struct{ query, words string }{
		"of a newer Perch": {`CREATE SCHEMA perch; CREATE TABLE perch.version (version integer, at timestamptz); INSERT INTO perch.version VALUES (4711, now())`, "newer Perch (form 4711"},
		"somebody else's":  {`CREATE SCHEMA perch; CREATE TABLE perch.fish (weight integer)`, "not Perch's"},
	} {
		name := database(t)
		admin(t, name, tc.query)
		_, err := Open(t.Context(), address(name), "", slog.New(slog.DiscardHandler))
		if e := bridge.AsError(err); e == nil || e.Kind != bridge.Operator || e.Remedy == "" || !strings.Contains(e.Message, tc.words) {
			t.Errorf("a database %s: %+v", what, e)
		}
	}
	name := database(t)
	admin(t, name, `CREATE TABLE fish (weight integer); CREATE SCHEMA perch`) // beside Perch's there may be others
	if err := openAt(t, name).Close(); err != nil {
		t.Error(err)
	}
}

// The role that owns the database needs no other right, also for the index for searching.
func TestAnOrdinaryRoleIsEnough(t *testing.T) {
	name := database(t)
	admin(t, name, fmt.Sprintf(`CREATE ROLE plain_%[1]s LOGIN; ALTER DATABASE %[1]s OWNER TO plain_%[1]s`, name))
	t.Cleanup(func() {
		admin(t, name, fmt.Sprintf(`REASSIGN OWNED BY plain_%[1]s TO perch; DROP OWNED BY plain_%[1]s; DROP ROLE plain_%[1]s`, name))
	})
	s, err := Open(t.Context(), strings.Replace(address(name), "user=perch", "user=plain_"+name, 1), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	run(t, s)
	journaltest.Put(t, s, journaltest.Inbound("ann", "1"))
	var hasIndex, isOffered bool
	err = s.pool.QueryRow(t.Context(), `SELECT to_regclass('perch.content_said') IS NOT NULL, EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm')`).Scan(&hasIndex, &isOffered)
	if err != nil || hasIndex != isOffered {
		t.Errorf("there is an index for searching: %v, and could be one: %v, %v", hasIndex, isOffered, err)
	}
}

func TestWhatIsInTheWayIsToldInWords(t *testing.T) {
	name := database(t)
	admin(t, name, fmt.Sprintf(`CREATE ROLE guest_%[1]s LOGIN; CREATE ROLE few_%[1]s LOGIN CONNECTION LIMIT 0`, name))
	t.Cleanup(func() {
		admin(t, "postgres", fmt.Sprintf(`DROP ROLE guest_%[1]s; DROP ROLE few_%[1]s`, name))
	})
	for what, tc := range map[string]struct{ url, code string }{
		"no database": {address("nowhere"), "no_database"},
		"no role":     {strings.Replace(address(name), "user=perch", "user=nobody", 1), "login"},
		"no right":    {strings.Replace(address(name), "user=perch", "user=guest_"+name, 1), "no_permission"},
		"too many":    {strings.Replace(address(name), "user=perch", "user=few_"+name, 1), "crowded"},
		"no address":  {"postgres://per ch:hunter2@[", ""},
	} {
		_, err := Open(t.Context(), tc.url, "hunter2", slog.New(slog.DiscardHandler))
		e := bridge.AsError(err)
		if e == nil || e.Remedy == "" || strings.TrimPrefix(e.Code, bridge.CodeJournal) != tc.code || (e.Kind == bridge.Temporary) != (what == "too many") {
			t.Errorf("%s: %+v", what, e)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, e), "hunter2") {
			t.Errorf("%s: the password is told", what)
		}
	}
}

func TestTheServerElsewhereHasToProveWhoItIs(t *testing.T) {
	for url, isAsked := range map[string]bool{
		"postgres://perch@db.example/perch":                   true,
		"postgres://perch@db.example/perch?connect_timeout=3": true,
		"host=db.example dbname=perch":                        true,
		"postgres://perch@db.example/perch?sslmode=require":   false,
		"postgres://perch@127.0.0.1/perch":                    false,
		"postgres://perch@localhost/perch":                    false,
		"postgres:///perch?host=/var/run/postgresql":          false,
		"host=db.example dbname=perch sslmode=disable":        false,
	} {
		config, err := configOf(url, "hunter2")
		if err != nil {
			t.Fatal(url, err)
		}
		tls := config.ConnConfig.TLSConfig
		isStrict := tls != nil && !tls.InsecureSkipVerify && tls.ServerName == "db.example" && len(config.ConnConfig.Fallbacks) == 0
		if isStrict != isAsked || config.ConnConfig.Password != "hunter2" || config.MaxConns != connections {
			t.Errorf("%s: strict %v, %+v", url, isStrict, config.ConnConfig.Host)
		}
		if place := placeOf(config.ConnConfig); !strings.Contains(place, "perch") || strings.Contains(place, "hunter2") {
			t.Errorf("%s is called %q", url, place)
		}
	}
}

func TestTroublesAreToldApart(t *testing.T) {
	for state, code := range map[string]string{
		"53100": "full", "25006": "read_only", "42501": "no_permission", "57P01": "away", "08006": "away", "58030": "io_error", "XX001": "damaged", "55P03": "locked",
		"57014": "slow", "PR001": "taken", "53300": "crowded", "22021": "",
	} {
		e := bridge.AsError(writeError(fmt.Errorf("write: %w", &pgconn.PgError{Code: state, Message: "it says"})))
		if strings.TrimPrefix(e.Code, bridge.CodeJournal) != code || e.Kind != bridge.Temporary || e.Remedy == "" || e.Message == "" {
			t.Errorf("%s is told as %+v", state, e)
		}
	}
	refusal := &bridge.Error{Kind: bridge.Invalid, Message: "there is no message 9"}
	if !errors.Is(writeError(fmt.Errorf("update: %w", refusal)), refusal) {
		t.Error("a refusal is not handed on")
	}
}

func TestFactsTellHowSafeACommitIs(t *testing.T) {
	name := place(t)
	s := openAt(t, name)
	defer func() { _ = s.Close() }()
	f, err := s.Facts(t.Context())
	if err != nil || f.Server == "" || !strings.Contains(f.Place, name) || f.Commit != "on" || !f.IsSafe() || f.HasStandby || f.IsReadOnly || f.Bytes == 0 || f.ClockAhead.Abs() > time.Second {
		t.Errorf("%+v, %v", f, err)
	}
	admin(t, name, `ALTER DATABASE `+name+` SET synchronous_commit = off`)
	t.Cleanup(func() { admin(t, name, `ALTER DATABASE `+name+` RESET synchronous_commit`) })
	other := reopen(t, s, name)
	if f, err := other.Facts(t.Context()); err != nil || f.IsSafe() {
		t.Errorf("with commits that wait for no disk: %+v, %v", f, err)
	}
}

// reopen opens the journal that another one had.
func reopen(t *testing.T, before *Store, name string) *Store {
	t.Helper()
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, name)
	t.Cleanup(func() { _ = s.Close() })
	return s
}
