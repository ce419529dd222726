package journaltest

import (
	"testing"
	"time"

	"perch/bridge"
)

// Of what the accounts have sent, what Perch has sent itself is left out.
func echoesAreKept(t *testing.T, place Place) {
	open := place(t)
	s := start(t, open)
	at := time.Now().Truncate(time.Millisecond)
	echo := func(channel, id string, ago time.Duration) bridge.Echo {
		return bridge.Echo{Channel: channel, Sent: bridge.Sent{XID: id, PeerID: "7", ThreadID: "8", Text: "text of " + id, HasMedia: true, CreatedAt: at.Add(-ago)}}
	}
	again := echo("c", "1", 0)
	again.Text = "another"
	all := []bridge.Echo{echo("c", "1", time.Hour), echo("c", "2", time.Minute), echo("d", "1", 0), again}
	for range 2 { // X tells it twice
		if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Echoes: all}); err != nil {
			t.Fatal(err)
		}
	}
	check := func(channel string, since time.Time, want ...bridge.Echo) {
		t.Helper()
		got, err := s.Echoes(t.Context(), channel, since)
		if err != nil || len(got) != len(want) {
			t.Fatalf("of %s are %+v, %v; want %+v", channel, got, err, want)
		}
		byID := map[string]bridge.Echo{}
		for _, e := range got {
			byID[e.XID] = e
		}
		for _, w := range want {
			g := byID[w.XID]
			isThen := g.CreatedAt.Equal(w.CreatedAt)
			if g.CreatedAt = w.CreatedAt; !isThen || g != w {
				t.Errorf("%+v came back as %+v", w, g)
			}
		}
	}
	s.end(t)
	s = start(t, open)
	check("c", at.Add(-2*time.Hour), all[0], all[1])
	check("c", at.Add(-time.Hour), all[0], all[1])
	check("c", at.Add(-time.Minute), all[1])
	check("d", time.Time{}, all[2])
	Add(t, s, Outbound("m1"))
	d := Claim(t, s, LaneDM)[0]
	d.XID = "2"
	FinishAs(t, s, d, bridge.Delivered, time.Time{})
	check("c", time.Time{}, all[0])
}

func publicPostsAreFound(t *testing.T, place Place) {
	s := journal(t, place)
	mention, private, reply, other := Inbound("ann", "11"), Inbound("ann", "12"), Outbound("m1"), Inbound("bob", "11")
	mention.Kind, mention.Text = bridge.KindMention, "where is it?"
	reply.Kind, reply.XID, reply.Text = bridge.KindReply, "13", "on its way"
	other.Channel, other.Kind, other.Text = "other", bridge.KindMention, "of another channel"
	Put(t, s, mention, private, other)
	Add(t, s, reply)
	echo := bridge.Echo{Channel: "c", Sent: bridge.Sent{XID: "14", Text: "news"}}
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Echoes: []bridge.Echo{echo}}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bridge.Cited{
		"11": {ID: "11", Handle: "ann", Text: "where is it?"}, "13": {ID: "13", Text: "on its way"}, "14": {ID: "14", Text: "news"}, "12": {}, "15": {}, "": {},
	} {
		if got, ok, err := s.CitedPost(t.Context(), "c", id); got != want || ok != (want.ID != "") || err != nil {
			t.Errorf("%q: %+v, %t, %v", id, got, ok, err)
		}
	}
}
