package backup

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/account"
	"perch/bridge/secret"
	"perch/bridge/sqlite"
)

const (
	phrase    = "correct horse battery staple"
	someToml  = "secrets = \"keyring\"\n# my note\n[[channel]]\nname = \"support\"\n[channel.motion]\nreceive_url = \"http://127.0.0.1:1/n\"\n"
	acme      = "4337869213"
	manyRoots = uint64(1) << 40
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantSaid checks that an error says all of these, and what to do.
func wantSaid(t *testing.T, err error, parts ...string) {
	t.Helper()
	var e *bridge.Error
	if !errors.As(err, &e) {
		t.Fatalf("no error in words: %v", err)
	}
	for _, part := range parts {
		if !strings.Contains(e.Message+"; "+e.Remedy, part) {
			t.Errorf("%q is not in: %s; %s (%v)", part, e.Message, e.Remedy, e.Err)
		}
	}
	if e.Remedy == "" {
		t.Errorf("nobody is told what to do: %v", err)
	}
}

// newHome makes a home whose relay has worked for a brand: three messages from customers, of which one was delivered, and a
// reply that waits.
func newHome(t *testing.T, brand string) config.Home {
	t.Helper()
	home := homeIn(t, t.TempDir())
	must(t, os.WriteFile(home.Config(), []byte(someToml), 0o600))
	must(t, secret.SealFile(home.Vault(), phrase, map[secret.Key]string{{Channel: "support", Name: "x.access_token"}: "a token of " + brand}))
	inJournal(t, home, func(s *sqlite.Store) {
		must(t, s.SetSetting(t.Context(), account.SettingAccount+"support", `{"id":"`+brand+`","handle":"acme_`+brand[:3]+`"}`))
		add(t, s, inbound("1"), inbound("2"), inbound("3"), outbound("r1"))
		settle(t, s, "support/in", "1")
	})
	return home
}

func homeIn(t *testing.T, folder string) config.Home {
	t.Helper()
	home, err := config.FindHome(folder)
	must(t, err)
	return home
}

// inJournal works with the journal of a home as a relay does.
func inJournal(t *testing.T, home config.Home, work func(*sqlite.Store)) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), home.Journal(), slog.New(slog.DiscardHandler))
	must(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() {
		stop()
		must(t, errors.Join(<-done, s.Close()))
	}()
	work(s)
}

func inbound(id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "support", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Queued, Lane: "support/in",
		Conversation: "support/in/dm/ann" + id, XID: id, From: "ann" + id, PeerID: "ann" + id, Text: "question " + id,
		Event: &bridge.Event{Kind: bridge.KindDM, XID: id}, ReceivedAt: now, DueAt: now,
	}
}

func outbound(id string) *bridge.Delivery {
	now := time.Now().Add(-time.Second)
	return &bridge.Delivery{
		Channel: "support", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: "support/out/dm", Conversation: "support/out/dm/1",
		MotionID: id, PeerID: "1", To: "bob", Text: "answer " + id, Reply: &bridge.Reply{MotionID: id, Body: "answer " + id}, ReceivedAt: now, DueAt: now,
	}
}

func add(t *testing.T, s *sqlite.Store, list ...*bridge.Delivery) {
	t.Helper()
	must(t, s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: list}))
}

// settle delivers the messages with these ids of X or Motion.
func settle(t *testing.T, s *sqlite.Store, lane bridge.Lane, ids ...string) {
	t.Helper()
	claimed, err := s.Claim(t.Context(), []bridge.LaneQuota{{Lane: lane, N: 10}}, time.Now())
	must(t, err)
	for _, d := range claimed {
		d.State, d.DueAt = bridge.Queued, time.Now()
		if slices.Contains(ids, d.XID+d.MotionID) {
			d.State, d.DueAt = bridge.Delivered, time.Time{}
		}
		must(t, s.Finish(t.Context(), bridge.Result{Delivery: d, Attempt: bridge.Attempt{Number: 1, At: time.Now(), Outcome: d.State}}))
	}
}

// mustMake makes a backup of a home and returns its path.
func mustMake(t *testing.T, home config.Home, change ...func(*Options)) string {
	t.Helper()
	o := Options{Home: home, To: filepath.Join(t.TempDir(), "a.backup")}
	for _, c := range change {
		c(&o)
	}
	made, err := Make(t.Context(), o)
	must(t, err)
	return made.Path
}

// snapshot is what is in a folder: every file with its content, but for locks and the note of the last backup.
func snapshot(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), "perch.lock") || e.Name() == "backup.json" {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		all[name] = string(data)
		return err
	}))
	return all
}

func sameFiles(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name := range before {
		if after[name] != before[name] {
			t.Errorf("%s has changed or is gone", name)
		}
	}
	for name, content := range after {
		// Who reads a journal leaves these, as SQLite wants it; there is nothing in them.
		isSQLites := strings.HasSuffix(name, "perch.db-shm") || (strings.HasSuffix(name, "perch.db-wal") && content == "")
		if _, ok := before[name]; !ok && !isSQLites {
			t.Errorf("%s was left", name)
		}
	}
}

// messages lists the messages of a journal that are not settled, with their states.
func messages(t *testing.T, journal string) []string {
	t.Helper()
	v, err := sqlite.OpenView(t.Context(), journal)
	must(t, err)
	defer func() { _ = v.Close() }()
	list, _, err := v.Waiting(t.Context())
	must(t, err)
	var all []string
	for _, d := range list {
		all = append(all, fmt.Sprint(d.XID, d.MotionID, " ", d.State))
	}
	return all
}
