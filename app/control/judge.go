package control

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"perch/bridge"
)

const (
	// settles is how long after a start what mends by itself is no trouble: connections are being opened.
	settles = time.Minute
	// passes is how long a side is in trouble before people are told of what mends by itself: one call that failed is tried again
	// within that time, and a side that comes and goes each second would flicker.
	passes = 5 * time.Second
	// recentEvent is how long an authentic event or CRC proves that X reaches the relay, whatever else is wrong.
	recentEvent = 5 * time.Minute
	// gapShown is how long people are told of a gap in X's events after it has ended.
	gapShown = 24 * time.Hour
)

// Judged returns the status with its conditions and, unless the relay is paused or stopped, with the state that follows from
// them. It is the one place where that is decided, and depends on nothing but the status and the time.
func (s Status) Judged(now time.Time) Status {
	j := judge{now: now, status: s}
	j.all()
	slices.SortStableFunc(j.found, func(a, b Condition) int {
		return cmp.Or(
			cmp.Compare(rank(a), rank(b)),
			cmp.Compare(slices.Index(sides, a.Side), slices.Index(sides, b.Side)),
		)
	})
	s.Conditions = j.found
	if s.Conditions == nil {
		s.Conditions = []Condition{}
	}
	if s.State != StatePaused && s.IsLive() {
		s.State = StateRunning
		if worst, found := s.Worst(); found && worst.Level != Note {
			s.State = StateDegraded
		}
	}
	return s
}

// rank is the place of a condition among all: what a person has done comes before what mends by itself, which waits for it.
func rank(c Condition) int {
	switch {
	case c.Level == NeedsYou:
		return 0
	case c.Side == SidePause:
		return 1
	case c.Level == Healing:
		return 2
	}
	return 3
}

// sides are the order in which conditions of a rank are told.
var sides = []string{
	SideRelay, SideJournal, SideKept, SideDisk, SideX, SideMotion, SideReply, SideReach, SideCertificate, SideChat, SideMessages, SideBackup, SideAlert, SideLimit,
	SideWaiting, SideCosts, SidePause, SideGap, SideUpdate, SideEncrypted,
}

// judge collects the conditions of one status.
type judge struct {
	now    time.Time
	status Status
	found  []Condition
}

func (j *judge) all() {
	s := j.status
	switch {
	case s.Journal.State != bridge.LinkDegraded:
	case s.IsLive(): // nothing can be kept: somebody has to make room, or to mend the disk
		j.link(SideJournal, "", s.Journal, NeedsYou)
	default:
		j.link(SideKept, "", s.Journal, NeedsYou)
	}
	for _, c := range s.Channels {
		j.channel(c)
	}
	if s.IsLive() {
		j.reach(s.Reach)
		j.gap(s.Reach.Gaps)
		j.disk(s.Disk)
		j.certificates(s.Certificates)
		j.alerts(s.Alerts)
	}
	j.backup(s.Backup)
	j.costs(s.Costs)
	switch s.State {
	case StatePaused:
		j.add(Condition{
			Side: SidePause, Level: Note, What: "what comes in is kept, and nothing is delivered", Remedy: "resume the deliveries, with: perch resume",
			Until: s.PausedUntil,
		})
	case StateSilent:
		j.silence(s.Silence)
	case StateStopped:
		j.add(Condition{
			Side: SideRelay, Level: Note, What: "nothing comes in and nothing goes out", Remedy: "start the relay, with: perch start", Since: s.StoppedAt,
		})
	}
	if u := s.Update; u != nil && u.Newer {
		j.add(Condition{
			Side: SideUpdate, Level: Note, What: "Perch " + u.Latest + " is available", Remedy: "get it from " + cmp.Or(u.Page, "the place from which you have this one"),
		})
	}
}

func (j *judge) channel(c Channel) {
	if j.status.IsLive() {
		j.side(SideX, c.Name, c.X)
		j.side(SideMotion, c.Name, c.Motion)
		if c.Reply.State == bridge.LinkDegraded {
			j.link(SideReply, c.Name, c.Reply, NeedsYou)
		}
		j.limits(c)
		j.chat(c)
		j.waiting(c)
	}
	j.messages(c)
}

// side judges the connection to one side of a channel. One that has not been reached yet gets some time after a start: the
// network of a computer that has just been switched on comes up late. So does one that has been in trouble for a moment only.
func (j *judge) side(side, channel string, l Link) {
	level := levelOf(l)
	isOpening := level == Healing && l.IsUnreached && j.isFresh(j.status.Started)
	isPassing := level == Healing && l.RetryAt == nil && l.Since != nil && j.now.Sub(*l.Since).Abs() < passes
	if (l.State == bridge.LinkDegraded || l.State == bridge.LinkPaused) && !isOpening && !isPassing {
		j.link(side, channel, l, level)
	}
}

// levelOf is the level of a link in trouble. One that the relay has paused waits for somebody.
func levelOf(l Link) Level {
	if l.State == bridge.LinkPaused || (l.Failure != nil && l.Failure.Kind == string(bridge.Operator)) {
		return NeedsYou
	}
	return Healing
}

func (j *judge) link(side, channel string, l Link, level Level) {
	c := Condition{Side: side, Channel: channel, Level: level, Since: l.Since, RetryAt: l.RetryAt}
	c.What, c.Remedy = partsOf(l.Failure, l.Detail)
	j.add(c)
}

// reach judges the way in. While events come in all the same there is no trouble.
func (j *judge) reach(r Reach) {
	isRecent := r.LastProof != nil && j.now.Sub(*r.LastProof).Abs() <= recentEvent
	if r.State != bridge.LinkDegraded || j.isFresh(r.Since) {
		return
	}
	if isRecent {
		j.tunnelCertificate(r.Tunnel)
		return
	}
	j.link(SideReach, "", Link{State: r.State, Detail: r.Detail, Failure: r.Failure, RetryAt: r.RetryAt}, levelOf(Link{Failure: r.Failure}))
}

// limits tells of limits of a side that hold messages back.
func (j *judge) limits(c Channel) {
	for _, b := range c.Blocked {
		if b.Kind == string(bridge.RateLimited) && b.Until.After(j.now) {
			until := b.Until
			j.add(Condition{Side: SideLimit, Channel: c.Name, Level: Healing, Queue: b.Queue, What: cmp.Or(queueWaits[b.Queue], "messages wait"), Until: &until})
		}
	}
}

// queueWaits say of each queue of Blocked that it waits.
var queueWaits = map[string]string{
	"in": "messages to Motion wait", "in/files": "files to Motion wait", "out/dm": "direct messages to X wait", "out/chat": "encrypted messages to X wait",
	"out/post": "public replies to X wait",
}

func (j *judge) chat(c Channel) {
	switch {
	case c.Chat.NeedsLook():
		j.link(SideChat, c.Name, Link{Detail: c.Chat.Detail}, NeedsYou)
	case c.Chat.State == bridge.ChatDegraded && !j.isFresh(j.status.Started):
		j.link(SideChat, c.Name, Link{Detail: c.Chat.Detail}, Healing)
	case c.Chat.IsOff() && c.Encrypted > 0:
		j.add(Condition{
			Side: SideEncrypted, Channel: c.Name, Level: Note, Count: c.Encrypted,
			What:   counted(c.Encrypted, "1 encrypted message came that could not be read here; agents were told", "%d encrypted messages came that could not be read here; agents were told"),
			Remedy: "to read and answer such messages, give Perch the account's key: perch chat import, or perch chat unlock",
		})
	}
}

// messages tells of those that wait for a person.
func (j *judge) messages(c Channel) {
	dead, undecided := c.Inbound.Dead+c.Outbound.Dead, c.Outbound.Undecided
	var what, remedy []string
	if dead > 0 {
		what, remedy = append(what, counted(dead, "1 message could not be delivered", "%d messages could not be delivered")), append(remedy, "perch traffic --state failed")
	}
	if undecided > 0 {
		what, remedy = append(what, counted(undecided, "1 message may have gone out", "%d messages may have gone out")), append(remedy, "perch traffic --state undecided")
	}
	if len(what) > 0 {
		j.add(Condition{
			Side: SideMessages, Channel: c.Name, Level: NeedsYou, Count: dead + undecided, What: strings.Join(what, ", "),
			Remedy: "look at them and decide: " + strings.Join(remedy, ", "),
		})
	}
}

func (j *judge) backup(b Backup) {
	if b.Error == "" {
		return
	}
	level := NeedsYou
	if b.Failure != nil && b.Failure.Kind == string(bridge.Temporary) {
		level = Healing
	}
	j.link(SideBackup, "", Link{Detail: b.Error, Failure: b.Failure, RetryAt: b.RetryAt}, level)
}

// gap tells of the latest gap of which something could not be fetched afterwards.
func (j *judge) gap(gaps []Gap) {
	if len(gaps) == 0 {
		return
	}
	last := gaps[len(gaps)-1]
	if last.Lost == "" || j.now.Sub(last.To).Abs() >= gapShown {
		return
	}
	from, to := last.From, last.To
	j.add(Condition{
		Side: SideGap, Channel: last.Channel, Level: Note, What: "X could not give afterwards: " + last.Lost, Since: &from, Until: &to,
		Remedy: "look on x.com for messages of that time",
	})
}

// isFresh reports whether something has begun a moment ago. What has begun in the future did so before the clock was set back.
func (j *judge) isFresh(since *time.Time) bool {
	return since != nil && j.now.Sub(*since).Abs() < settles
}

// whereToLook is where people find out more when a side gives no advice of its own.
func whereToLook(c Condition) string {
	if c.Side == SideChat {
		return "find out more with: perch chat status --channel " + c.Channel
	}
	return "find out more with: perch doctor"
}

// add takes a condition in. Where there is nothing to do, nobody is needed, and what was to be tried by now is being tried.
func (j *judge) add(c Condition) {
	if strings.HasPrefix(c.Remedy, "nothing to do:") || c.Remedy == "nothing to do" {
		c.Remedy = ""
		if c.Level == NeedsYou && c.Side != SideJournal {
			c.Level = Healing
		}
	}
	if c.Level == NeedsYou && c.Remedy == "" {
		c.Remedy = whereToLook(c)
	}
	if c.RetryAt != nil && !c.RetryAt.After(j.now) {
		c.RetryAt = nil
	}
	j.found = append(j.found, c)
}

// partsOf is what is wrong and what to do, by the failure where there is one.
func partsOf(f *Failure, detail string) (what, remedy string) {
	if f != nil {
		return f.Message, f.Remedy
	}
	for _, between := range []string{". ", "; "} {
		if what, remedy, found := strings.Cut(detail, between); found {
			return what, remedy
		}
	}
	return detail, ""
}

// counted chooses the sentence for one or for many.
func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}
