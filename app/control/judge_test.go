package control_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge/cost"
)

var judgedAt = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)

func ago(d time.Duration) *time.Time {
	at := judgedAt.Add(-d)
	return &at
}

// judged is what comes of a relay of an hour that is well but for one change.
func judged(change func(s *control.Status)) control.Status {
	ok := control.Link{State: "connected"}
	s := control.Status{
		State: control.StateRunning, Started: ago(time.Hour), Journal: ok, Reach: control.Reach{State: "connected", Since: ago(time.Hour)},
		Channels: []control.Channel{{Name: "support", X: ok, Motion: ok, Reply: ok, Chat: control.Chat{State: "off"}}},
	}
	change(&s)
	return s.Judged(judgedAt)
}

// spending is a month that has used so much of its budget, in percent, and ends in an hour.
func spending(used int) *control.Spending {
	budget := 25 * cost.Dollar
	return &control.Spending{Month: "2026-11", Budget: &budget, Spent: budget / 100 * cost.Money(used), Used: used, Until: *ago(-time.Hour)}
}

func TestJudged(t *testing.T) {
	failure := func(kind, remedy string) *control.Failure {
		return &control.Failure{Kind: kind, Message: "it is so", Remedy: remedy}
	}
	soon := ago(-time.Minute)
	for name, c := range map[string]struct {
		change func(s *control.Status)
		state  string
		want   []control.Condition
	}{
		"budget half used": {func(s *control.Status) { s.Costs = spending(79) }, "running", []control.Condition{}},
		"budget nearly used up": {func(s *control.Status) { s.Costs = spending(80) }, "running", []control.Condition{{
			Side: "costs", Level: "note", What: "about 20.00 USD of this month's budget of 25.00 are used", Remedy: "see what it is spent on with: perch costs", Until: ago(-time.Hour),
		}}},
		"budget used up": {func(s *control.Status) { s.Costs = spending(100) }, "degraded", []control.Condition{{
			Side: "costs", Level: "healing", What: "about 25.00 USD were spent this month, and the budget is 25.00; customers' messages go on",
			Remedy: "see what it is spent on with: perch costs; the budget is monthly_budget in perch.toml", Until: ago(-time.Hour),
		}}},
		"budget of a month that is over": {func(s *control.Status) { s.Costs = spending(100); s.Costs.Until = *ago(0) }, "running", []control.Condition{}},
		"no budget":                      {func(s *control.Status) { s.Costs = spending(100); s.Costs.Budget = nil }, "running", []control.Condition{}},
		"well":                           {func(*control.Status) {}, "running", []control.Condition{}},
		"mends by itself": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("temporary", "check that it runs"), RetryAt: soon}
		}, "degraded", []control.Condition{{Side: "motion", Channel: "support", Level: "healing", What: "it is so", Remedy: "check that it runs", RetryAt: soon}}},
		"is being tried now": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("temporary", ""), RetryAt: ago(time.Second)}
		}, "degraded", []control.Condition{{Side: "motion", Channel: "support", Level: "healing", What: "it is so"}}},
		"nothing to do": {func(s *control.Status) {
			s.Channels[0].X = control.Link{State: "paused", Failure: failure("operator", "nothing to do: Perch asks X by itself")}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "healing", What: "it is so"}}},
		"nothing to do if": {func(s *control.Status) {
			s.Channels[0].X = control.Link{State: "paused", Failure: failure("operator", "nothing to do if it slept; else mend it")}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "needs_you", What: "it is so", Remedy: "nothing to do if it slept; else mend it"}}},
		"one call that failed": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("temporary", ""), Since: ago(4 * time.Second)}
		}, "running", []control.Condition{}},
		"calls that fail": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("temporary", ""), Since: ago(5 * time.Second)}
		}, "degraded", []control.Condition{{Side: "motion", Channel: "support", Level: "healing", What: "it is so", Since: ago(5 * time.Second)}}},
		"many calls that failed at once": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("temporary", ""), Since: ago(time.Second), RetryAt: soon}
		}, "degraded", []control.Condition{{Side: "motion", Channel: "support", Level: "healing", What: "it is so", Since: ago(time.Second), RetryAt: soon}}},
		"one call that was refused": {func(s *control.Status) {
			s.Channels[0].Motion = control.Link{State: "degraded", Failure: failure("operator", "mend it"), Since: ago(time.Second)}
		}, "degraded", []control.Condition{{Side: "motion", Channel: "support", Level: "needs_you", What: "it is so", Remedy: "mend it", Since: ago(time.Second)}}},
		"no network yet": {func(s *control.Status) {
			s.Started = ago(20 * time.Second)
			s.Channels[0].X = control.Link{State: "degraded", Failure: failure("temporary", ""), IsUnreached: true}
			s.Reach = control.Reach{State: "degraded", Failure: failure("temporary", ""), Since: s.Started}
			s.Channels[0].Chat = control.Chat{State: "degraded", Detail: "X was not asked yet"}
		}, "running", []control.Condition{}},
		"still no network": {func(s *control.Status) {
			s.Started = ago(61 * time.Second)
			s.Channels[0].X = control.Link{State: "degraded", Failure: failure("temporary", ""), IsUnreached: true}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "healing", What: "it is so"}}},
		"gone right after the start": {func(s *control.Status) {
			s.Started = ago(20 * time.Second)
			s.Channels[0].X = control.Link{State: "degraded", Failure: failure("temporary", "")}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "healing", What: "it is so"}}},
		"refused right after the start": {func(s *control.Status) {
			s.Started = ago(time.Second)
			s.Channels[0].X = control.Link{State: "degraded", Failure: failure("operator", "make new keys"), IsUnreached: true}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "needs_you", What: "it is so", Remedy: "make new keys"}}},
		"events come all the same": {func(s *control.Status) {
			s.Reach.State, s.Reach.Failure, s.Reach.LastProof = "degraded", failure("operator", ""), ago(4*time.Minute)
		}, "running", []control.Condition{}},
		"the clock was set back a day": {func(s *control.Status) {
			s.Started = ago(-24 * time.Hour)
			s.Channels[0].X = control.Link{State: "degraded", Failure: failure("temporary", ""), IsUnreached: true}
			s.Reach = control.Reach{State: "degraded", Failure: failure("temporary", ""), Since: s.Started, LastProof: s.Started}
		}, "degraded", []control.Condition{{Side: "x", Channel: "support", Level: "healing", What: "it is so"}, {Side: "reach", Level: "healing", What: "it is so"}}},
		"a limit": {func(s *control.Status) {
			s.Channels[0].Blocked = []control.Blocked{{Queue: "out/post", Kind: "rate_limited", Until: *soon}, {Queue: "out/dm", Kind: "rate_limited", Until: judgedAt}}
		}, "degraded", []control.Condition{{Side: "limit", Channel: "support", Level: "healing", Queue: "out/post", What: "public replies to X wait", Until: soon}}},
		"an old gap": {func(s *control.Status) {
			s.Reach.Gaps = []control.Gap{{From: *ago(26 * time.Hour), To: *ago(25 * time.Hour), Lost: "some"}}
		}, "running", []control.Condition{}},
		"a gap that was closed": {func(s *control.Status) {
			s.Reach.Gaps = []control.Gap{{From: *ago(2 * time.Hour), To: *ago(time.Hour), Recovered: 3}}
		}, "running", []control.Condition{}},
		"stopped": {func(s *control.Status) {
			s.State, s.StoppedAt, s.Channels[0].X = control.StateStopped, ago(time.Hour), control.Link{State: "unknown"}
			s.Channels[0].Outbound.Dead = 1
		}, "stopped", []control.Condition{
			{Side: "messages", Channel: "support", Level: "needs_you", Count: 1, What: "1 message could not be delivered", Remedy: "look at them and decide: perch traffic --state failed"},
			{Side: "relay", Level: "note", What: "nothing comes in and nothing goes out", Remedy: "start the relay, with: perch start", Since: ago(time.Hour)},
		}},
		"a backup that failed": {func(s *control.Status) {
			s.Backup = control.Backup{Error: "it is so. Make room", Failure: failure("operator", "make room"), RetryAt: soon}
		}, "degraded", []control.Condition{{Side: "backup", Level: "needs_you", What: "it is so", Remedy: "make room", RetryAt: soon}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := judged(c.change)
			if s.State != c.state {
				t.Errorf("the state is %s, want %s", s.State, c.state)
			}
			if diff := cmp.Diff(c.want, s.Conditions); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheWorstComesFirst(t *testing.T) {
	s := judged(func(s *control.Status) {
		s.State = control.StatePaused
		s.Update = &control.Update{Newer: true, Latest: "9"}
		s.Channels[0].Encrypted, s.Channels[0].Inbound.Dead = 1, 1
		s.Channels[0].Motion = control.Link{State: "degraded", Detail: "no answer"}
		s.Channels = append(s.Channels, control.Channel{Name: "sales", X: control.Link{State: "paused", Detail: "bad keys. Make new ones"}})
		s.Journal = control.Link{State: "degraded", Detail: "full"}
		s.Reach.Gaps = []control.Gap{{From: *ago(time.Hour), To: judgedAt, Lost: "some"}}
	})
	var got []string
	for _, c := range s.Conditions {
		got = append(got, string(c.Level)+" "+c.Side)
	}
	want := []string{
		"needs_you journal", "needs_you x", "needs_you messages", "note pause", "healing motion", "note gap", "note update", "note encrypted",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s.State != control.StatePaused || s.Face() != control.FaceNeedsYou {
		t.Errorf("%s, %s", s.State, s.Face())
	}
}
