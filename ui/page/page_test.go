package page_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/logtail"
	"perch/ui/page"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/uitest"
)

var (
	now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)
	en  = translation.New("en")
)

// running is a snapshot of a relay that is well.
func running(t *testing.T) snapshot.Data {
	t.Helper()
	r := uitest.New(func() time.Time { return now })
	status, err := r.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return snapshot.Data{Now: now, Asked: true, Running: true, Status: status, Last: map[snapshot.LastKey]snapshot.Last{
		{Channel: "support", Direction: "in"}:  {Received: now.Add(-11 * time.Second), Delivered: now.Add(-10 * time.Second)},
		{Channel: "support", Direction: "out"}: {Received: now.Add(-2 * time.Minute)},
	}}
}

func TestOverview(t *testing.T) {
	blocked := func(d *snapshot.Data) {
		d.Status.Channels[0].Blocked = []control.Blocked{{Queue: "out/post", Kind: "rate_limited", Cause: "X's limit is used up", Until: now.Add(7 * time.Minute)}}
	}
	tests := map[string]struct {
		change       func(d *snapshot.Data)
		state        string
		tone         format.Tone
		hint, remedy string
		start, stop  bool
	}{
		"well":      {func(*snapshot.Data) {}, "Running", format.Good, "", "", false, true},
		"not asked": {func(d *snapshot.Data) { d.Asked, d.Running = false, false }, "Looking for the relay…", format.Idle, "", "", false, false},
		"stopped":   {func(d *snapshot.Data) { d.Running = false }, "Stopped", format.Idle, en.T("window.hint.stopped"), en.T("window.hint.stopped.do"), true, false},
		"starting":  {func(d *snapshot.Data) { d.Running, d.Doing = false, "start" }, "Starting…", format.Busy, "", "", false, false},
		"paused":    {func(d *snapshot.Data) { d.Status.State = "paused" }, "Paused", format.Warn, "Deliveries are paused.", en.T("window.hint.paused.do"), false, true},
		"no answer": {func(d *snapshot.Data) {
			d.Running, d.Problem = false, &control.Failure{Message: "it is silent", Remedy: "wait"}
		}, "No answer", format.Bad, "It is silent.", "Wait.", true, false},
		"bad motion": {func(d *snapshot.Data) {
			d.Status.State, d.Status.Channels[0].Motion = "degraded", control.Link{State: "degraded", Detail: "Motion cannot be reached. Check that it runs"}
		}, "Has trouble", format.Warn, "Motion cannot be reached.", "Check that it runs.", false, true},
		"demo":      {func(d *snapshot.Data) { d.Status.Demo = true }, "Running", format.Good, "", "", false, false},
		"demo over": {func(d *snapshot.Data) { d.Status.Demo, d.Running = true, false }, "Stopped", format.Idle, "The demo has ended.", en.T("window.demo.over.do"), false, false},
		"bad Reply URL": {func(d *snapshot.Data) {
			d.Status.State, d.Status.Channels[0].Reply = "degraded", control.Link{State: "degraded", Detail: "the Reply URL is empty in Motion, so agents cannot answer; write it into Motion"}
		}, "Has trouble", format.Warn, "Replies: The Reply URL is empty in Motion, so agents cannot answer.", "Write it into Motion.", false, true},
		"limited": {blocked, "Running", format.Good, "To X: Public replies wait until 15:11: X's limit is used up.", "", false, true},
		"gap": {func(d *snapshot.Data) {
			d.Status.Reach.Gaps = []control.Gap{{From: now.Add(-time.Hour), To: now.Add(-50 * time.Minute), Lost: "mentions older than a week"}}
		}, "Running", format.Good, "Between 14:04:05 and 14:14:05 not all events may have arrived.", "Mentions older than a week.", false, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := running(t)
			tt.change(&d)
			o := page.MakeOverview(d, en)
			if o.State != tt.state || o.Tone != tt.tone || o.Hint != tt.hint || o.Remedy != tt.remedy || o.CanStart != tt.start || o.CanStop != tt.stop {
				t.Errorf("%+v", o)
			}
			if len(o.Chains) != 1 || len(o.Chains[0].Hops) != 6 {
				t.Errorf("chains: %+v", o.Chains)
			}
		})
	}
}

func TestHopsTellWhatTheyKnow(t *testing.T) {
	hops := page.MakeOverview(running(t), en).Chains[0].Hops
	want := []page.Hop{
		{Key: "x", Icon: "at", Name: "X", Tone: format.Good, State: "Connected", Since: "since 14:12", Traffic: "last 10 s ago"},
		{Key: "reach", Icon: "door", Name: "Webhook", Tone: format.Good, State: "Connected", Since: "proved 10 s ago", Traffic: "last 10 s ago"},
		{Key: "relay", Icon: "hub", Name: "Relay", Tone: format.Good, State: "Running", Since: "since 11:52"},
		{Key: "motion", Icon: "headset", Name: "Motion", Tone: format.Good, State: "Connected", Since: "since 14:12", Traffic: "last 10 s ago"},
		{Key: "reply", Icon: "reply", Name: "Replies", Tone: format.Good, State: "Arriving", Traffic: "last 2 min ago"},
		{Key: "sent", Icon: "up", Name: "To X", Tone: format.Good, State: "Connected"},
	}
	if diff := cmp.Diff(want, hops); diff != "" {
		t.Error(diff)
	}
}

func TestWrongReplyURLTurnsItsHopRed(t *testing.T) {
	d := running(t)
	since := now.Add(-time.Minute)
	d.Status.Channels[0].Reply = control.Link{State: "degraded", Detail: "the Reply URL has an old token; write it", Since: &since}
	want := page.Hop{Key: "reply", Icon: "reply", Name: "Replies", Tone: format.Bad, State: "Trouble", Since: "since 15:03", Detail: "the Reply URL has an old token; write it"}
	if diff := cmp.Diff(want, page.MakeOverview(d, en).Chains[0].Hops[4]); diff != "" {
		t.Error(diff)
	}
}

func TestRows(t *testing.T) {
	var got []string
	for _, m := range uitest.Messages(now) {
		r := page.MakeRow(&m, now, en)
		if r.KindIcon == "" || r.State == "" || r.Who == "" {
			t.Errorf("%+v", r)
		}
		if m.State != "delivered" {
			got = append(got, strings.Join([]string{r.Time, r.Who, r.Kind, r.Text, r.State, r.Took}, "|"))
		}
	}
	want := []string{
		"14:55:05|@iris_v|Direct message|Your refund is on its way.|Failed|",
		"14:58:05|@jonas_p|Direct message|We have sent you a new password link.|Undecided|",
		"15:00:05|@kim_lo|Direct message|1 file: unboxing.mp4|Failed · 7×|",
		"15:03:25|@bo_berg|Public reply|@bo_berg Version 4.2.1 mends it, it is in the store now.|Waiting|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func find(t *testing.T, who, state string) control.Detail {
	t.Helper()
	for _, m := range uitest.Messages(now) {
		if (m.From == who || m.To == who) && m.State == state {
			return uitest.Detail(m)
		}
	}
	t.Fatalf("no message of %s is %s", who, state)
	return control.Detail{}
}

func TestDetail(t *testing.T) {
	dead := page.MakeDetail(find(t, "iris_v", "dead"), now, en)
	if dead.Title != "Direct message to @iris_v" || dead.Problem != "@iris_v does not take direct messages from this account." || dead.Remedy == "" {
		t.Errorf("%+v", dead)
	}
	if diff := cmp.Diff([]string{"retry", "discard"}, dead.Acts); diff != "" {
		t.Error(diff)
	}
	steps := func(d page.Detail) []string {
		var list []string
		for _, s := range d.Steps {
			list = append(list, s.Title+" "+s.Took)
		}
		return list
	}
	if diff := cmp.Diff([]string{"Received from Motion ", "On disk after 3 ms", "Attempt 1: Failed after 5 ms, took 412 ms"}, steps(dead)); diff != "" {
		t.Error(diff)
	}
	unknown := page.MakeDetail(find(t, "jonas_p", "undecided"), now, en)
	if diff := cmp.Diff([]string{"sent", "resend", "discard"}, unknown.Acts); diff != "" {
		t.Error(diff)
	}
	waiting := page.MakeDetail(find(t, "bo_berg", "queued"), now, en)
	if diff := cmp.Diff([]string{"Received from Motion ", "On disk after 3 ms", "Next attempt in 7 min 00 s"}, steps(waiting)); diff != "" {
		t.Error(diff)
	}
	well := find(t, "annlee", "delivered")
	d := page.MakeDetail(well, now, en)
	if len(d.Acts) != 0 || !strings.Contains(d.Sides[0].JSON, "\n  \"for_user_id\": ") || !strings.Contains(d.Sides[1].JSON, "accounts/5/notify\n{") || d.Steps[len(d.Steps)-1].Title != "Delivered to Motion" {
		t.Errorf("%+v", d)
	}
	deferred := well
	deferred.State, deferred.DeliveredAt = "queued", nil
	deferred.History = []control.Attempt{{At: now, Outcome: "queued", Kind: "rate_limited", Message: "X's limit is used up"}, {At: now, Outcome: "discarded"}}
	if diff := cmp.Diff([]string{"Waits, not counted as an attempt", "Discarded by a person", "Under way"}, func() []string {
		var list []string
		for _, s := range page.MakeDetail(deferred, now, en).Steps[2:] {
			list = append(list, s.Title)
		}
		return list
	}()); diff != "" {
		t.Error(diff)
	}
}

func TestCases(t *testing.T) {
	var list []*control.Message
	for _, m := range uitest.Messages(now) {
		list = append(list, &m)
	}
	cases := page.MakeCases(list, now, en)
	if len(cases) != 3 || cases[0].State != "Undecided" || cases[0].Remedy != en.T("window.attention.undecided.do") || cases[1].State != "Failed" {
		t.Errorf("%+v", cases)
	}
	for _, c := range cases {
		if c.Problem == "" || c.Remedy == "" || len(c.Acts) == 0 {
			t.Errorf("%+v", c)
		}
	}
}

func TestLimits(t *testing.T) {
	groups := page.MakeLimits(uitest.Limits(now), now, en)
	if len(groups) != 1 || len(groups[0].Gauges) != 7 {
		t.Fatalf("%+v", groups)
	}
	byName := map[string]page.Gauge{}
	for _, g := range groups[0].Gauges {
		byName[g.Name+", "+g.Window] = g
	}
	used := byName["Publish replies, in 15 minutes"]
	if used.Tone != format.Bad || used.Part != 1 || used.Waiting != "1 message waits for it and goes at 15:11" || used.Resets != "resets 15:11, in 7 min 00 s" {
		t.Errorf("%+v", used)
	}
	if tight := byName["Publish replies, in 24 hours, this account"]; tight.Tone != format.Warn || tight.Left != "13 of 100 left" || tight.Waiting != "" {
		t.Errorf("%+v", tight)
	}
	if over := byName["Own account, in 15 minutes"]; over.Used != 0 || over.Resets != "full again" || over.Left != "75 of 75 left" {
		t.Errorf("%+v", over)
	}
	if g := page.MakeLimits([]control.Limit{{Endpoint: "new.thing", Windows: []control.Window{{Name: "1h"}}}}, now, en)[0].Gauges[0]; g.Name != "new.thing" || g.Window != "1h" || g.Part != 0 {
		t.Errorf("an unknown endpoint: %+v", g)
	}
}

func TestLogRows(t *testing.T) {
	lines := []logtail.Line{
		logtail.Parse(`time=2026-11-24T10:00:00.123+01:00 level=ERROR msg="a fairly long message" key=value other=thing`),
		logtail.Parse("panic"),
	}
	rows := page.MakeLogRows(lines, 0)
	if len(rows) != 2 || rows[0].Time != "10:00:00.123" || rows[0].Tone != format.Bad || rows[1].Text != "panic" {
		t.Errorf("%+v", rows)
	}
	var texts []string
	for _, r := range page.MakeLogRows(lines, 12) {
		texts = append(texts, r.Level+"|"+r.Text+r.Rest)
	}
	if diff := cmp.Diff([]string{"error|a fairly", "|long message", "|key=value", "|other=thing", "info|panic"}, texts); diff != "" {
		t.Error(diff)
	}
}

func TestEverythingCanBeSet(t *testing.T) {
	var have, secrets []string
	for _, g := range page.FieldGroups() {
		if !en.Has("window.group." + g.Key) {
			t.Errorf("the group %s has no name", g.Key)
		}
		for _, check := range g.Checks {
			if !en.Has("window.check." + check) {
				t.Errorf("the check %s has no name", check)
			}
		}
		for _, f := range g.Fields {
			if f.Kind == page.FieldSecret {
				secrets = append(secrets, f.Path)
			} else {
				have = append(have, f.Full(g.Tab, 0))
			}
			key := f.Path
			if key == "name" {
				key = "channel.name"
			}
			if !en.Has("window.field."+key) || !en.Has("window.help."+key) {
				t.Errorf("%s has no name or no help", key)
			}
			for _, option := range f.Options {
				if option == "" {
					option = "none"
				}
				if !en.Has("window.option." + key + "." + option) {
					t.Errorf("the value %s of %s has no name", option, key)
				}
			}
		}
	}
	want := page.Paths()
	slices.Sort(want)
	slices.Sort(have)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	for _, s := range uitest.NewSettings().Kept.Secrets {
		if !slices.Contains(secrets, s.Name) {
			t.Errorf("the secret %s cannot be set", s.Name)
		}
	}
}

func TestGetAndSet(t *testing.T) {
	c := uitest.NewSettings().Kept.Config
	values := map[string]string{
		"listen": "0.0.0.0:1", "legacy_reply_path": "true", "reach.motion_proxy.port": "3003", "channel.0.name": "sales", "channel.0.x.mentions": "false",
		"channel.0.x.media_hosts": "a.example\nb.example", "reach.ssh.address": "h:22",
	}
	for path, value := range values {
		page.Set(&c, path, value)
		if got := page.Get(&c, path); got != value {
			t.Errorf("%s is %q, want %q", path, got, value)
		}
	}
	page.Set(&c, "reach.motion_proxy.port", "many")
	page.Set(&c, "listen", "  x  ")
	if c.Reach.MotionProxy.Port != 0 || c.Listen != "x" {
		t.Errorf("%+v", c)
	}
	for _, path := range []string{"", "nothing", "channel", "channel.7.name", "channel.x.name", "listen.more"} {
		page.Set(&c, path, "x")
		if got := page.Get(&c, path); got != "" {
			t.Errorf("%q is %q", path, got)
		}
	}
	copied := page.Clone(c)
	copied.Channels[0].Name, copied.Channels[0].X.MediaHosts[0] = "other", "other"
	if c.Channels[0].Name == "other" || c.Channels[0].X.MediaHosts[0] == "other" {
		t.Error("a clone shares what it is a clone of")
	}
}

func TestFieldsAreShownWhereTheyMatter(t *testing.T) {
	c := uitest.NewSettings().Kept.Config
	ssh, v1 := page.Field{Path: "reach.ssh.address", When: "reach.tunnel", Is: "ssh"}, page.Field{Path: "x.environment", When: "x.api", Is: "v1.1"}
	if !ssh.IsShown(&c, "reach", 0) || v1.IsShown(&c, "channel", 0) {
		t.Error("with SSH and v2")
	}
	c.Reach.Tunnel, c.Channels[0].X.API = "", "v1.1"
	if ssh.IsShown(&c, "reach", 0) || !v1.IsShown(&c, "channel", 0) {
		t.Error("without SSH and with v1.1")
	}
}

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
		page.SetMotionAddress(&m, tt.text)
		if m.ReceiveURL != tt.receive || m.BaseURL != tt.base {
			t.Errorf("%q: %+v", tt.text, m)
		}
	}
	s := uitest.NewSettings().Kept
	if !page.HasXKeys(s, "support", nil) || page.HasXKeys(s, "other", map[string]string{"x.consumer_key": "a"}) {
		t.Error("HasXKeys")
	}
	if c := page.WizardConfig(uitest.NewEmpty().Kept); len(c.Channels) != 1 || c.Channels[0].Name != "support" {
		t.Errorf("%+v", c)
	}
	trip := page.MakeTrip(running(t), "support", now.Add(-time.Minute))
	if !trip.Running || !trip.Received || trip.Answered {
		t.Errorf("%+v", trip)
	}
}

// full is a store with as many messages as it keeps.
func full() *snapshot.Store {
	s := &snapshot.Store{}
	for i := range int64(snapshot.MaxRows) {
		s.Put(uitest.Random(i+1, now))
	}
	return s
}

// BenchmarkSecond is one second of the window's work off Fyne's thread: 1,000 new messages among 100,000, four views.
func BenchmarkSecond(b *testing.B) {
	s, id := full(), int64(snapshot.MaxRows)
	var m snapshot.Minutes
	for b.Loop() {
		for n := range 1000 {
			id++
			message := uitest.Random(id, now)
			if s.Put(message) {
				m.Add(message)
			}
			if n%250 == 0 {
				for _, row := range s.View(snapshot.Filter{}, 0).Rows[:30] {
					page.MakeRow(row, now, en)
				}
				m.Last(now)
			}
		}
	}
}

func TestFilesOfAMessage(t *testing.T) {
	m := control.Message{Direction: "out", Media: []control.Media{
		{Type: "photo"},
		{Type: "image/jpeg", Name: "a.jpg", Bytes: 1234},
		{Type: "video/mp4", Name: "b.mp4", Bytes: 31_457_280},
		{Type: "file", Name: "offer.PNG"},
		{Type: "file", Name: "terms.pdf"},
		{Type: "animated_gif", Name: "c.mp4"},
		{Type: "image/svg+xml", Name: "d.svg"},
	}}
	want := []page.File{
		{N: 0, Name: "File 1", About: "photo", IsPicture: true},
		{N: 1, Name: "a.jpg", About: "image/jpeg · 1 kB", IsPicture: true},
		{N: 2, Name: "b.mp4", About: "video/mp4 · 31.5 MB"},
		{N: 3, Name: "offer.PNG", About: "not fetched yet", IsPicture: true},
		{N: 4, Name: "terms.pdf", About: "not fetched yet"},
		{N: 5, Name: "c.mp4", About: "animated_gif"},
		{N: 6, Name: "d.svg", About: "image/svg+xml"},
	}
	if diff := cmp.Diff(want, page.MakeDetail(control.Detail{Message: m}, now, en).Files); diff != "" {
		t.Error(diff)
	}
}

func TestSidesOfAMessage(t *testing.T) {
	in, out := control.Message{Direction: "in"}, control.Message{Direction: "out"}
	note := control.Message{Direction: "in", Kind: "note"}
	call := control.Document{Call: "POST https://m.example", Text: "{}"}
	content := map[string]any{"kind": "dm"}
	for name, tt := range map[string]struct {
		detail control.Detail
		want   [2]page.Side
	}{
		"in": {control.Detail{Message: in, CameIn: &control.Document{Text: "[]"}, GoesOut: []control.Document{call, call}, Content: content}, [2]page.Side{
			{Title: "From X", JSON: "[]"}, {Title: "To Motion", JSON: "POST https://m.example\n{}\n\nPOST https://m.example\n{}"},
		}},
		"cut": {control.Detail{Message: out, CameIn: &control.Document{Text: "[", Cut: true, Bytes: 1_200_000}}, [2]page.Side{
			{Title: "From Motion", JSON: "[", Note: "Cut here: the whole has 1.2 MB."}, {Title: "To X", Note: "Nothing was sent to the other side."},
		}},
		"pruned": {control.Detail{Message: in, Content: content, GoesOut: []control.Document{call}}, [2]page.Side{
			{Title: "From X", JSON: "{\n  \"kind\": \"dm\"\n}", Note: "What came in is kept for 30 days. This is what Perch understood of it."},
			{Title: "To Motion", JSON: "POST https://m.example\n{}"},
		}},
		"note": {control.Detail{Message: note, GoesOut: []control.Document{call}}, [2]page.Side{
			{Title: "From X", Note: "Perch wrote this line itself."}, {Title: "To Motion", JSON: "POST https://m.example\n{}"},
		}},
		"nothing": {control.Detail{Message: out}, [2]page.Side{
			{Title: "From Motion", Note: "What came in is not kept any more."}, {Title: "To X", Note: "Nothing was sent to the other side."},
		}},
	} {
		if diff := cmp.Diff(tt.want, page.MakeDetail(tt.detail, now, en).Sides); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestHopsAddUp holds that the times of the hops together are the time from first to last.
func TestHopsAddUp(t *testing.T) {
	at := func(ms int) time.Time { return now.Add(time.Duration(ms) * time.Millisecond) }
	kept, delivered := at(4), at(5_700)
	d := control.Detail{
		Message: control.Message{Direction: "in", State: "delivered", ReceivedAt: now, DeliveredAt: &delivered}, KeptAt: &kept,
		History: []control.Attempt{
			{Number: 1, At: at(10), TookMS: 90, Outcome: "queued", Kind: "temporary"}, {Number: 2, At: at(5_500), TookMS: 200, Outcome: "delivered"},
		},
	}
	hops := func() (list []string) {
		for _, s := range page.MakeDetail(d, now, en).Steps {
			list = append(list, s.Title+": "+s.Took)
		}
		return list
	}
	want := []string{
		"Received from X: ", "On disk: after 4 ms", "Attempt 1 did not get through: after 6 ms, took 90 ms", "Delivered to Motion: after 5.4 s, took 200 ms",
	}
	if diff := cmp.Diff(want, hops()); diff != "" {
		t.Error(diff)
	}
	if about := page.MakeDetail(d, now, en).Steps[3].About; about != "5.7 s from first to last." {
		t.Error(about)
	}
	d.KeptAt = nil // not known any more
	want[1], want[2] = "On disk: ", "Attempt 1 did not get through: after 10 ms, took 90 ms"
	if diff := cmp.Diff(want, hops()); diff != "" {
		t.Error(diff)
	}
}

func TestAJournalInTroubleComesFirst(t *testing.T) {
	d := running(t)
	since := now.Add(-time.Minute)
	d.Status.State = control.StateDegraded
	d.Status.Journal = control.Link{State: "degraded", Detail: "the disk that holds the journal is full. Make room on it", Since: &since}
	d.Status.Channels[0].X = control.Link{State: "degraded", Detail: "X cannot be reached. Wait"}
	o := page.MakeOverview(d, en)
	if o.Hint != "The disk that holds the journal is full." || o.Remedy != "Make room on it." || o.HintTone != format.Bad || o.Tone != format.Bad || o.State != "Cannot store messages" {
		t.Errorf("the overview says %q, %q, %q", o.State, o.Hint, o.Remedy)
	}
	want := page.Hop{Key: "relay", Icon: "hub", Name: "Relay", Tone: format.Bad, State: "Cannot store messages", Since: "since 15:03", Detail: d.Status.Journal.Detail}
	if diff := cmp.Diff(want, o.Chains[0].Hops[2]); diff != "" {
		t.Error(diff)
	}
}
