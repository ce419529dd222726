package command

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge"
)

var usual = checking{isOn: true, warning: 5 * time.Minute, critical: 30 * time.Minute}

func TestCheck_JudgesAsTheStatusDoes(t *testing.T) {
	t.Parallel()
	now := time.Now()
	ago := func(d time.Duration) *time.Time { at := now.Add(-d); return &at }
	link := func(state, detail string, kind bridge.Kind) control.Link {
		return control.Link{State: state, Detail: detail, Since: ago(time.Hour), Failure: &control.Failure{Kind: string(kind), Message: detail, Remedy: "do this"}}
	}
	running := func(c control.Channel) control.Status {
		c.Name = "support"
		return control.Status{State: control.StateRunning, Started: ago(time.Hour), Channels: []control.Channel{c}}
	}
	pausedFor := func(d time.Duration) control.Status {
		s := running(control.Channel{Outbound: control.Outbound{Queued: 1, OldestWaitingAt: ago(d)}})
		s.State = control.StatePaused
		return s
	}
	for name, tc := range map[string]struct {
		status control.Status
		level  int
		says   []string
	}{
		"well":              {running(control.Channel{Inbound: control.Inbound{Queued: 2, OldestWaitingAt: ago(time.Minute)}}), checkOK, []string{"running; 2 waiting, 0 undecided, 0 failed"}},
		"a note":            {running(control.Channel{Encrypted: 2}), checkOK, []string{"Encrypted messages came (support)", "2 encrypted messages"}},
		"paused":            {pausedFor(time.Minute), checkOK, []string{"Deliveries are paused"}},
		"paused, forgotten": {pausedFor(31 * time.Minute), checkCritical, []string{"a message of support to X has waited for 31 minutes; Deliveries are paused"}},
		"mends by itself":   {running(control.Channel{Motion: link(bridge.LinkDegraded, "Motion is slow", bridge.Temporary)}), checkWarning, []string{"Trouble with Motion (support): Motion is slow"}},
		"needs somebody":    {running(control.Channel{X: link(bridge.LinkPaused, "no credits | at all\nreally", bridge.Operator)}), checkCritical, []string{"X needs you (support): no credits / at all really; do this; 0 waiting"}},
		"waits a little":    {running(control.Channel{Inbound: control.Inbound{OldestWaitingAt: ago(6 * time.Minute)}}), checkWarning, []string{"a message of support to Motion has waited for 6 minutes; running"}},
		"waits for long":    {running(control.Channel{Inbound: control.Inbound{OldestWaitingAt: ago(26 * time.Hour)}}), checkCritical, []string{"for 26 hours"}},
		"of the future":     {running(control.Channel{Inbound: control.Inbound{OldestWaitingAt: ago(-time.Hour)}}), checkOK, []string{"running"}},
		"bad and late": {
			running(control.Channel{Motion: link(bridge.LinkDegraded, "Motion is slow", bridge.Temporary), Inbound: control.Inbound{OldestWaitingAt: ago(6 * time.Minute)}}), checkWarning,
			[]string{"Trouble with Motion (support): Motion is slow; do this; a message of support to Motion has waited for 6 minutes"},
		},
		"failed":               {running(control.Channel{Outbound: control.Outbound{Dead: 2, Undecided: 1}}), checkCritical, []string{"3 messages need you (support)", "1 undecided, 2 failed"}},
		"two things":           {running(control.Channel{X: link(bridge.LinkPaused, "no", bridge.Operator), Motion: link(bridge.LinkDegraded, "slow", bridge.Temporary)}), checkCritical, []string{"and 1 more, see perch status"}},
		"stopped":              {control.Status{State: control.StateStopped}, checkCritical, []string{"The relay is stopped"}},
		"silent":               {control.Silent(control.Failure{Kind: string(bridge.Temporary), Message: "it starts"}), checkCritical, []string{"it starts"}},
		"of a newer Perch":     {control.Status{State: control.StateDegraded}, checkWarning, []string{"recovering"}},
		"a side nobody knows":  {control.Status{State: control.StateRunning, Conditions: []control.Condition{{Side: "moon", Level: control.Note, What: "it rises"}}}, checkOK, []string{"it rises"}},
		"nothing is known yet": {control.Status{State: control.StateRunning}, checkOK, []string{"running; 0 waiting"}},
	} {
		judged := tc.status
		if judged.Conditions == nil && name != "of a newer Perch" {
			judged = judged.Judged(now)
		}
		level, words := usual.judge(judged, now)
		words = checkText(words)
		if level != tc.level || strings.ContainsAny(words, "|\n") {
			t.Errorf("%s: %s, %q", name, checkWords[level], words)
		}
		for _, part := range tc.says {
			if !strings.Contains(words, part) {
				t.Errorf("%s: %q does not say %q", name, words, part)
			}
		}
	}
}

// perfdata is the form that Nagios' guidelines ask for.
var perfdata = regexp.MustCompile(`^('[^'=]+'|[a-z_]+)=-?[0-9.]+(s|c|B|%|ms|us)?(;[0-9.]*){0,4}$`)

func TestCheck_FiguresAreAsNagiosWantsThem(t *testing.T) {
	t.Parallel()
	waits := time.Now().Add(-7 * time.Second)
	s := control.Status{State: control.StateRunning, Channels: []control.Channel{
		{Name: "a", Inbound: control.Inbound{Queued: 1, Delivered: 1_000_000, OldestWaitingAt: &waits}}, {Name: "b", Inbound: control.Inbound{Queued: 2}, Outbound: control.Outbound{Undecided: 4, Dead: 5}},
	}}
	for c, want := range map[checking]string{usual: "oldest=7s;300;1800;0", {isOn: true}: "oldest=7s;;;0"} {
		text := c.figures(s, checkOK)
		figures, found := strings.CutPrefix(text, " | ")
		list := strings.Fields(figures)
		if !found || list[0] != want || !strings.Contains(text, " waiting_in=3;;;0 ") || !strings.Contains(text, " failed=5;;;0 ") || !strings.Contains(text, " delivered_in=1000000c ") {
			t.Errorf("%q", text)
		}
		for _, one := range list {
			if !perfdata.MatchString(one) {
				t.Errorf("%q is no figure", one)
			}
		}
	}
	if text := usual.figures(s, checkUnknown); text != "" {
		t.Errorf("of what nobody knows: %q", text)
	}
}

// 0 lets messages wait for ever, and each of the two can be set alone.
func TestCheck_LimitsOfTheWait(t *testing.T) {
	t.Parallel()
	now := time.Now()
	waits := now.Add(-time.Hour)
	s := control.Status{State: control.StateRunning, Channels: []control.Channel{{Name: "a", Inbound: control.Inbound{OldestWaitingAt: &waits}}}}
	for c, want := range map[checking]int{
		{}: checkOK, {warning: time.Hour}: checkWarning, {critical: time.Hour}: checkCritical, {warning: 2 * time.Hour, critical: 3 * time.Hour}: checkOK, {warning: time.Minute, critical: time.Hour}: checkCritical,
	} {
		if level, words := c.judge(s, now); level != want {
			t.Errorf("%+v: %d %s", c, level, words)
		}
	}
	for _, c := range []checking{{warning: time.Hour, critical: time.Minute}, {warning: -time.Second}, {critical: -time.Second}} {
		var wrong usageError
		if err := c.usage(false); !errors.As(err, &wrong) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A wrong folder is all that Perch cannot tell about; what is wrong on the command line is said as ever.
func TestCheck_ExitCodes(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	for _, tc := range []struct {
		args []string
		code int
		out  string
	}{
		{[]string{"status", "--check"}, checkUnknown, "PERCH UNKNOWN - there is no " + home},
		{[]string{"status", "--check", "--json"}, exitUsage, ""},
		{[]string{"status", "--warning", "1m"}, exitUsage, ""},
		{[]string{"status", "--check", "--warning", "soon"}, exitUsage, ""},
		{[]string{"status", "--check", "--warning", "1h", "--critical", "1m"}, exitUsage, ""},
		{[]string{"metrics"}, exitNotRunning, "# HELP perch_up 1: the relay runs and answers.\n# TYPE perch_up gauge\nperch_up 0\n"},
	} {
		var out, errs bytes.Buffer
		code := Run(t.Context(), append([]string{"--home", home}, tc.args...), Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
		if code != tc.code || !strings.HasPrefix(out.String(), tc.out) || (tc.out == "" && out.Len() > 0) || strings.Count(out.String(), "\n") > 3 {
			t.Errorf("%v: %d %q %q", tc.args, code, out.String(), errs.String())
		}
	}
}
