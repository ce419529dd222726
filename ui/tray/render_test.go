package tray_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/assets"
	"perch/ui/translation"
	"perch/ui/tray"
)

var (
	english = tray.T(translation.New("en").T)
	rome    = time.FixedZone("", 3600)
	noon    = time.Date(2026, 11, 24, 12, 0, 0, 0, rome)
)

// up returns a relay that is well, with the channels that edit makes of one or two.
func up(edit ...func(*control.Status)) tray.Snapshot {
	s := tray.Snapshot{Phase: tray.PhaseUp, IsConfigured: true, Login: desk.No, Status: control.Status{
		State: control.StateRunning, Reach: control.Reach{State: "connected"}, Channels: []control.Channel{channel("support")},
	}}
	for _, e := range edit {
		e(&s.Status)
	}
	return judged(s)
}

// judged lets the relay say what follows from its state, as it does.
func judged(s tray.Snapshot) tray.Snapshot {
	s.Status = s.Status.Judged(noon)
	return s
}

func channel(name string) control.Channel {
	return control.Channel{Name: name, X: control.Link{State: "connected"}, Motion: control.Link{State: "connected"}}
}

func second(s *control.Status) { s.Channels = append(s.Channels, channel("sales")) }

func paused(s *control.Status) { s.State = control.StatePaused }

func motionDown(s *control.Status) {
	s.State = control.StateDegraded
	s.Channels[0].Motion = control.Link{State: "degraded", Detail: "Motion does not answer; check that it runs"}
}

func badReply(s *control.Status) {
	s.State = control.StateDegraded
	s.Channels[0].Reply = control.Link{State: "degraded", Detail: "the Reply URL is empty in Motion, so agents cannot answer; write it into Motion"}
}

// silent is a relay that cannot be asked.
func silent(kind string) tray.Snapshot {
	return tray.Snapshot{Phase: tray.PhaseSilent, IsConfigured: true, Status: control.Silent(control.Failure{Kind: kind, Message: "it is so", Remedy: "do this"})}
}

func demo(s *control.Status) { s.Demo = true }

func badKeys(s *control.Status) {
	s.State = control.StateDegraded
	last := &s.Channels[len(s.Channels)-1]
	last.X = control.Link{State: "paused", Detail: "X refuses the access token; replace it in Settings"}
}

func dead(n int) func(*control.Status) {
	return func(s *control.Status) { s.Channels[0].Inbound.Dead = n }
}

func undecided(s *control.Status) { s.Channels[0].Outbound.Undecided = 1 }

func waiting(in, out int) func(*control.Status) {
	return func(s *control.Status) { s.Channels[0].Inbound.Queued, s.Channels[0].Outbound.Queued = in, out }
}

func limited(until time.Time) func(*control.Status) {
	return func(s *control.Status) {
		s.Channels[0].Blocked = append(s.Channels[0].Blocked, control.Blocked{Queue: "out/dm", Kind: "rate_limited", Until: until})
	}
}

func TestRenderSaysItInWordsAndByIcon(t *testing.T) {
	down := tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true}
	failed := down
	failed.Failure = "the port is taken"
	again := failed
	again.RetryAt = noon.Add(8 * time.Second)
	older := up()
	older.Status.State, older.Status.Conditions = control.StateDegraded, nil
	limits := up(waiting(0, 1))
	limits.Limits = []control.Limit{{Waiting: 1, Windows: []control.Window{
		{Name: "15min", Limit: 15, Remaining: 3, ResetAt: noon.Add(time.Minute)},
		{Name: "user_24h", Limit: 500, Remaining: 0, ResetAt: noon.Add(20 * time.Hour)},
	}}}
	for name, c := range map[string]struct {
		s                tray.Snapshot
		icon, line, note string
	}{
		"not asked yet":      {tray.Snapshot{}, assets.Starting, "Looking for the relay…", ""},
		"well":               {up(), assets.Running, "Running", ""},
		"unknown links":      {up(func(s *control.Status) { s.Channels[0].X.State = "unknown" }), assets.Running, "Running", ""},
		"waiting":            {up(waiting(1, 2)), assets.Running, "Running · 3 waiting", ""},
		"limit":              {up(waiting(0, 3), limited(noon.Add(125*time.Minute))), assets.Degraded, "A limit of X is used up · 3 waiting · X limit resets 14:05", "direct messages to X wait"},
		"limit in UTC":       {up(limited(noon.Add(time.Hour).UTC())), assets.Degraded, "A limit of X is used up · X limit resets 13:00", "direct messages to X wait"},
		"limit is over":      {up(limited(noon.Add(-time.Second))), assets.Running, "Running", ""},
		"last of the limits": {up(limited(noon.Add(time.Hour)), limited(noon.Add(time.Minute))), assets.Degraded, "A limit of X is used up · X limit resets 13:00", "direct messages to X wait"},
		"limit of a day":     {limits, assets.Running, "Running · 1 waiting · X limit resets 25/11 08:00", ""},
		"paused":             {up(paused, waiting(2, 0)), assets.Paused, "Paused · 2 waiting", ""},
		"paused for a time": {
			up(paused, func(s *control.Status) { at := noon.Add(90 * time.Minute); s.PausedUntil = &at }), assets.Paused, "Paused until 13:30", "",
		},
		"paused and Motion": {up(motionDown, paused), assets.Paused, "Paused", "Motion does not answer; check that it runs"},
		"Motion down":       {up(motionDown), assets.Degraded, "Trouble with Motion", "Motion does not answer; check that it runs"},
		"bad Reply URL":     {up(badReply), assets.Attention, "Agents' replies do not come in", "the Reply URL is empty in Motion, so agents cannot answer; write it into Motion"},
		"way in":            {up(func(s *control.Status) { s.Reach.State, s.Reach.Detail = "degraded", "the stream is silent" }), assets.Degraded, "Trouble with the way in from X", "the stream is silent"},
		"of an older relay": {older, assets.Degraded, "Recovering", ""},
		"bad keys":          {up(badKeys), assets.Attention, "X needs you", "X refuses the access token; replace it in Settings"},
		"worst channel wins": {
			up(second, motionDown, badKeys), assets.Attention, "X needs you (sales)", "sales: X refuses the access token; replace it in Settings",
		},
		"one dead":          {up(dead(1)), assets.Attention, "1 message needs you", ""},
		"dead while paused": {up(paused, dead(2), undecided), assets.Attention, "3 messages need you · Paused", ""},
		"demo":              {up(demo), assets.Running, "Demo · Running", ""},
		"locked":            {tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true, Locked: true}, assets.Attention, "Needs its passphrase: open Perch", ""},
		"starting":          {tray.Snapshot{Phase: tray.PhaseStarting}, assets.Starting, "Starting…", ""},
		"stopping":          {tray.Snapshot{Phase: tray.PhaseStopping}, assets.Starting, "Stopping…", ""},
		"restarting":        {tray.Snapshot{Phase: tray.PhaseRestarting}, assets.Starting, "Restarting…", ""},
		"silent":            {silent("operator"), assets.Attention, "The relay does not answer", "it is so; do this"},
		"silent at first":   {silent("temporary"), assets.Degraded, "The relay does not answer yet", "it is so; do this"},
		"stopped":           {down, assets.Stopped, "Stopped", ""},
		"not set up":        {tray.Snapshot{Phase: tray.PhaseDown}, assets.Stopped, "Not set up yet: open Perch to begin", ""},
		"cannot start":      {failed, assets.Stopped, "Not running", "the port is taken"},
		"starts again":      {again, assets.Stopped, "Not running · starts again at 12:00:08", "the port is taken"},
	} {
		t.Run(name, func(t *testing.T) {
			v := tray.Render(c.s, noon, english)
			if v.Icon != c.icon || v.FirstLine != c.line || v.Tooltip != "Perch: "+c.line {
				t.Errorf("got %s, %q, %q; want %s, %q", v.Icon, v.FirstLine, v.Tooltip, c.icon, c.line)
			}
			if note := v.Items[0]; note.Title != c.note || note.Hidden != (c.note == "") || note.Enabled {
				t.Errorf("reason: got %+v, want %q", note, c.note)
			}
			if assets.Icon(v.Icon, 22) == nil {
				t.Errorf("there is no icon for %s", v.Icon)
			}
		})
	}
}

// menu writes the items that show: those in brackets take no click.
func menu(items []tray.Item) string {
	var out []string
	for _, i := range items {
		text := i.Title
		switch {
		case i.Hidden || i.ID == tray.Separator:
			continue
		case i.Checked:
			text = "✓ " + text
		case !i.Enabled:
			text = "(" + text + ")"
		}
		if len(i.Children) > 0 {
			text += " > " + menu(i.Children)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func TestMenu(t *testing.T) {
	always := up()
	always.Login = desk.Yes
	over := up(demo)
	over.Phase = tray.PhaseDown
	for name, c := range map[string]struct {
		s    tray.Snapshot
		want string
	}{
		"running":   {always, "Open Perch, Stop, Restart, Pause deliveries, Pause for a while > 15 minutes, 30 minutes, 1 hour, 2 hours, 8 hours, (Needs attention (0)), Copy webhook URL, Copy Reply URL, ✓ Start at login, Quit (the relay goes on)"},
		"demo":      {up(demo), "Open Perch, (Stop), (Restart), Pause deliveries, Pause for a while > 15 minutes, 30 minutes, 1 hour, 2 hours, 8 hours, (Needs attention (0)), Copy webhook URL, Copy Reply URL, Start at login, Quit (the relay goes on)"},
		"demo over": {over, "Open Perch, (Start), (Restart), (Pause deliveries), (Pause for a while) > (15 minutes), (30 minutes), (1 hour), (2 hours), (8 hours), (Needs attention (0)), (Copy webhook URL), (Copy Reply URL), Start at login, Quit"},
		"paused":    {up(paused, dead(2)), "Open Perch, Stop, Restart, Resume deliveries, Needs attention (2), Copy webhook URL, Copy Reply URL, Start at login, Quit (the relay goes on)"},
		"several":   {up(second), "Open Perch, Stop, Restart, Pause deliveries, Pause for a while > 15 minutes, 30 minutes, 1 hour, 2 hours, 8 hours, (Needs attention (0)), Copy webhook URL > support, sales, Copy Reply URL > support, sales, Start at login, Quit (the relay goes on)"},
		"stopped":   {tray.Snapshot{Phase: tray.PhaseDown, IsConfigured: true}, "Open Perch, Start, (Restart), (Pause deliveries), (Pause for a while) > (15 minutes), (30 minutes), (1 hour), (2 hours), (8 hours), (Needs attention (0)), (Copy webhook URL), (Copy Reply URL), (Start at login (not on this system)), Quit"},
		"silent":    {tray.Snapshot{Phase: tray.PhaseSilent, IsConfigured: true, Login: desk.No}, "Open Perch, Stop, Restart, (Pause deliveries), (Pause for a while) > (15 minutes), (30 minutes), (1 hour), (2 hours), (8 hours), (Needs attention (0)), (Copy webhook URL), (Copy Reply URL), Start at login, Quit (the relay goes on)"},
		"busy":      {tray.Snapshot{Phase: tray.PhaseStarting, IsConfigured: true, Login: desk.No}, "Open Perch, (Start), (Restart), (Pause deliveries), (Pause for a while) > (15 minutes), (30 minutes), (1 hour), (2 hours), (8 hours), (Needs attention (0)), (Copy webhook URL), (Copy Reply URL), Start at login, Quit"},
		"new":       {tray.Snapshot{Phase: tray.PhaseDown, Login: desk.No}, "Open Perch, (Start), (Restart), (Pause deliveries), (Pause for a while) > (15 minutes), (30 minutes), (1 hour), (2 hours), (8 hours), (Needs attention (0)), (Copy webhook URL), (Copy Reply URL), Start at login, Quit"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := menu(tray.Render(c.s, noon, english).Items); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestMenuKeepsItsOrder matters because the tray's library can neither insert nor remove.
func TestMenuKeepsItsOrder(t *testing.T) {
	ids := func(s tray.Snapshot) []string {
		var out []string
		for _, i := range tray.Render(s, noon, english).Items {
			out = append(out, i.ID)
		}
		return out
	}
	want := ids(up())
	for i, s := range []tray.Snapshot{{}, up(paused, second, badKeys), {Phase: tray.PhaseDown}, {Phase: tray.PhaseSilent, Failure: "x"}} {
		if got := ids(s); !slices.Equal(got, want) {
			t.Errorf("%d: got %v, want %v", i, got, want)
		}
	}
}

func TestLongReasonsTakeSeveralLines(t *testing.T) {
	lines := func(detail string) (shown []string) {
		s := up(badKeys)
		s.Status.Channels[0].X.Detail = detail
		s = judged(s)
		for _, item := range tray.Render(s, noon, english).Items[:3] {
			if item.Hidden != (item.Title == "") || len([]rune(item.Title)) > 90 || item.Enabled {
				t.Errorf("%+v", item)
			}
			if !item.Hidden {
				shown = append(shown, item.Title)
			}
		}
		return shown
	}
	const reason = "X refuses the keys of channel support, because somebody has made new ones for this app on developer.x.com; store all four of them, and then: perch restart"
	if got := lines(reason); len(got) != 2 || strings.Join(got, " ") != reason {
		t.Errorf("got %q", got)
	}
	if got := lines("short"); len(got) != 1 {
		t.Errorf("got %q", got)
	}
	if got := lines("  à " + strings.Repeat("long\n reason ", 40)); len(got) != 3 || !strings.HasSuffix(got[2], "…") || strings.Contains(got[0], "\n") {
		t.Errorf("got %q", got)
	}
	if got := lines(strings.Repeat("è", 100)); len(got) != 2 || got[0] != strings.Repeat("è", 90) {
		t.Errorf("one long word: %q", got)
	}
}

func TestBothLanguagesHaveEveryText(t *testing.T) {
	for _, lang := range []string{"en", "it"} {
		tr := tray.T(translation.New(lang).T)
		for _, s := range []tray.Snapshot{{}, up(dead(1), waiting(1, 1)), up(second, badKeys, paused), up(motionDown), up(badReply), {Phase: tray.PhaseDown}, {Phase: tray.PhaseDown, IsConfigured: true, Locked: true}, silent("operator")} {
			_, notices := tray.History{}.Notices(s, noon, tr)
			if all := fmt.Sprintf("%+v %+v", tray.Render(s, noon, tr), notices); strings.Contains(all, "tray.") || strings.Contains(all, "%!") {
				t.Errorf("%s: a text is missing or has wrong verbs: %s", lang, all)
			}
		}
	}
}
