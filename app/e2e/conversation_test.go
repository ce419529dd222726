package e2e

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// saidWith is what perch conversation --json prints.
func (b *box) saidWith(args ...string) (list []control.Message) {
	b.t.Helper()
	for line := range strings.Lines(b.must(append([]string{"conversation", "--json"}, args...)...)) {
		var m control.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			b.t.Fatal(err)
		}
		list = append(list, m)
	}
	return list
}

// inShort is a conversation as a script would sum it up.
func inShort(list []control.Message) string {
	var parts []string
	for _, m := range list {
		part := m.Direction + " " + m.Kind + " " + m.State + " " + m.Text
		for _, f := range m.Media {
			part += "[" + f.Type + "]"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n")
}

// TestOneStoryForEachCustomer has all that was said with one customer, both ways, in private and in public, with a picture, what
// failed and what Perch told the agent, over the command line and the control API, while a relay runs and while none does.
func TestOneStoryForEachCustomer(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(bobID, brandID, sim.Message{Text: "nothing of this is Ann's"})
	b.awaitMotion(1)
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel", Files: []media.File{media.SamplePNG()}})
	got := b.awaitMotion(3)
	private := got[1].Interaction
	if r := b.reply(private, motionsim.Reply{Text: "it left this morning"}); r.Status != 200 {
		t.Fatalf("reply: %+v", r)
	}
	b.x.Post(annID, sim.Post{Text: "@acme_support thanks"})
	public := b.awaitMotion(4)[3].Interaction
	if r := b.reply(public, motionsim.Reply{Text: "you are welcome"}); r.Status != 200 {
		t.Fatalf("public reply: %+v", r)
	}
	b.x.Fault(fault.CannotDM())
	b.reply(private, motionsim.Reply{Text: "anything else?"})
	b.until("the dead reply", func() bool { return len(b.traffic("--state", "dead")) == 1 })
	b.awaitNoted(3)

	const want = "in dm delivered where is my parcel[image/png]\nout dm delivered it left this morning\nin mention delivered @acme_support thanks\nout reply delivered you are welcome\nout dm dead anything else?"
	for _, who := range []string{"@annlee", "annlee", "@ANNLEE", annID} {
		if list := b.saidWith(who); inShort(list) != want {
			t.Errorf("%s: %s", who, inShort(list))
		}
	}
	if list := b.saidWith("@annlee", "--limit", "2"); len(list) != 2 || list[1].State != "dead" {
		t.Errorf("the newest two: %s", inShort(list))
	}
	if list := b.saidWith("@annlee", "--since", "2h", "--channel", "support"); inShort(list) != want {
		t.Errorf("since two hours: %s", inShort(list))
	}
	if list := b.saidWith("@annlee", "--until", "yesterday"); len(list) != 0 {
		t.Errorf("until yesterday: %s", inShort(list))
	}
	if list := b.traffic("--since", "today", "--search", "@annlee"); len(list) == 0 {
		t.Error("perch traffic --search @annlee finds nothing")
	}
	if list := b.traffic("--until", "1h"); len(list) != 0 {
		t.Errorf("what is older than an hour: %s", inShort(list))
	}
	running := b.must("conversation", "@annlee")
	t.Log("\n" + running)
	for _, part := range []string{"Conversation with @annlee", "on the channel support", "← private  where is my parcel\n", ", image/png, ", "→ private  it left this morning\n", "← public   @acme_support thanks\n", "→ public   you are welcome\n", "– FAILED: "} {
		if !strings.Contains(running, part) {
			t.Errorf("it does not say %q", part)
		}
	}
	b.refusesWrongTimes()
	client := control.NewClient(filepath.Join(b.home, "control.sock"))
	defer client.Close()
	page, err := client.Conversation(context.Background(), control.ConversationQuery{Person: "annlee", Limit: 3})
	if err != nil || len(page) != 1 || !page[0].HasOlder || len(page[0].Messages) != 3 || page[0].Person.ID != annID {
		t.Fatalf("%+v, %v", page, err)
	}
	page, err = client.Conversation(context.Background(), control.ConversationQuery{Person: page[0].Person.ID, Limit: 3, Before: page[0].Messages[2].ID})
	if err != nil || len(page) != 1 || page[0].HasOlder || len(page[0].Messages) != 2 || page[0].Messages[1].Text != "where is my parcel" {
		t.Errorf("the page before: %+v, %v", page, err)
	}

	b.kill(syscall.SIGTERM)
	stopped, note, code := b.perch("conversation", "@annlee")
	if code != 0 || stopped != running || !strings.Contains(note, "The relay is stopped") {
		t.Errorf("with the relay stopped it ends with %d, %s: %s", code, note, stopped)
	}
}

// refusesWrongTimes makes mistakes on the command line, each of which has to be said in words.
func (b *box) refusesWrongTimes() {
	b.t.Helper()
	for _, tc := range []struct {
		code int
		says string
		args []string
	}{
		{2, `--since: "soon" is not a day or a time; write a day (`, []string{"conversation", "annlee", "--since", "soon"}},
		{2, `--until: "2026-13-01" is not a day or a time`, []string{"traffic", "--until", "2026-13-01"}},
		{2, "the time ends before it begins", []string{"traffic", "--since", "1h", "--until", "2h"}},
		{2, "a handle is needed", []string{"conversation", "@"}},
		{2, "--limit has to be 1 or more", []string{"conversation", "annlee", "--limit", "0"}},
		{1, "nobody called @stranger is known in the journal; look for a part of the handle with: perch traffic --search stranger", []string{"conversation", "@stranger"}},
		{1, "on the channel none", []string{"conversation", "annlee", "--channel", "none"}},
	} {
		if _, stderr, code := b.perch(tc.args...); code != tc.code || !strings.Contains(stderr, tc.says) {
			b.t.Errorf("perch %v ends with %d: %s", tc.args, code, stderr)
		}
	}
}
