package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

// Every way a message can take, in both profiles of the API and both families of payloads.
func TestMessagesBothWays(t *testing.T) {
	t.Parallel()
	for _, tc := range bothProfiles {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, func(b *box) { b.api, b.family = tc.api, tc.family }).start()

			b.x.DM(annID, brandID, sim.Message{Text: "Fish & chips <now>"})
			m := b.awaitMotion(1)[0]
			if m.Body != "Fish & chips <now>" || m.From != "annlee" || m.FirstName != "Ann Lee (@annlee)" || m.ThreadID != "" {
				t.Errorf("direct message in Motion: %+v", m)
			}
			private := m.Interaction
			if r := b.reply(private, motionsim.Reply{Text: "We hear you"}); r.Status != 200 || !strings.Contains(r.Body, `"sent"`) {
				t.Errorf("reply: %+v", r)
			}
			if dms := b.x.SentDMs(); len(dms) != 1 || dms[0].To != annID || dms[0].Text != "We hear you" {
				t.Errorf("direct messages at X: %+v", dms)
			}

			post := b.x.Post(annID, sim.Post{Text: "@acme_support is anybody there?"})
			m = b.awaitMotion(2)[1]
			if m.ThreadID != post || !strings.Contains(m.ExternalURL, "/annlee/status/"+post) || m.Body != "@acme_support is anybody there?" {
				t.Errorf("mention in Motion: %+v", m)
			}
			if r := b.reply(m.Interaction, motionsim.Reply{Text: "Yes, here"}); r.Status != 200 {
				t.Errorf("public reply: %+v", r)
			}
			posts := b.x.SentPosts()
			if len(posts) != 1 || posts[0].InReplyTo != post {
				t.Fatalf("posts at X: %+v", posts)
			}
			// What the customer writes below that is answered itself, and not the brand's own post.
			second := b.x.Post(annID, sim.Post{Text: "@acme_support thank you", InReplyTo: posts[0].ID})
			if m = b.awaitMotion(3)[2]; m.ThreadID != second {
				t.Errorf("thread of the second post is %s, want the customer's own %s", m.ThreadID, second)
			}
			time.Sleep(300 * time.Millisecond) // echoes of the brand's own messages would show up now
			if n := len(b.inMotion()); n != 3 {
				t.Errorf("Motion has %d messages, want 3: %q", n, b.bodies())
			}
		})
	}
}

func TestFilesBothWays(t *testing.T) {
	t.Parallel()
	for _, tc := range bothProfiles {
		t.Run(tc.api, func(t *testing.T) {
			t.Parallel()
			b := newBox(t, func(b *box) { b.api, b.family = tc.api, tc.family }).start()
			photo := media.SamplePNG()
			b.x.DM(annID, brandID, sim.Message{Text: "broken part", Files: []media.File{photo}})
			in := b.awaitMotion(2)
			if in[0].Body != "broken part" || in[0].AttachmentID != 0 || in[1].AttachmentID == 0 || !strings.HasSuffix(in[1].Body, ".png") {
				t.Errorf("text and file in Motion: %+v", in)
			}
			if files := b.motion.Attachments(); len(files) != 1 || string(files[0].Data) != string(photo.Data) {
				t.Errorf("%d files in Motion", len(files))
			}
			video := media.SampleMP4()
			b.x.Post(annID, sim.Post{Text: "@acme_support look at this", Files: []media.File{video}})
			b.awaitMotion(4)

			jpeg := media.SampleJPEG()
			jpeg.Name = "offer.jpg"
			if r := b.reply(in[0].Interaction, motionsim.Reply{File: &jpeg}); r.Status != 200 {
				t.Errorf("file to the customer: %+v", r)
			}
			dms := b.x.SentDMs()
			if len(dms) != 1 || len(dms[0].MediaIDs) != 1 || dms[0].Text != "" {
				t.Fatalf("direct messages at X: %+v", dms)
			}
			if data, category, ok := b.x.Uploaded(dms[0].MediaIDs[0]); !ok || category != "dm_image" || string(data) != string(jpeg.Data) {
				t.Errorf("uploaded %v %s, %d bytes", ok, category, len(data))
			}
			pdf := media.File{Name: "terms.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7 terms")}
			if r := b.reply(in[0].Interaction, motionsim.Reply{File: &pdf}); r.Status != 422 || !strings.Contains(r.Body, "terms.pdf") || !strings.Contains(r.Body, "PNG") {
				t.Errorf("a file that X does not take: %+v", r)
			}
			if sent := b.traffic("--direction", "out", "--state", "delivered"); len(sent) != 1 || sent[0].Media[0].Name != "offer.jpg" || sent[0].Media[0].Bytes == 0 {
				t.Errorf("traffic: %+v", sent)
			}
		})
	}
}

func TestBatchesDuplicatesAndOrder(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.family = xevents.Legacy })
	b.x.Change(func(o *sim.XOptions) { o.DuplicateEvery, o.Batch = 2, 5 })
	b.start()
	var want []string
	for i := range 40 {
		text := fmt.Sprint("message ", i)
		want = append(want, text)
		b.x.DM(annID, brandID, sim.Message{Text: text})
	}
	b.awaitMotion(40)
	time.Sleep(300 * time.Millisecond)
	if got := b.bodies(); !slices.Equal(got, want) {
		t.Errorf("Motion has %q", got)
	}
}

func TestEncryptedMessageIsToldToTheAgent(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.Chat(annID, brandID)
	m := b.awaitMotion(1)[0]
	if m.From != "annlee" || !strings.Contains(m.Body, "encrypted") {
		t.Errorf("stub: %+v", m)
	}
	if s := b.status(); s.Channels[0].Encrypted != 1 {
		t.Errorf("status counts %d encrypted", s.Channels[0].Encrypted)
	}
}

func TestRenamedCustomerAndNewConversation(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.x.Rename(annID, "ann_new_name")
	if r := b.reply(interaction, motionsim.Reply{Text: "still you"}); r.Status != 200 || b.x.SentDMs()[0].To != annID {
		t.Errorf("reply to the renamed customer: %+v", r)
	}
	r, err := b.motion.StartConversation(t.Context(), "@bob", "A word from us")
	if err != nil || r.Status != 200 || b.x.SentDMs()[1].To != bobID {
		t.Errorf("first message of an agent: %+v, %v", r, err)
	}
	r, err = b.motion.StartConversation(t.Context(), "nobody_at_all", "A word from us")
	if err != nil || r.Status != 422 || !strings.Contains(r.Body, "nobody_at_all") {
		t.Errorf("message to nobody: %+v, %v", r, err)
	}
}

func TestRefusalsReachTheAgentInWords(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	post := b.x.Post(annID, sim.Post{Text: "@acme_support hello"})
	in := b.awaitMotion(2)
	slices.SortFunc(in, func(a, c motionsim.Message) int { return strings.Compare(a.ThreadID, c.ThreadID) })
	private, public := in[0].Interaction, in[1].Interaction
	long := strings.Repeat("x", 281)
	for _, tc := range []struct {
		name        string
		interaction int
		text        string
		fault       *fault.Fault
		want        string
	}{
		{"post too long", public, long, nil, "281"},
		{"message too long", private, strings.Repeat("x", 10_001), nil, "10001"},
		{"takes no messages", private, "one", faultOf(fault.CannotDM(), "dm.send"), "ask the customer"},
		{"post is gone", public, "two", faultOf(fault.PostGone(), "post.create"), "does not exist"},
		{"not summoned", public, "three", faultOf(fault.Summoned(), "post.create"), "mentioned or quoted"},
	} {
		if tc.fault != nil {
			b.x.Fault(*tc.fault)
		}
		r := b.reply(tc.interaction, motionsim.Reply{Text: tc.text})
		b.x.ClearFaults()
		var answer map[string]string
		if err := json.Unmarshal([]byte(r.Body), &answer); err != nil || r.Status != 422 || !strings.Contains(strings.ToLower(answer["message"]), tc.want) {
			t.Errorf("%s: %d %s", tc.name, r.Status, r.Body)
		}
	}
	if dead := b.traffic("--state", "dead"); len(dead) != 5 || dead[0].Error == nil || dead[0].Error.Remedy == "" {
		t.Errorf("dead letters: %+v", dead)
	}
	if failed := b.traffic("--state", "failed"); len(failed) != 5 {
		t.Errorf("by the word for people there are %d", len(failed))
	}
	// A long text is fine in private.
	if r := b.reply(private, motionsim.Reply{Text: long}); r.Status != 200 {
		t.Errorf("281 characters in private: %+v", r)
	}
	if r := b.reply(private, motionsim.Reply{Text: "wrong side", Set: map[string]any{"Interaction": map[string]any{"id": private, "threadId": post}}}); r.Status != 422 {
		t.Errorf("a private interaction answered in public: %+v", r)
	}
	if len(b.x.SentPosts()) != 0 {
		t.Errorf("posts at X: %+v", b.x.SentPosts())
	}
}

func faultOf(f fault.Fault, endpoint string) *fault.Fault {
	f.Endpoint = endpoint
	return &f
}

func TestRepeatedReplyIsSentOnce(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	for range 3 {
		if r := b.reply(interaction, motionsim.Reply{ID: 777, Text: "once"}); r.Status != 200 || !strings.Contains(r.Body, "sent") {
			t.Errorf("%+v", r)
		}
	}
	if n := len(b.x.SentDMs()); n != 1 {
		t.Errorf("X has %d messages, want 1", n)
	}
}

func TestLostAnswers(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "dm.send", 1
	b.x.Fault(lost)
	if r := b.reply(interaction, motionsim.Reply{Text: "taken, but unanswered"}); r.Status != 200 || !strings.Contains(r.Body, "sent") {
		t.Errorf("found by a look: %+v", r)
	}
	// Not taken and not answered: nobody can tell, so a person decides.
	b.x.Fault(fault.Fault{Endpoint: "dm.send", Drop: true, Times: 1})
	r := b.reply(interaction, motionsim.Reply{Text: "never arrived"})
	if r.Status != 200 || !strings.Contains(r.Body, "undecided") {
		t.Errorf("not found: %+v", r)
	}
	b.until("the note to the agent", func() bool {
		return slices.ContainsFunc(b.bodies(), func(s string) bool { return strings.HasPrefix(s, "AUTO-RESPONSE: ") })
	})
	undecided := b.traffic("--state", "undecided")
	if len(undecided) != 1 || !strings.Contains(undecided[0].Error.Remedy, "perch sent") {
		t.Fatalf("undecided: %+v", undecided)
	}
	b.must("resend", fmt.Sprint(undecided[0].ID))
	b.until("the message at X", func() bool { return len(b.x.SentDMs()) == 2 })
}

func TestRateLimitIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.x.SetLimit("dm.send", 2, 15*time.Minute)
	b.start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	for i := range 3 {
		r := b.reply(interaction, motionsim.Reply{Text: fmt.Sprint("reply ", i)})
		if want := map[bool]string{true: "sent", false: "queued"}[i < 2]; r.Status != 200 || !strings.Contains(r.Body, want) {
			t.Errorf("reply %d: %+v, want %s", i, r, want)
		}
	}
	waiting := b.traffic("--state", "queued", "--direction", "out")
	if len(waiting) != 1 || waiting[0].DueAt == nil || time.Until(*waiting[0].DueAt) < time.Minute || waiting[0].Attempts != 0 {
		t.Errorf("waiting: %+v", waiting)
	}
	b.kill(syscallTerm)
	calls := b.x.Calls("dm.send")
	b.start()
	if r := b.reply(interaction, motionsim.Reply{Text: "reply 3"}); !strings.Contains(r.Body, "queued") {
		t.Errorf("after the restart: %+v", r)
	}
	if n := b.x.Calls("dm.send"); n != calls {
		t.Errorf("X was asked %d times although the limit is known", n-calls)
	}
	if out := b.must("limits"); !strings.Contains(out, "dm.send") {
		t.Errorf("limits: %s", out)
	}
}

func TestOperatorErrorsPauseAndResume(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.x.Fault(fault.Credits())
	for i := range 4 {
		if r := b.reply(interaction, motionsim.Reply{Text: fmt.Sprint("reply ", i)}); r.Status != 200 || !strings.Contains(r.Body, "queued") {
			t.Errorf("reply %d: %+v", i, r)
		}
	}
	s := b.status()
	if s.State != "degraded" || s.Channels[0].X.State != "paused" || !strings.Contains(s.Channels[0].X.Detail, "credits") || s.Channels[0].Outbound.Queued != 4 {
		t.Errorf("status: %+v", s.Channels[0])
	}
	b.x.ClearFaults()
	b.must("resume")
	b.until("the queue at X", func() bool { return len(b.x.SentDMs()) == 4 })
	for i, dm := range b.x.SentDMs() {
		if dm.Text != fmt.Sprint("reply ", i) {
			t.Errorf("order at X: %d is %q", i, dm.Text)
		}
	}
	b.until("a good status", func() bool { return b.status().State == "running" })
}

func TestMotionOutageLosesNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.motion.Down()
	for i := range 10 {
		b.x.DM(annID, brandID, sim.Message{Text: fmt.Sprint("message ", i)})
	}
	b.until("the queue", func() bool { return b.status().Channels[0].Inbound.Queued == 10 })
	b.until("the trouble in the status", func() bool {
		s := b.status()
		return s.State == "degraded" && strings.Contains(s.Channels[0].Motion.Detail, "Motion")
	})
	if err := b.motion.Up(); err != nil {
		t.Fatal(err)
	}
	b.must("resume")
	b.awaitMotion(10)
	for i, body := range b.bodies() {
		if body != fmt.Sprint("message ", i) {
			t.Errorf("message %d is %q", i, body)
		}
	}
}
