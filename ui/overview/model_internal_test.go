package overview

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/format"
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
	status.Channels[0].Inbound.Dead, status.Channels[0].Outbound.Dead, status.Channels[0].Outbound.Undecided, status.Channels[0].Encrypted = 0, 0, 0, 0
	status = status.Judged(now)
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
		"paused":    {func(d *snapshot.Data) { d.Status.State = "paused" }, "Paused", format.Warn, "Deliveries are paused", en.T("window.hint.paused.do"), false, true},
		"no answer": {func(d *snapshot.Data) {
			d.Running, d.Problem = false, &control.Failure{Message: "it is silent", Remedy: "wait"}
		}, "No answer", format.Bad, "It is silent.", "Wait.", true, false},
		"bad motion": {func(d *snapshot.Data) {
			d.Status.State, d.Status.Channels[0].Motion = "degraded", control.Link{State: "degraded", Detail: "Motion cannot be reached. Check that it runs"}
		}, "Recovering", format.Warn, "Trouble with Motion · Perch goes on trying", "Motion cannot be reached. Check that it runs.", false, true},
		"demo":      {func(d *snapshot.Data) { d.Status.Demo = true }, "Running", format.Good, "", "", false, false},
		"demo over": {func(d *snapshot.Data) { d.Status.Demo, d.Running = true, false }, "Stopped", format.Idle, "The demo has ended.", en.T("window.demo.over.do"), false, false},
		"bad Reply URL": {func(d *snapshot.Data) {
			d.Status.State, d.Status.Channels[0].Reply = "degraded", control.Link{State: "degraded", Detail: "the Reply URL is empty in Motion, so agents cannot answer; write it into Motion"}
		}, "Needs you", format.Bad, "Agents' replies do not come in", "The Reply URL is empty in Motion, so agents cannot answer. Write it into Motion.", false, true},
		"limited": {blocked, "Recovering", format.Warn, "A limit of X is used up · until 15:11", "Public replies wait, and go on by themselves then.", false, true},
		"gap": {func(d *snapshot.Data) {
			d.Status.Reach.Gaps = []control.Gap{{From: now.Add(-time.Hour), To: now.Add(-50 * time.Minute), Lost: "mentions older than a week"}}
		}, "Running", format.Good, "Events may have been missed", "Between 14:04:05 and 14:14:05 not all events may have arrived. X could not give afterwards: mentions older than a week.", false, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := running(t)
			tt.change(&d)
			d.Status = d.Status.Judged(now)
			o := makeSummary(d, en)
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
	hops := makeSummary(running(t), en).Chains[0].Hops
	want := []hopText{
		{Key: "x", Icon: "at", Name: "X", Tone: format.Good, State: "Connected", Since: "since 14:12", Traffic: "last: 10 s ago"},
		{Key: "reach", Icon: "door", Name: "Webhook", Tone: format.Good, State: "Connected", Since: "proved 10 s ago", Traffic: "last: 10 s ago"},
		{Key: "relay", Icon: "hub", Name: "Relay", Tone: format.Good, State: "Running", Since: "since 11:52"},
		{Key: "motion", Icon: "headset", Name: "Motion", Tone: format.Good, State: "Connected", Since: "since 14:12", Traffic: "last: 10 s ago"},
		{Key: "reply", Icon: "reply", Name: "Replies", Tone: format.Good, State: "Arriving", Traffic: "last: 2 min ago"},
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
	d.Status = d.Status.Judged(now)
	want := hopText{Key: "reply", Icon: "reply", Name: "Replies", Tone: format.Bad, State: "Needs you", Since: "since 15:03"}
	if diff := cmp.Diff(want, makeSummary(d, en).Chains[0].Hops[4]); diff != "" {
		t.Error(diff)
	}
}

func TestAJournalInTroubleComesFirst(t *testing.T) {
	d := running(t)
	since := now.Add(-time.Minute)
	d.Status.State = control.StateDegraded
	d.Status.Journal = control.Link{State: "degraded", Detail: "the disk that holds the journal is full. Make room on it", Since: &since}
	d.Status.Channels[0].X = control.Link{State: "degraded", Detail: "X cannot be reached. Wait"}
	d.Status = d.Status.Judged(now)
	o := makeSummary(d, en)
	if o.Hint != "Messages cannot be stored" || o.Remedy != "The disk that holds the journal is full. Make room on it." || o.HintTone != format.Bad || o.Tone != format.Bad || o.State != "Needs you" {
		t.Errorf("the overview says %q, %q, %q", o.State, o.Hint, o.Remedy)
	}
	want := hopText{Key: "relay", Icon: "hub", Name: "Relay", Tone: format.Bad, State: "Cannot store messages", Since: "since 15:03"}
	if diff := cmp.Diff(want, o.Chains[0].Hops[2]); diff != "" {
		t.Error(diff)
	}
}
