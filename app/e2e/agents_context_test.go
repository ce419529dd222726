package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

// forAgents makes a box whose channel does something for the agents.
func forAgents(t *testing.T, api string, family xevents.Family, wishes string) *box {
	t.Helper()
	b := newBox(t, func(b *box) { b.api, b.family = api, family })
	b.write(filepath.Join(b.home, "perch.toml"), b.configuration()+"[channel.agents]\n"+wishes+"\n")
	return b
}

// newest is the last message.
func (b *box) newest() control.Message {
	b.t.Helper()
	list := b.traffic()
	return list[len(list)-1]
}

// What X tells of a new customer is in the contact, once; a Motion that refuses it gets the message all the same.
func TestWhoWrites(t *testing.T) {
	t.Parallel()
	for _, tc := range bothProfiles {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := forAgents(t, tc.api, tc.family, "who_writes = true")
			kind := map[string]string{"v2": "business", "v1.1": "yes"}[tc.api]
			b.x.AddPerson(sim.Person{ID: annID, Handle: "annlee", Name: "Ann Lee", Profile: sim.Profile{Verified: kind, Followers: 1234, About: "Fish & chips\nin Leeds"}})
			b.start()
			calls := b.x.Calls("")
			b.x.DM(annID, brandID, sim.Message{Text: "hello"})
			b.awaitNoted(1)
			want := map[string]string{
				"v2": `Verified on X (business) · 1,234 followers · "Fish & chips in Leeds"`, "v1.1": `Verified on X · 1,234 followers · "Fish & chips in Leeds"`,
			}[tc.api]
			if got := b.motion.Contact("annlee"); got["description"] != want || got["url"] != "https://x.com/annlee" {
				t.Errorf("the contact is %v", got)
			}
			if shown, _ := b.shown(b.newest().ID); len(shown.Calls) != 1 || !strings.Contains(shown.Calls[0].Text, "1,234 followers") {
				t.Errorf("shown as %+v", shown.Calls)
			}
			b.x.DM(annID, brandID, sim.Message{Text: "again"})
			b.awaitNoted(2)
			if shown, _ := b.shown(b.newest().ID); len(shown.Calls) != 1 || strings.Contains(shown.Calls[0].Text, "followers") {
				t.Errorf("the second is shown as %+v", shown.Calls)
			}
			b.motion.RefuseFields("description", "url")
			b.x.DM(bobID, brandID, sim.Message{Text: "me too"})
			b.awaitNoted(3)
			if got := b.bodies(); strings.Join(got, "|") != "hello|again|me too" || b.motion.Contact("bob")["url"] != "" {
				t.Errorf("Motion has %q, the contact is %v", got, b.motion.Contact("bob"))
			}
			if shown, _ := b.shown(b.newest().ID); len(shown.Calls) != 1 || strings.Contains(shown.Calls[0].Text, "followers") {
				t.Errorf("the one that was refused is shown as %+v", shown.Calls)
			}
			if n := b.x.Calls(""); n != calls {
				t.Errorf("X was called %d times for it", n-calls)
			}
		})
	}
}

// The post that is answered or quoted stands above the text, from wherever it costs nothing, and X is asked once for each.
func TestAnsweredPost(t *testing.T) {
	t.Parallel()
	for _, tc := range bothProfiles {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := forAgents(t, tc.api, tc.family, "answered_post = true").start()
			write := func(n int, p sim.Post) string {
				t.Helper()
				b.x.Post(annID, p)
				return b.awaitMotion(n)[n-1].Body
			}
			shop := b.x.Post(bobID, sim.Post{Text: "Our shop is open & ready on Sunday"})
			for n, text := range []string{"@acme_support is that so?", "@acme_support really?"} {
				if got := write(n+1, sim.Post{Text: text, InReplyTo: shop}); !strings.HasPrefix(got, "[answers @bob: \"Our shop is open & ready on Sunday\"]\n") || !strings.HasSuffix(got, text) {
					t.Errorf("an answer to somebody else: %q", got)
				}
			}
			if n := b.x.Calls("posts.get"); n != 1 {
				t.Errorf("X was asked %d times for one post", n)
			}
			b.awaitNoted(2)
			b.reply(b.inMotion()[1].Interaction, motionsim.Reply{Text: "It is, until six"})
			own := b.x.SentPosts()[0].ID
			if got := write(3, sim.Post{Text: "@acme_support thanks", InReplyTo: own}); !strings.HasPrefix(got, "[answers @acme_support: \"It is, until six\"]\n") {
				t.Errorf("an answer to the agent: %q", got)
			}
			if got := write(4, sim.Post{Text: "@acme_support look", QuoteOf: own}); !strings.HasPrefix(got, "[quotes @acme_support: \"") || !strings.Contains(got, "It is, until six\"]\n@acme_support look") {
				t.Errorf("a quote: %q", got)
			}
			if n := b.x.Calls("posts.get"); n != 1 {
				t.Errorf("X was asked %d times for what was known", n-1)
			}
			b.x.DeletePost(shop)
			gone := b.x.Post(bobID, sim.Post{Text: "never mind"})
			b.x.DeletePost(gone)
			if got := write(5, sim.Post{Text: "@acme_support what was it?", InReplyTo: gone}); got != "[answers a post that is gone]\n@acme_support what was it?" {
				t.Errorf("an answer to nothing: %q", got)
			}
			b.awaitNoted(5)
			last := b.newest()
			shown, _ := b.shown(last.ID)
			if strings.Contains(last.Text, "[") || len(shown.Calls) != 1 || !strings.Contains(shown.Calls[0].Text, "[answers a post that is gone]") {
				t.Errorf("listed as %q, shown as %+v", last.Text, shown.Calls)
			}
			b.must("reload")
			want := map[string]int{"v2": 1, "v1.1": 0}[tc.api]
			b.until("the cost", func() bool { return b.countOf("post_read") == want })
		})
	}
}

// A look-up that fails costs the line and nothing else.
func TestAnsweredPostNotHad(t *testing.T) {
	t.Parallel()
	for i, f := range []fault.Fault{
		fault.RateLimited(time.Now().Add(10 * time.Minute)), fault.Credits(),
		{Delay: time.Minute},
		{Status: 200, RawBody: `{"data":[{"id":{}}],"id_str":[1]}`},
		fault.Broken(),
		{Status: 401, Code: 89, Title: "Unauthorized", Detail: "Invalid or expired token."},
	} {
		tc := bothProfiles[i%2]
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			b := forAgents(t, tc.api, tc.family, "answered_post = true").start()
			f.Endpoint = "posts.get"
			b.x.Fault(f)
			shop := b.x.Post(bobID, sim.Post{Text: "open on Sunday"})
			b.x.Post(annID, sim.Post{Text: "@acme_support is that so?", InReplyTo: shop})
			m := b.awaitMotion(1)[0]
			if !strings.HasSuffix(m.Body, "@acme_support is that so?") || strings.Contains(m.Body, "[answers") {
				t.Errorf("Motion has %q", m.Body)
			}
			b.awaitNoted(1)
			if d := b.newest(); d.Attempts != 1 {
				t.Errorf("%+v", d)
			}
			if r := b.reply(m.Interaction, motionsim.Reply{Text: "It is"}); r.Status != 200 || !strings.Contains(r.Body, `"sent"`) {
				t.Errorf("the way back: %+v", r)
			}
			if s := b.status().Channels[0]; s.X.State != "connected" {
				t.Errorf("X is %+v", s.X)
			}
		})
	}
}
