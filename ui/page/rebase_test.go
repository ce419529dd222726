package page_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/page"
)

func TestRebaseTakesAnswersAndLeavesTheRest(t *testing.T) {
	began := control.Config{Listen: "127.0.0.1:3002", Secrets: "keyring", Channels: []control.ChannelConfig{{Name: "support"}}}
	began.Reach.Mode = "stream"
	answers := page.Clone(began)
	answers.Reach.Mode = "webhook"
	answers.Channels[0].Motion.User = "jane"
	now := page.Clone(began)
	now.Secrets = "vault"
	now.Reach.PublicURL = "https://perch.example/api/messages"
	now.Channels[0].X.Mentions = true
	now.Channels = append(now.Channels, control.ChannelConfig{Name: "sales"})

	want := page.Clone(now)
	want.Reach.Mode = "webhook"
	want.Channels[0].Motion.User = "jane"
	if diff := cmp.Diff(want, page.Rebase(began, answers, now)); diff != "" {
		t.Error(diff)
	}
	now.Channels = nil // the channel is gone, and what was answered brings it back
	if got := page.Rebase(began, answers, now); len(got.Channels) != 1 || got.Channels[0].Motion.User != "jane" {
		t.Errorf("%+v", got.Channels)
	}
}

func TestWaysOfAnswersKeepWhatSuits(t *testing.T) {
	c := control.Config{Listen: "192.168.1.5:3002"}
	page.SetReplyWay(&c, page.ReplyNetwork)
	if c.Listen != "192.168.1.5:3002" {
		t.Errorf("an address of the network becomes %s", c.Listen)
	}
	c.Reach.Mode, c.Reach.Tunnel = "webhook", "ngrok"
	for _, way := range page.ReplyWays(&c) {
		page.SetReplyWay(&c, way)
		if c.Reach.Tunnel != "ngrok" {
			t.Errorf("%s takes X's way in away", way)
		}
	}
}
