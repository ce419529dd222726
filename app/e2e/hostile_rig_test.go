package e2e

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
)

const (
	// goodWithin is how long the next good message may take, and answerWithin an answer of the control API.
	goodWithin   = 5 * time.Second
	answerWithin = 3 * time.Second
	// meetWithin is how long a variation may take to meet its oddity, and restWithin for what it touched to come to rest.
	meetWithin, restWithin = 4 * time.Second, 3 * time.Second
	// finalWithin is how long what is to be tried again may take to be through: longer than the second attempt and the
	// looks for a lost answer.
	finalWithin = 60 * time.Second
	// showMost is how many messages of a variation are looked at.
	showMost = 6
	// commandsEvery is after how many variations the real commands are run, too.
	commandsEvery = 60
	// longestWait is the furthest that anything may be put off because X or Motion said so.
	longestWait = 24*time.Hour + time.Minute
)

// hostileRig is a relay that is used for one variation after another.
type hostileRig struct {
	*box
	profile hostileProfile
	book    *hostileBook
	client  *control.Client
	count   int
	good    int
	// waiting are variations of which something is still to be tried again.
	waiting []*hostileRun
	// seenX and seenMotion count the violations that were reported.
	seenX, seenMotion int
	knownFiles        map[int]bool
	isEnding          bool
	// forgot is when the journal was last taken away.
	forgot time.Time
}

func newHostileRig(t *testing.T, p hostileProfile, book *hostileBook) *hostileRig {
	t.Helper()
	b := newBox(t, func(b *box) {
		b.api, b.family, b.mode, b.mayFault = p.api, p.family, p.mode, true
		if p.isRegistered {
			b.port = freePort(t)
			b.public = "http://127.0.0.1:" + b.port + "/api/messages"
		}
	})
	if p.isRegistered && p.api == "v1.1" {
		b.write(b.home+"/perch.toml", strings.Replace(b.configuration(), `api = "v1.1"`, "api = \"v1.1\"\nenvironment = \"prod\"", 1))
	}
	b.x.Change(func(o *sim.XOptions) { o.KeepAlive, o.Retries = time.Second, []time.Duration{} })
	for _, endpoint := range []string{
		"dm.send", "dm.events", "post.create", "posts.get", "posts.own", "mentions", "users.me", "users.id", "users.by_handle", "media.upload", "media.oneshot",
		"media.status", "media.get", "webhooks", "activity.subscriptions", "activity.stream", "subscriptions", "subscriptions.list",
	} {
		b.x.SetLimit(endpoint, 10_000_000, 15*time.Minute)
		b.x.SetLimit(endpoint, 10_000_000, 24*time.Hour)
	}
	r := &hostileRig{box: b, profile: p, book: book, knownFiles: map[int]bool{}}
	home, err := config.FindHome(b.home)
	if err != nil {
		t.Fatal(err)
	}
	r.client = control.NewClient(home.Socket())
	t.Cleanup(r.client.Close)
	r.start()
	r.ready()
	return r
}

// ready waits until messages come in.
func (r *hostileRig) ready() bool {
	if r.mode == "webhook" && !r.profile.isRegistered {
		return true
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if s, err := r.client.Status(r.t.Context()); err == nil && s.Reach.State == "connected" {
			return true
		}
		_ = r.client.Resume(r.t.Context())
	}
	return false
}

// renew ends the relay and starts it again; without the journal it knows nothing of before.
func (r *hostileRig) renew(keepJournal bool) {
	r.book.mu.Lock()
	r.book.renewed++
	r.book.mu.Unlock()
	r.x.Calm()
	r.motion.Calm()
	r.x.ClearFaults()
	r.motion.ClearFaults()
	if !keepJournal {
		r.settleAll(time.Second)
		r.kill(syscall.SIGKILL)
		files, _ := filepath.Glob(filepath.Join(r.home, "perch.db*"))
		for _, f := range files {
			_ = os.Remove(f)
		}
		r.forgot = time.Now()
	} else {
		r.kill(os.Interrupt)
	}
	r.client.Close()
	r.start()
	if !r.ready() {
		r.book.fail(classLost, r.profile.name)
	}
}

// work takes variations until there are none, and then waits for what is still under way.
func (r *hostileRig) work(runs <-chan *hostileRun) {
	for run := range runs {
		r.count++
		r.run(run)
		r.settleSome()
	}
	r.settleAll(finalWithin)
}

// run does one variation from the oddity to the next good message.
func (r *hostileRig) run(run *hostileRun) {
	run.began = time.Now()
	r.x.AddPerson(run.customer)
	run.before = r.newest()
	run.scene.play(r, run)
	lap := r.laps(run)
	defer lap("the rest")
	r.await(meetWithin, func() bool { run.struck = append(run.struck, r.met()...); return len(run.struck) > 0 })
	lap("to meet")
	r.rest(run)
	lap("to rest")
	run.struck = append(append(run.struck, r.x.Calm()...), r.motion.Calm()...)
	r.x.ClearFaults()
	r.motion.ClearFaults()
	r.book.note(run)
	mustRenew, keep := r.look(run)
	if mustRenew && (keep || run.isPoll || run.isWay) { // somebody asked for a pause, so nothing can come in
		r.renew(keep)
		mustRenew = false
	}
	lap("to look")
	isDead := !r.goodIn(run)
	lap("good in")
	if run.isOut && !mustRenew && !isDead {
		isDead = !r.goodOut(run)
	}
	r.violations(run)
	r.verbose(run)
	r.waiting = append(r.waiting, run)
	if isDead || mustRenew {
		r.renew(false)
	}
}

// laps returns what writes down how long each part of a variation took.
func (r *hostileRig) laps(run *hostileRun) func(part string) {
	last := run.began
	return func(part string) {
		r.book.lap(run.scene.name+" "+part, time.Since(last))
		last = time.Now()
	}
}

// met returns what struck, leaving what is still set.
func (r *hostileRig) met() []hostile.Struck { return append(r.x.Met(), r.motion.Met()...) }

func (r *hostileRig) await(patience time.Duration, isDone func() bool) bool {
	for end := time.Now().Add(patience); ; time.Sleep(15 * time.Millisecond) {
		if isDone() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// newest is the number of the latest message.
func (r *hostileRig) newest() int64 {
	list, err := r.client.Messages(r.t.Context(), control.Query{Limit: 1})
	if err != nil || len(list) == 0 {
		return 0
	}
	return list[0].ID
}

// rest waits until what the oddity touched does not move any more, and notes which messages there are.
func (r *hostileRig) rest(run *hostileRun) {
	patience := restWithin
	if run.mayVanish() || run.isPoll {
		patience = 500 * time.Millisecond
	}
	r.await(patience, func() bool {
		list, err := r.client.Messages(r.t.Context(), control.Query{After: run.before, Limit: 50})
		if err != nil {
			return true // the look at the control API will tell
		}
		run.shown = nil
		for _, m := range list {
			run.shown = append(run.shown, m.ID)
		}
		return len(list) >= run.wanted() && !anyMoves(list)
	})
}

// wanted is how many messages there are to be: a reply that was refused at once is none.
func (run *hostileRun) wanted() int {
	n := 0
	for _, a := range run.aims {
		if told, isAnswered := a.told(); !a.isOut || !isAnswered || told.result.Status/100 != 4 {
			n++
		}
	}
	return n
}

func anyMoves(list []control.Message) bool {
	for _, m := range list {
		isDue := m.DueAt == nil || time.Until(*m.DueAt) < time.Second
		if m.State == "sending" || m.State == "queued" && m.Error == nil && isDue {
			return true
		}
	}
	return false
}

// answerOf asks the control API, within the time that an answer may take.
func answerOf[T any](r *hostileRig, ask func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(r.t.Context(), answerWithin)
	defer cancel()
	return ask(ctx)
}

// look asks the control API for everything that people look at, and reports whether the relay has to be started again
// because something is put off for good reason, and whether its journal may stay.
func (r *hostileRig) look(run *hostileRun) (mustRenew, keepJournal bool) {
	wasSending := r.isSending() // and so what the oddity did may shut a queue only after the look at the status
	status, err := answerOf(r, r.client.Status)
	r.complain(run, "status does not answer", err)
	_, err = answerOf(r, func(ctx context.Context) ([]control.Message, error) {
		return r.client.Messages(ctx, control.Query{Limit: 20})
	})
	r.complain(run, "traffic does not answer", err)
	limits, err := answerOf(r, r.client.Limits)
	r.complain(run, "limits does not answer", err)
	for _, id := range run.shown[:min(len(run.shown), showMost)] {
		_, err = answerOf(r, func(ctx context.Context) (control.Detail, error) { return r.client.Message(ctx, id) })
		r.complain(run, "show does not answer", err)
	}
	if r.count%commandsEvery == 0 {
		r.commands(run)
	}
	isBlocked := false
	if (run.isPoll || run.isWay) && slices.ContainsFunc(run.struck, func(s hostile.Struck) bool { return s.Status == http.StatusTooManyRequests }) {
		mustRenew, keepJournal = true, true // X asked for a pause, so nothing can come in
	}
	for _, c := range status.Channels {
		for _, b := range c.Blocked {
			isBlocked = true
			if b.Kind == "rate_limited" {
				mustRenew, keepJournal = true, strings.HasPrefix(b.Queue, "in")
				r.complainOfTime(run, "a queue is shut for too long", b.Until)
			}
		}
	}
	for _, l := range limits {
		for _, w := range l.Windows {
			r.complainOfTime(run, "a limit ends when nothing can", w.ResetAt)
			if w.Remaining <= 0 {
				mustRenew, keepJournal = true, false
			}
		}
	}
	if isBlocked || wasSending || r.mode != "webhook" || r.profile.isRegistered {
		r.complain(run, "resume does not answer", r.client.Resume(r.t.Context()))
	}
	return mustRenew, keepJournal
}

func (r *hostileRig) isSending() bool {
	list, err := answerOf(r, func(ctx context.Context) ([]control.Message, error) {
		return r.client.Messages(ctx, control.Query{State: "sending", Limit: 1})
	})
	return err != nil || len(list) > 0
}

func (r *hostileRig) complain(run *hostileRun, class string, err error) {
	if err != nil {
		r.fail(run, class, err.Error())
	}
}

func (r *hostileRig) complainOfTime(run *hostileRun, class string, at time.Time) {
	if at.Year() < 2006 || time.Until(at) > longestWait {
		r.fail(run, class, at.Format(time.RFC3339))
	}
}

// fail writes a failure down with all that is needed to see it again.
func (r *hostileRig) fail(run *hostileRun, class, detail string) {
	if isHostileAlone() {
		r.t.Errorf("seed %d: %s: what the relay has warned of:\n%s", run.seed, class, r.warnings())
	}
	r.book.doubt(run.seed)
	r.book.fail(class, fmt.Sprintf("seed %d (%s, %s): %s; %s", run.seed, r.profile.name, run.scene.name, run.words(), shortened(detail, 900)))
}

func shortened(s string, most int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// words tell what was odd.
func (run *hostileRun) words() string {
	if len(run.struck) == 0 {
		return "nothing odd was met at " + run.oddity.Endpoint
	}
	var all []string
	for _, s := range run.struck {
		all = append(all, fmt.Sprintf("%s %s: %s (carried out: %v)", s.Endpoint, s.Kind, shortened(s.Words, 200), s.Carried))
	}
	return strings.Join(all, "; ")
}
