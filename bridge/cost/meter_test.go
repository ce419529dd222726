package cost_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/cost"
	"perch/bridge/postlen"
)

// memory is a Store.
type memory struct {
	mu    sync.Mutex
	bills map[bridge.BillKey]int
	err   error
}

func (m *memory) AddBills(_ context.Context, bills map[bridge.BillKey]int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	for key, n := range bills {
		m.bills[key] += n
	}
	return nil
}

func (m *memory) Bills(_ context.Context, from, to int64) (list []bridge.Bill, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, n := range m.bills {
		if key.Day >= from && key.Day <= to {
			list = append(list, bridge.Bill{BillKey: key, N: n})
		}
	}
	return list, m.err
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = err
}

func (m *memory) count(kind bridge.BilledKind) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, of := range m.bills {
		if key.Kind == kind {
			n += of
		}
	}
	return n
}

// settings are a plan that changes while the meter runs.
type settings struct {
	mu   sync.Mutex
	plan cost.Plan
}

func (s *settings) get() cost.Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plan
}

func (s *settings) set(change func(*cost.Plan)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.plan)
}

// inMeter runs a meter, and gives it time to write down what do has made it count.
func inMeter(t *testing.T, plan *settings, work func(t *testing.T, m *cost.Meter, store *memory)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store := &memory{bills: map[bridge.BillKey]int{}}
		m := cost.NewMeter(store, plan.get, slog.New(slog.DiscardHandler), nil)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := m.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		defer running.Wait()
		defer cancel()
		synctest.Wait()
		work(t, m, store)
	})
}

func TestWhatIsReadAgainOnADayCountsOnce(t *testing.T) {
	inMeter(t, &settings{plan: cost.Plan{Prices: cost.Standard()}}, func(t *testing.T, m *cost.Meter, store *memory) {
		read, other := m.Reads("support"), m.Reads("sales")
		for range 3 {
			read(bridge.BilledDMRead, "1", "2")
			read(bridge.BilledUserRead, "1")
		}
		other(bridge.BilledDMRead, "1")
		read(bridge.BilledDMRead, "", "")
		read(bridge.BilledDMRead)
		time.Sleep(2 * time.Minute)
		if dms, users := store.count(bridge.BilledDMRead), store.count(bridge.BilledUserRead); dms != 5 || users != 1 {
			t.Errorf("%d messages and %d accounts, want 5 and 1", dms, users)
		}
		time.Sleep(24 * time.Hour)
		read(bridge.BilledUserRead, "1")
		time.Sleep(2 * time.Minute)
		if n := store.count(bridge.BilledUserRead); n != 2 {
			t.Errorf("%d accounts on two days, want 2", n)
		}
	})
}

func TestCountsWaitForAJournalThatCannotBeWritten(t *testing.T) {
	inMeter(t, &settings{plan: cost.Plan{Prices: cost.Standard()}}, func(t *testing.T, m *cost.Meter, store *memory) {
		store.fail(errors.New("the disk is full"))
		m.Reads("c")(bridge.BilledUserRead, "1")
		time.Sleep(5 * time.Minute)
		m.Reads("c")(bridge.BilledUserRead, "2")
		time.Sleep(5 * time.Minute)
		store.fail(nil)
		time.Sleep(2 * time.Minute)
		if n := store.count(bridge.BilledUserRead); n != 2 {
			t.Errorf("%d accounts, want 2", n)
		}
	})
}

func TestTheEndWritesDownWhatWasCounted(t *testing.T) {
	var kept *memory
	inMeter(t, &settings{plan: cost.Plan{Prices: cost.Standard()}}, func(_ *testing.T, m *cost.Meter, store *memory) {
		m.Reads("c")(bridge.BilledUserRead, "1")
		kept = store
	})
	if n := kept.count(bridge.BilledUserRead); n != 1 {
		t.Errorf("%d accounts, want 1", n)
	}
}

func TestLookUpsAreSavedOnlyWhenTheBudgetIsUsedUpAndItIsWished(t *testing.T) {
	plan := &settings{plan: cost.Plan{Prices: cost.Standard(), Budget: cost.Dollar}}
	inMeter(t, plan, func(t *testing.T, m *cost.Meter, _ *memory) {
		m.Poke()
		spend := func(n int) {
			for i := range n {
				m.Reads("c")(bridge.BilledUserRead, fmt.Sprint(time.Now().UnixNano(), i))
			}
			time.Sleep(2 * time.Minute)
		}
		for _, step := range []struct {
			spend, share int
			stop, want   bool
		}{{50, 50, true, false}, {49, 99, true, false}, {1, 100, false, false}, {0, 100, true, true}, {30, 130, true, true}} {
			plan.set(func(p *cost.Plan) { p.StopLookUps = step.stop })
			spend(step.spend)
			if s, ok := m.Spending(); !ok || s.Share != step.share || m.IsSaving() != step.want {
				t.Errorf("%+v: %+v, %v", step, s, ok)
			}
		}
		plan.set(func(p *cost.Plan) { p.Budget = 0 })
		m.Poke()
		time.Sleep(time.Second)
		if s, _ := m.Spending(); m.IsSaving() || s.Share != 0 {
			t.Errorf("without a budget: %+v", s)
		}
		plan.set(func(p *cost.Plan) { p.Budget = cost.Dollar })
		time.Sleep(40 * 24 * time.Hour)
		if s, _ := m.Spending(); m.IsSaving() || s.Spent != 0 {
			t.Errorf("in another month: %+v", s)
		}
	})
}

func TestALinkInAPublicReplyIsDear(t *testing.T) {
	t.Parallel()
	plan := cost.Plan{Prices: cost.Standard(), FlagLinks: true}
	p := cost.Policy{Plan: func() cost.Plan { return plan }, HasLink: postlen.HasLink}
	for text, want := range map[string]bridge.BilledKind{
		"Thank you": bridge.BilledReply, "see https://acme.com/a": bridge.BilledLinkReply, "see acme.com": bridge.BilledLinkReply, "it is 3.50 EUR.": bridge.BilledReply, "": bridge.BilledReply,
	} {
		d := &bridge.Delivery{Direction: bridge.Out, Kind: bridge.KindReply, Text: text}
		if got, note := p.Sent(d.Kind, d.Text), p.LinkNote(d); got != want || (note != "") != (want == bridge.BilledLinkReply) {
			t.Errorf("%q is %s, %q", text, got, note)
		}
	}
	d := &bridge.Delivery{Direction: bridge.Out, Kind: bridge.KindReply, Text: "acme.com"}
	if note := p.LinkNote(d); !strings.Contains(note, "0.20 USD instead of 0.01") {
		t.Errorf("%q", note)
	}
	for kind, want := range map[bridge.MessageKind]bridge.BilledKind{bridge.KindDM: bridge.BilledDMSent, bridge.KindChat: bridge.BilledChatSent, bridge.KindHide: bridge.BilledHide} {
		d := &bridge.Delivery{Direction: bridge.Out, Kind: kind, Text: "acme.com"}
		if got, note := p.Sent(d.Kind, d.Text), p.LinkNote(d); got != want || note != "" {
			t.Errorf("%s is %s, %q", kind, got, note)
		}
	}
	plan.FlagLinks = false
	if note := p.LinkNote(d); note != "" {
		t.Errorf("%q", note)
	}
}
