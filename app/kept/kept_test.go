package kept_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/app/kept"
	"perch/app/lockfile"
	"perch/bridge"
	"perch/bridge/sqlite"
)

// mustHome returns a home in which a relay has left one message that was delivered and one that is dead.
func mustHome(t testing.TB) config.Home {
	t.Helper()
	home, err := config.FindHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := home.Make(); err != nil {
		t.Fatal(err)
	}
	journal, err := sqlite.Open(t.Context(), home.Journal(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- journal.Run(ctx) }()
	now := time.Now()
	in := &bridge.Delivery{
		Channel: "support", Direction: bridge.In, Kind: bridge.KindDM, State: bridge.Delivered, Lane: "support/in", Conversation: "a", XID: "1", From: "ann",
		Text: "where is my parcel", Event: &bridge.Event{Kind: bridge.KindDM, XID: "1"}, ReceivedAt: now,
	}
	dead := &bridge.Delivery{
		Channel: "sales", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Dead, Lane: "sales/out/dm", Conversation: "b", MotionID: "2", To: "bo", ReceivedAt: now,
	}
	err = errors.Join(
		journal.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{in, dead}}),
		journal.SetSetting(t.Context(), "account/support", `{"id":"7","handle":"acme_support"}`),
	)
	end()
	if err := errors.Join(err, <-done, journal.Close()); err != nil {
		t.Fatal(err)
	}
	return home
}

func relayOf(t *testing.T, home config.Home) *kept.Relay {
	t.Helper()
	client := control.NewClient(home.Socket())
	t.Cleanup(client.Close)
	return kept.With(client, home)
}

func TestStatusOfAStoppedRelay(t *testing.T) {
	s, err := relayOf(t, mustHome(t)).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.State != control.StateStopped || s.Face() != control.FaceStopped || s.StoppedAt == nil || time.Since(*s.StoppedAt) > time.Minute || len(s.Channels) != 2 {
		t.Fatalf("%+v", s)
	}
	for _, c := range s.Channels {
		isRight := c.Inbound.Delivered == 1 && c.Account == "acme_support"
		if c.Name == "sales" {
			isRight = c.Outbound.Dead == 1
		}
		if !isRight || c.X.State != bridge.LinkUnknown || c.Chat.State != bridge.ChatOff {
			t.Errorf("%+v", c)
		}
	}
	if worst, _ := s.Worst(); worst.Side != control.SideMessages || worst.Channel != "sales" {
		t.Errorf("%+v", s.Conditions)
	}
}

func TestWhatIsKeptIsRead(t *testing.T) {
	r := relayOf(t, mustHome(t))
	list, err := r.Messages(t.Context(), control.Query{Search: "PARCEL"})
	if err != nil || len(list) != 1 || list[0].From != "ann" || !r.IsStopped() || !strings.HasPrefix(r.Line(time.Now()), "The relay is stopped. This is what the journal keeps; since ") {
		t.Errorf("%+v, %v, %q", list, err, r.Line(time.Now()))
	}
	if list, err = r.Messages(t.Context(), control.Query{State: "dead"}); err != nil || len(list) != 1 || list[0].Channel != "sales" {
		t.Errorf("%+v, %v", list, err)
	}
	said, err := r.Conversation(t.Context(), control.ConversationQuery{Person: "@Ann"})
	if err != nil || len(said) != 1 || said[0].Channel != "support" || len(said[0].Messages) != 1 || said[0].Messages[0].Text != "where is my parcel" {
		t.Errorf("%+v, %v", said, err)
	}
	d, err := r.Message(t.Context(), 1)
	if err != nil || d.Text != "where is my parcel" || d.Content == nil || d.History == nil || d.Calls == nil {
		t.Errorf("%+v, %v", d, err)
	}
	if len(d.Calls) != 0 {
		t.Errorf("calls without settings: %+v", d.Calls)
	}
	if minutes, err := r.Minutes(t.Context()); err != nil || len(minutes) == 0 || minutes[0].In+minutes[len(minutes)-1].Out == 0 {
		t.Errorf("%+v, %v", minutes, err)
	}
}

// What a relay has to do says so, and no reading makes files.
func TestWhatNeedsARelaySaysSo(t *testing.T) {
	home := mustHome(t)
	before := files(t, home)
	r := relayOf(t, home)
	_, errFile := r.File(t.Context(), 1, 0)
	_, errAll := r.RetryAllDead(t.Context())
	for what, err := range map[string]error{"file": errFile, "retry all": errAll, "act": r.Act(t.Context(), 2, "retry")} {
		if message, remedy := control.Explain(err); !errors.Is(err, control.ErrNotRunning) || !strings.Contains(message, "relay") || !strings.Contains(remedy, "perch start") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := r.Messages(t.Context(), control.Query{}); err != nil {
		t.Error(err)
	}
	if after := files(t, home); after != before {
		t.Errorf("before: %s, after: %s", before, after)
	}
}

func files(t *testing.T, home config.Home) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(home.Journal()))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestHomesWithoutAJournalThatCanBeRead(t *testing.T) {
	home, err := config.FindHome(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := relayOf(t, home)
	if _, err := r.Status(t.Context()); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("without a journal: %v", err)
	}
	if _, err := r.Messages(t.Context(), control.Query{}); !errors.Is(err, control.ErrNotRunning) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a journal: %v", err)
	}
	if err := errors.Join(home.Make(), os.WriteFile(home.Journal(), []byte(strings.Repeat("no database ", 1000)), 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := r.Status(t.Context())
	if worst, _ := s.Worst(); err != nil || worst.Side != control.SideKept || worst.Level != control.NeedsYou || !strings.Contains(worst.What, "damaged") || len(s.Channels) != 0 {
		t.Errorf("a damaged journal: %+v, %v", s, err)
	}
	if _, err := r.Messages(t.Context(), control.Query{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged journal: %v", err)
	}
}

func TestTheLineNamesTheTime(t *testing.T) {
	now := time.Date(2026, 11, 24, 15, 4, 0, 0, time.Local)
	at := func(d time.Duration) *time.Time { then := now.Add(-d); return &then }
	for want, since := range map[string]*time.Time{"since 14:57 ": at(7 * time.Minute), "since 23 November 15:04 ": at(24 * time.Hour), "keeps; nothing comes": nil, "keeps; nothing comes in": at(-time.Hour)} {
		if line := kept.Line(since, now); !strings.Contains(line, want) {
			t.Errorf("%q does not say %q", line, want)
		}
	}
}

// While a restore replaces the journal, nothing is read of it, and nobody is told that a relay hangs.
func TestAJournalThatIsBeingReplacedIsNotRead(t *testing.T) {
	home := mustHome(t)
	if err := os.WriteFile(home.Restoring(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := relayOf(t, home)
	s, err := r.Status(t.Context())
	if worst, _ := s.Worst(); err != nil || worst.Side != control.SideKept || !strings.Contains(worst.What, "a restore was interrupted") || !strings.Contains(worst.Remedy, "perch start") || len(s.Channels) != 0 {
		t.Errorf("%+v, %v", s, err)
	}
	if list, err := r.Messages(t.Context(), control.Query{}); err == nil || !strings.Contains(err.Error(), "a restore was interrupted") {
		t.Errorf("%+v, %v", list, err)
	}
	lock, err := lockfile.Take(home.Lock())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if s, err = r.Status(t.Context()); err != nil || s.State != control.StateSilent || s.Silence.Message != "a restore works on this folder" {
		t.Errorf("%+v, %v", s, err)
	}
}

// A relay that holds the folder and cannot be asked is never called one that is stopped: who believes that starts another.
func TestARelayThatIsSilentIsNotSaidToBeStopped(t *testing.T) {
	home := mustHome(t)
	lock, err := lockfile.Take(home.Lock())
	if err != nil {
		t.Fatal(err)
	}
	r := relayOf(t, home)
	list, err := r.Messages(t.Context(), control.Query{})
	if err != nil || len(list) != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	_, errFile := r.File(t.Context(), 1, 0)
	_, errAll := r.RetryAllDead(t.Context())
	said := []string{r.Line(time.Now()), r.Note(time.Now()), errFile.Error(), errAll.Error(), r.Act(t.Context(), 2, "retry").Error()}
	for _, text := range said {
		if !strings.Contains(text, "does not answer") || strings.Contains(text, "stopped") || strings.Contains(text, "perch start") {
			t.Errorf("%q", text)
		}
	}
	s, err := r.Status(t.Context())
	worst, _ := s.Worst()
	if err != nil || s.State != control.StateSilent || s.IsHung() || len(s.Channels) != 2 || s.Face() != control.FaceSilent {
		t.Errorf("%+v, %v", s, err)
	}
	if c, found := s.Of(control.SideRelay, ""); !found || c.Level != control.Healing || c.Remedy == "" || worst.Side != control.SideMessages {
		t.Errorf("%+v", s.Conditions)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = r.Status(t.Context()); err != nil || s.State != control.StateStopped {
		t.Errorf("%+v, %v", s, err)
	}
	for _, text := range []string{r.Line(time.Now()), r.Note(time.Now())} {
		if !strings.Contains(text, "stopped") || !strings.Contains(text, "perch start") {
			t.Errorf("%q", text)
		}
	}
	if err := r.Act(t.Context(), 2, "retry"); !errors.Is(err, control.ErrNotRunning) {
		t.Error(err)
	}
}
