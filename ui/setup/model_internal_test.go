package setup

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/snapshot"
	"perch/ui/uitest"
)

var now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)

func TestWizardWords(t *testing.T) {
	tests := []struct{ text, receive, base string }{
		{"motion.example", "", "https://motion.example"},
		{" https://motion.example:8443/admin/ ", "", "https://motion.example:8443"},
		{"https://m/api/openchannel/accounts/5/notify", "https://m/api/openchannel/accounts/5/notify", ""},
		{"m.example/api/openchannel/accounts/5/notify?x=1", "https://m.example/api/openchannel/accounts/5/notify?x=1", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		m := control.MotionConfig{ReceiveURL: "before", BaseURL: "before"}
		setMotionAddress(&m, tt.text)
		if m.ReceiveURL != tt.receive || m.BaseURL != tt.base {
			t.Errorf("%q: %+v", tt.text, m)
		}
	}
	s := uitest.NewSettings().Stored
	if !hasXKeys(s, "support", nil) || hasXKeys(s, "other", map[string]string{"x.consumer_key": "a"}) {
		t.Error("HasXKeys")
	}
	if c := firstConfig(uitest.NewEmpty().Stored); len(c.Channels) != 1 || c.Channels[0].Name != "support" {
		t.Errorf("%+v", c)
	}
	trip := makeTrip(snapshot.Data{Running: true, Last: map[snapshot.LastKey]snapshot.Last{
		{Channel: "support", Direction: "in"}:  {Received: now.Add(-11 * time.Second), Delivered: now.Add(-10 * time.Second)},
		{Channel: "support", Direction: "out"}: {Received: now.Add(-2 * time.Minute)},
	}}, "support", now.Add(-time.Minute))
	if !trip.Running || !trip.Received || trip.Answered {
		t.Errorf("%+v", trip)
	}
}

func TestRebaseTakesAnswersAndLeavesTheRest(t *testing.T) {
	began := control.Config{Listen: "127.0.0.1:3002", Secrets: "keyring", Channels: []control.ChannelConfig{{Name: "support"}}}
	began.Reach.Mode = "stream"
	answers := form.Clone(began)
	answers.Reach.Mode = "webhook"
	answers.Channels[0].Motion.User = "jane"
	now := form.Clone(began)
	now.Secrets = "vault"
	now.Reach.PublicURL = "https://perch.example/api/messages"
	now.Channels[0].X.Mentions = true
	now.Channels = append(now.Channels, control.ChannelConfig{Name: "sales"})

	want := form.Clone(now)
	want.Reach.Mode = "webhook"
	want.Channels[0].Motion.User = "jane"
	if diff := cmp.Diff(want, rebase(began, answers, now)); diff != "" {
		t.Error(diff)
	}
	now.Channels = nil // the channel is gone, and what was answered brings it back
	if got := rebase(began, answers, now); len(got.Channels) != 1 || got.Channels[0].Motion.User != "jane" {
		t.Errorf("%+v", got.Channels)
	}
}

func TestRoutesOfAnswersKeepWhatSuits(t *testing.T) {
	c := control.Config{Listen: "192.168.1.5:3002"}
	setReplyRoute(&c, replyNetwork)
	if c.Listen != "192.168.1.5:3002" {
		t.Errorf("an address of the network becomes %s", c.Listen)
	}
	c.Reach.Mode, c.Reach.Tunnel = "webhook", "ngrok"
	for _, route := range replyRoutes(&c) {
		setReplyRoute(&c, route)
		if c.Reach.Tunnel != "ngrok" {
			t.Errorf("%s takes X's way in away", route)
		}
	}
}
