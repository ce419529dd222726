package engine_test

import (
	"slices"
	"testing"
	"time"

	"perch/bridge/xchat"
)

func (c *fakeChat) paid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served
}

func TestAnEncryptedMessageThatWaitsCostsLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.chat.set(func(c *fakeChat) { c.hideChanges = true })
		for range 60 {
			r.chat.write(xchat.Draft{Text: "earlier"})
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "no key"}), ""))
		r.until("the notices", 30*time.Minute, func() bool { return len(r.motion.bodies()) == 61 })
		time.Sleep(time.Hour)
		before := r.chat.paid()
		time.Sleep(4 * time.Hour)
		if n := r.chat.paid() - before; n > 60 {
			t.Errorf("%d events were paid for within hours in which nothing happened", n)
		}
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "with the key"}), change))
		r.until("all opened", time.Hour, func() bool { return len(r.motion.bodies()) == 123 })
	})
}

// Somebody's record that never appears is not asked for all the time.
func TestARecordThatIsMissingCostsLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		change := r.chat.begin()
		r.chat.set(func(c *fakeChat) { delete(c.records, customerID) })
		r.receive(chatBody(r.chat.write(xchat.Draft{Text: "who am I?"}), change))
		r.untilBodies(1)
		time.Sleep(3 * time.Hour)
		before := r.chat.called("records")
		time.Sleep(6 * time.Hour)
		if n := r.chat.called("records") - before; n > 50 {
			t.Errorf("X was asked %d times within hours", n)
		}
	})
}

// Conversations of which X does not tell when they changed.
func TestConversationsWithoutATimeCostLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for range 20 {
			r.receive(chatBody(r.chat.write(xchat.Draft{Text: "more"}), ""))
		}
		r.untilBodies(21)
		r.chat.set(func(c *fakeChat) { c.noTimes = true })
		time.Sleep(time.Hour)
		before := r.chat.paid()
		time.Sleep(6 * time.Hour)
		if n := r.chat.paid() - before; n > 75 {
			t.Errorf("%d events of one silent conversation were paid for within hours", n)
		}
	})
}

func TestRequestsOfStrangersCostLittle(t *testing.T) {
	inChat(t, func(t *testing.T, r *rig) {
		r.talked()
		for range 20 {
			r.receive(chatBody(r.chat.write(xchat.Draft{Text: "more"}), ""))
		}
		r.untilBodies(21)
		r.chat.set(func(c *fakeChat) { c.requests = true })
		time.Sleep(time.Hour)
		before := r.chat.paid()
		time.Sleep(24 * time.Hour)
		if n := r.chat.paid() - before; n > 300 {
			t.Errorf("%d events were paid for within a day", n)
		}
		r.chat.write(xchat.Draft{Text: "as a stranger"})
		r.until("it", 2*time.Hour, func() bool { return slices.Contains(r.motion.bodies(), "as a stranger") })
	})
}
