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

// result is what a check says.
type result struct {
	state           State
	message, remedy string
}

func fine(message string) result { return result{OK, message, ""} }

func warn(message, remedy string) result { return result{Warn, message, remedy} }

func bad(message, remedy string) result { return result{Failed, message, remedy} }

func skip(message string) result { return result{Skipped, message, ""} }

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

const (
	// checkLimit bounds one check, wholeLimit all of them.
	checkLimit = 10 * time.Second
	wholeLimit = 13 * time.Second
)

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

// some leaves out what is not there.
func some(checks ...*check) []*check {
	var there []*check
	for _, c := range checks {
		if c != nil {
			there = append(there, c)
		}
	}
	return there
}
