package kept_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/kept"
	"perch/bridge"
	"perch/bridge/sqlite"
)

const settings = `listen = "127.0.0.1:3002"
[[channel]]
name = "support"
[channel.motion]
receive_url = "https://motion.example/api/openchannel/accounts/5/notify"
user = "admin"
`

// write lets a relay that has ended have kept something.
func write(t *testing.T, home config.Home, work func(*sqlite.Store) error) {
	t.Helper()
	journal, err := sqlite.Open(t.Context(), home.Journal(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- journal.Run(ctx) }()
	err = work(journal)
	end()
	if err := errors.Join(err, <-done, journal.Close()); err != nil {
		t.Fatal(err)
	}
}

// Both ends of a message, the limits of X and the addresses are read while no relay runs, as it would give them.
func TestWhatARelayTellsIsReadFromItsJournal(t *testing.T) {
	home := mustHome(t)
	if err := os.WriteFile(home.Config(), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	r := relayOf(t, home)
	if _, err := r.URLs(t.Context()); !errors.Is(err, kept.ErrNoAddress) {
		t.Errorf("before the first start: %v", err)
	}
	later, over := time.Now().Add(10*time.Minute), time.Now().Add(-time.Minute)
	write(t, home, func(s *sqlite.Store) error {
		return errors.Join(
			s.SaveQuota(t.Context(), "support", bridge.EndpointDM, []bridge.Window{{Name: "15min", Limit: 15, Remaining: 0, Reset: later}, {Name: "user_24h", Limit: 1440, Remaining: 7, Reset: over}}),
			s.SetSetting(t.Context(), "reply_token/support", "TOKEN"),
			s.Unpack(t.Context(), 0, bridge.Unpacked{Deliveries: []*bridge.Delivery{{
				Channel: "support", Direction: bridge.Out, Kind: bridge.KindDM, State: bridge.Queued, Lane: "support/out/dm", Conversation: "c", MotionID: "3", To: "ann", PeerID: "77",
				Text: "it left", Reply: &bridge.Reply{Body: "it left"}, ReceivedAt: time.Now(),
			}}}),
		)
	})
	d, err := r.Message(t.Context(), 1)
	if err != nil || len(d.Calls) != 1 || d.Calls[0].Call != "POST https://motion.example/api/openchannel/accounts/5/notify" || !strings.Contains(d.Calls[0].Text, "where is my parcel") {
		t.Errorf("%+v, %v", d.Calls, err)
	}
	if d, err = r.Message(t.Context(), 3); err != nil || len(d.Calls) != 1 || !strings.Contains(d.Calls[0].Call, "/77/") || !strings.Contains(d.Calls[0].Text, "it left") {
		t.Errorf("%+v, %v", d.Calls, err)
	}
	limits, err := r.Limits(t.Context())
	if err != nil || len(limits) != 1 || limits[0].Endpoint != bridge.EndpointDM || limits[0].Waiting != 1 || len(limits[0].Windows) != 1 || !limits[0].Windows[0].ResetAt.Equal(later.Truncate(time.Millisecond)) {
		t.Errorf("%+v, %v", limits, err)
	}
	urls, err := r.URLs(t.Context())
	if err != nil || len(urls) != 1 || urls[0].ReplyURL != "http://127.0.0.1:3002/reply/TOKEN" || urls[0].WebhookURL == "" {
		t.Errorf("%+v, %v", urls, err)
	}
	if err := os.WriteFile(home.Config(), []byte(strings.Replace(settings, "[[channel]]", "[reach]\nmode = \"webhook\"\ntunnel = \"ngrok\"\n[[channel]]", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if urls, err = r.URLs(t.Context()); err != nil || urls[0].WebhookURL != "" {
		t.Errorf("an address that a tunnel gives: %+v, %v", urls, err)
	}
}
