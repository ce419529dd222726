// Package doctor finds out why Perch does not work, or proves that it does.
//
// It guarantees that the findings come in the order of their dependence, so that the first one that is not fine is the
// cause of those after it; that a check which cannot tell anything, because what it stands on has failed, says so in
// place of blaming something else; that every finding which is not fine says what to do; that a run ends within 15 s,
// whatever hangs; and that no secret is in a finding.
//
// It never sends a message and changes no setting. What it leaves behind is one small file in Motion for each channel,
// the proof that files can be stored. A password is tried once in a run, because Motion locks accounts.
//
// It works beside a running relay, whose journal and port it leaves alone, and without one: then it holds the relay's
// lock, takes the port and opens the tunnel itself for as long as it runs, so that the whole way can be proved.
package doctor

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"perch/bridge"
)

const (
	// checkLimit bounds one check, wholeLimit all of them.
	checkLimit = 10 * time.Second
	wholeLimit = 13 * time.Second
)

// State is what came out of a check.
type State string

// The states of a finding.
const (
	OK State = "ok"
	// Warn means that it works, but not as well or as long as it should.
	Warn   State = "warn"
	Failed State = "failed"
	// Skipped means that the check could not be made; the message says why.
	Skipped State = "skipped"
)

// Finding is what came out of one check, in words.
type Finding struct {
	// Check names the check for scripts, Title for people.
	Check string `json:"check"`
	Title string `json:"-"`
	// Channel is empty for what concerns all channels.
	Channel string `json:"channel,omitempty"`
	State   State  `json:"state"`
	Message string `json:"message"`
	// Remedy says what to do; it is never empty for Warn and Failed.
	Remedy string `json:"remedy"`
	// TookMS is in milliseconds.
	TookMS int64 `json:"took_ms"`
}

// First returns the finding to begin with: the first that failed, else the first warning. ok is false when all is well.
func First(findings []Finding) (first Finding, ok bool) {
	for _, state := range []State{Failed, Warn} {
		if i := slices.IndexFunc(findings, func(f Finding) bool { return f.State == state }); i >= 0 {
			return findings[i], true
		}
	}
	return Finding{}, false
}

// result is what a check says.
type result struct {
	state           State
	message, remedy string
}

func fine(message string) result          { return result{OK, message, ""} }
func warn(message, remedy string) result  { return result{Warn, message, remedy} }
func bad(message, remedy string) result   { return result{Failed, message, remedy} }
func skip(message string) result          { return result{Skipped, message, ""} }
func (r result) about(what string) result { r.message = what + ": " + r.message; return r }

// failure makes a result of an error.
func failure(err error) result {
	e := bridge.AsError(err)
	r := bad(e.Message, strings.TrimSuffix(e.Remedy, "; Perch keeps trying"))
	if e.Kind == bridge.RateLimited {
		r.state = Warn
	}
	if e.Code == "" && e.Err != nil && e.Side == bridge.SidePerch && !errors.Is(e, fs.ErrNotExist) {
		r.message += " (" + firstLine(e.Err) + ")"
	}
	if r.remedy == "" {
		r.remedy = "wait a minute and run perch doctor again; if it stays, look at: perch logs --level warn"
	}
	return r
}

// firstLine is the technical cause, short.
func firstLine(err error) string {
	text, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

// check is one check. It starts when those in needs and after have ended, and is skipped when one in needs told nothing
// good.
type check struct {
	name, title, channel string
	needs, after         []*check
	// isHidden checks gather what others look at, and are no finding themselves.
	isHidden bool
	run      func(context.Context) result

	done chan struct{}
	result
	took time.Duration
	// root is what failed, for a check that did or that was skipped because of it.
	root string
}

// label is how people call the check.
func (c *check) label() string {
	if c.channel == "" {
		return c.title
	}
	return c.title + " (" + c.channel + ")"
}

func (c *check) work(ctx context.Context) {
	defer close(c.done)
	for _, other := range slices.Concat(c.needs, c.after) {
		<-other.done
	}
	began := time.Now()
	defer func() { c.took = time.Since(began) }()
	for _, other := range c.needs {
		if other.state == Failed || other.state == Skipped {
			c.root, c.result = other.root, skip("not checked because of: "+other.root)
			return
		}
	}
	if ctx.Err() != nil {
		c.root, c.result = c.label(), skip("not checked: the time for all checks was up")
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	c.result = c.run(ctx)
	c.root = c.label()
}

// examine makes all checks, side by side as far as they do not need each other, and returns the findings in the order of
// the checks. Whatever a check needs comes before it.
func examine(ctx context.Context, checks []*check) []Finding {
	ctx, cancel := context.WithTimeout(ctx, wholeLimit)
	defer cancel()
	var workers sync.WaitGroup
	for _, c := range checks {
		c.done = make(chan struct{})
	}
	for _, c := range checks {
		workers.Go(func() { c.work(ctx) })
	}
	workers.Wait()
	findings := []Finding{}
	for _, c := range checks {
		if !c.isHidden {
			findings = append(findings, Finding{c.name, c.title, c.channel, c.state, c.message, c.remedy, c.took.Milliseconds()})
		}
	}
	return findings
}
