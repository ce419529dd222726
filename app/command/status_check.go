package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"perch/app/control"
	"perch/bridge/visible"
)

// The exit codes of monitors that work as Nagios does.
const (
	checkOK = iota
	checkWarning
	checkCritical
	checkUnknown
)

// checkPatience bounds the whole check: monitors end one after 10 s, and know nothing then.
const checkPatience = 8 * time.Second

var checkWords = [...]string{"OK", "WARNING", "CRITICAL", "UNKNOWN"}

// checking is what perch status --check is to find.
type checking struct {
	isOn bool
	// warning and critical are for how long a message may wait; 0 for ever.
	warning, critical time.Duration
}

func (c checking) usage(isJSON bool) error {
	switch {
	case isJSON:
		return usageError{errors.New("status: --check prints one line for a monitor, and --json all there is: give one of them")} //nolint:err113 // shown, never compared
	case c.warning < 0 || c.critical < 0 || (c.critical > 0 && c.warning > c.critical):
		return usageError{errors.New("status: --warning and --critical are times such as 5m and 30m, the first not longer than the second")} //nolint:err113 // shown, never compared
	}
	return nil
}

// check prints one line as monitors want it. Whatever happens it is one, on standard output.
func (p *program) check(ctx context.Context, c checking) {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	level, words, s := p.checked(ctx, c)
	p.exit = level
	p.Print("PERCH %s - %s%s\n", checkWords[level], checkText(words), c.figures(s, level))
}

// checked asks the relay, or its journal, and judges what it says.
func (p *program) checked(ctx context.Context, c checking) (level int, words string, s control.Status) {
	relay, err := p.reader()
	if err != nil {
		return checkUnknown, sentence(err), s
	}
	s, err = relay.Status(ctx)
	home, _, configErr := p.config()
	switch {
	case errors.Is(configErr, fs.ErrNotExist) && (err != nil || !s.IsLive()):
		return checkUnknown, "there is no " + home.Config() + ": give --home or PERCH_HOME, or begin with perch init", control.Status{}
	case errors.Is(err, fs.ErrPermission):
		return checkUnknown, sentence(err), s
	case errors.Is(err, control.ErrNotRunning), err == nil && s.State == control.StateStopped:
		return checkCritical, "the relay is not running: start it with perch start; " + amounts(s), s
	case err != nil:
		return checkCritical, sentence(err), s
	}
	level, words = c.judge(s, time.Now())
	return level, words, s
}

// judge says how bad a status is. That is decided in control alone; here it is joined with for how long messages may wait.
func (c checking) judge(s control.Status, now time.Time) (level int, words string) {
	switch s.Face() {
	case control.FaceNeedsYou, control.FaceStopped, control.FaceSilent:
		level = checkCritical
	case control.FaceHealing:
		level = checkWarning
	case control.FaceWell, control.FacePaused:
	}
	words = worstWords(s)
	wait, of := longest(s, now)
	late := checkOK
	switch {
	case c.critical > 0 && wait >= c.critical:
		late = checkCritical
	case c.warning > 0 && wait >= c.warning:
		late = checkWarning
	}
	said := "a message of " + of + " has waited for " + roughly(wait)
	switch {
	case late > level: // what makes it as bad as it is comes first
		return late, said + "; " + words + "; " + amounts(s)
	case late > checkOK:
		words += "; " + said
	}
	return level, words + "; " + amounts(s)
}

// worstWords say what is worst, what to do and how much more there is.
func worstWords(s control.Status) string {
	worst, found := s.Worst()
	if !found {
		return strings.ToLower(s.Face().Words())
	}
	words := worst.Title()
	if worst.Channel != "" {
		words += " (" + worst.Channel + ")"
	}
	if worst.What != worst.Title() {
		words += ": " + worst.What
	}
	if worst.Remedy != "" {
		words += "; " + worst.Remedy
	}
	if more := len(s.Conditions) - 1; more > 0 {
		words += fmt.Sprintf("; and %d more, see perch status", more)
	}
	return words
}

// longest is for how long the message has waited that waits the longest, and whose it is.
func longest(s control.Status, now time.Time) (wait time.Duration, of string) {
	for _, c := range s.Channels {
		if w := c.Inbound.WaitsFor(now); w > wait {
			wait, of = w, c.Name+" to Motion"
		}
		if w := c.Outbound.WaitsFor(now); w > wait {
			wait, of = w, c.Name+" to X"
		}
	}
	return wait, of
}

// summed are the messages of all channels.
func summed(s control.Status) (in control.Inbound, out control.Outbound) {
	for _, c := range s.Channels {
		in.Queued, in.Delivered, in.Dead = in.Queued+c.Inbound.Queued, in.Delivered+c.Inbound.Delivered, in.Dead+c.Inbound.Dead
		out.Queued, out.Delivered, out.Dead = out.Queued+c.Outbound.Queued, out.Delivered+c.Outbound.Delivered, out.Dead+c.Outbound.Dead
		out.Undecided += c.Outbound.Undecided
	}
	return in, out
}

func amounts(s control.Status) string {
	in, out := summed(s)
	return fmt.Sprintf("%d waiting, %d undecided, %d failed", in.Queued+out.Queued, out.Undecided, in.Dead+out.Dead)
}

// figures are what monitors draw: 'label'=value[unit];warning;critical;least. Nothing is known of a relay that nobody found.
func (c checking) figures(s control.Status, level int) string {
	if level == checkUnknown || len(s.Channels) == 0 {
		return ""
	}
	in, out := summed(s)
	wait, _ := longest(s, time.Now())
	return fmt.Sprintf(" | oldest=%.0fs;%s;%s;0 waiting_in=%d;;;0 waiting_out=%d;;;0 undecided=%d;;;0 failed=%d;;;0 delivered_in=%dc delivered_out=%dc",
		wait.Seconds(), bound(c.warning), bound(c.critical), in.Queued, out.Queued, out.Undecided, in.Dead+out.Dead, in.Delivered, out.Delivered)
}

func bound(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f", d.Seconds())
}

// roughly is a time as people say it.
func roughly(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// checkText makes one line that ends where the figures begin.
func checkText(words string) string {
	return strings.ReplaceAll(oneLine(visible.Line(words)), "|", "/")
}
