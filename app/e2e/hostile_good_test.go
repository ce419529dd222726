package e2e

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xstate"
)

// goodIn lets somebody new write an ordinary message, which has to arrive in time; false when it does not arrive at all.
func (r *hostileRig) goodIn(run *hostileRun) bool {
	if run.isWay && !r.ready() {
		r.fail(run, "the way in does not come back", "")
		return false
	}
	r.good++
	who := sim.Person{ID: fmt.Sprintf("8%015d", run.seed), Handle: fmt.Sprint("good_", run.seed), Name: "Good"}
	r.x.AddPerson(who)
	run.goodFrom, run.goodPost = who, ""
	if run.isPublic || run.seed%4 == 0 {
		run.goodPost = r.x.Post(who.ID, sim.Post{Text: "@acme_support good"})
	} else {
		r.x.DM(who.ID, brandID, sim.Message{Text: "good"})
	}
	began := time.Now()
	poke := began
	arrived := r.await(3*goodWithin, func() bool {
		if r.mode != "webhook" && time.Since(poke) > 500*time.Millisecond {
			poke = time.Now()
			_ = r.client.Resume(r.t.Context())
		}
		run.goodInteraction = r.motion.Open(who.Handle, run.goodPost)
		return run.goodInteraction != 0
	})
	took := time.Since(began)
	if arrived {
		r.book.arrived(took)
	}
	if !arrived || took > goodWithin {
		r.fail(run, fmt.Sprintf("the next good message does not arrive within 5 s (arrives later: %v)", arrived), r.trouble())
	}
	return arrived
}

// trouble is what status says.
func (r *hostileRig) trouble() string {
	s, err := r.client.Status(r.t.Context())
	if err != nil {
		return err.Error()
	}
	words := s.State + " " + s.Reach.State + " " + s.Reach.Detail
	for _, c := range s.Channels {
		words += fmt.Sprintf(" x=%s %q motion=%s %q queued=%d", c.X.State, c.X.Detail, c.Motion.State, c.Motion.Detail, c.Inbound.Queued)
		for _, b := range c.Blocked {
			words += fmt.Sprintf(" blocked %s %s until %s", b.Queue, b.Cause, b.Until.Format(time.RFC3339))
		}
	}
	return words
}

// goodOut answers the good message, which has to reach X in time.
func (r *hostileRig) goodOut(run *hostileRun) bool {
	text := fmt.Sprint("good answer ", run.seed)
	done := make(chan answered, 1)
	go func() {
		result, err := r.motion.Reply(r.t.Context(), run.goodInteraction, motionsim.Reply{Text: text})
		done <- answered{result, err}
	}()
	began := time.Now()
	arrived := r.await(2*goodWithin, func() bool { dms, posts := r.atX(text); return len(dms)+len(posts) > 0 })
	if took := time.Since(began); !arrived || took > goodWithin {
		r.fail(run, fmt.Sprintf("the next good reply does not reach X within 5 s (reaches it later: %v)", arrived), r.trouble())
	}
	a := <-done
	if arrived && a.result.Status != 200 {
		r.fail(run, "a good reply reached X, but Motion was told otherwise", fmt.Sprintf("%+v %v", a.result, a.err))
	}
	return arrived
}

// atX is what X holds of a text.
func (r *hostileRig) atX(text string) (dms, posts []xstate.Sent) {
	for _, d := range r.x.SentDMs() {
		if strings.Contains(d.Text, text) {
			dms = append(dms, d)
		}
	}
	for _, p := range r.x.SentPosts() {
		if strings.Contains(p.Text, text) {
			posts = append(posts, p)
		}
	}
	return dms, posts
}

// violations reports requests of Perch that X or Motion could never take.
func (r *hostileRig) violations(run *hostileRun) {
	x, m := r.x.Violations(), r.motion.Violations()
	for _, v := range append(slices.Clone(x[r.seenX:]), m[r.seenMotion:]...) {
		// Only Enterprise apps have the one, so the simulator does not; the other is a part that was taken by something else.
		if strings.Contains(v, "/2/account_activity/") || strings.Contains(v, ": 0 bytes came") {
			continue
		}
		r.fail(run, "Perch made a request that nobody can take", v)
	}
	r.seenX, r.seenMotion = len(x), len(m)
}
