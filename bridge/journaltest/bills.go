package journaltest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

func billsGoWithWhatTheyAreFor(t *testing.T, place Place) {
	s := journal(t, place)
	received := Inbound("ann", "1")
	received.Billed = bridge.BilledDM
	again, free := Inbound("ann", "1"), Inbound("ann", "2")
	again.Billed = bridge.BilledDM
	Put(t, s, received, again, free)
	key := bridge.BillKey{Day: bridge.BillDay(received.ReceivedAt), Channel: "c", Kind: bridge.BilledDM}
	if diff := cmp.Diff(map[bridge.BillKey]int{key: 1}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	Add(t, s, Outbound("7"))
	sent := Claim(t, s, LaneDM)[0]
	sent.State, sent.DeliveredAt = bridge.Delivered, time.Now()
	result := bridge.Result{Delivery: sent, Billed: []bridge.BilledKind{bridge.BilledDMSent}, Attempt: bridge.Attempt{At: time.Now(), Outcome: bridge.Delivered}}
	if b, ok := s.(Breakable); ok {
		b.Break(isFull)
		if err := s.Finish(t.Context(), result); err == nil {
			t.Fatal("a full disk took it")
		}
		b.Break(nil)
	}
	for range 2 { // a result that is recorded twice is one of one message
		if err := s.Finish(t.Context(), result); err != nil {
			t.Fatal(err)
		}
	}
	sentKey := key
	sentKey.Day, sentKey.Kind = bridge.BillDay(sent.DeliveredAt), bridge.BilledDMSent
	if n := billsOf(t, s)[sentKey]; n != 1 {
		t.Errorf("%d were counted as sent, want 1", n)
	}
}

func billsAddUp(t *testing.T, place Place) {
	s := journal(t, place)
	today := bridge.BillKey{Day: bridge.BillDay(time.Now()), Channel: "c", Kind: bridge.BilledUserRead}
	old, kept, other := today, today, today
	old.Day -= 4 * 366
	kept.Day -= bridge.BillDay(time.Unix(0, 0).Add(keepBills)) - 1
	other.Channel = "a"
	for range 2 {
		if err := s.AddBills(t.Context(), map[bridge.BillKey]int{today: 3, old: 1, other: 2}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Billed: map[bridge.BillKey]int{today: 1, kept: 5}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 7, old: 2, other: 4, kept: 5}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	bills, err := s.Bills(t.Context(), kept.Day, today.Day)
	if diff := cmp.Diff([]bridge.Bill{{BillKey: kept, N: 5}, {BillKey: other, N: 4}, {BillKey: today, N: 7}}, bills); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if err := s.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 7, other: 4, kept: 5}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
}
