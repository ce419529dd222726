package sqlite

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

func billsOf(t *testing.T, s *Store) map[bridge.BillKey]int {
	t.Helper()
	bills, err := s.Bills(t.Context(), 0, bridge.BillDay(time.Now().AddDate(10, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[bridge.BillKey]int{}
	for _, b := range bills {
		all[b.BillKey] = b.N
	}
	return all
}

func TestBillsAreCountedWithWhatTheyAreFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perch.db")
	s := open(t, path)
	received := inbound("ann", "1")
	received.Billed = bridge.BilledDM
	again, free := inbound("ann", "1"), inbound("ann", "2")
	again.Billed = bridge.BilledDM
	put(t, s, received, again, free)
	key := bridge.BillKey{Day: bridge.BillDay(received.ReceivedAt), Channel: "c", Kind: bridge.BilledDM}
	if diff := cmp.Diff(map[bridge.BillKey]int{key: 1}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}

	if _, _, err := s.Add(t.Context(), outbound("7"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	sent := claim(t, s, "c/out/dm")[0]
	sent.State, sent.DeliveredAt = bridge.Delivered, time.Now()
	result := bridge.Result{Delivery: sent, Billed: []bridge.BilledKind{bridge.BilledDMSent}, Attempt: bridge.Attempt{At: time.Now(), Outcome: bridge.Delivered}}
	s.before = func() error { return errors.New("the disk is full") }
	if err := s.Finish(t.Context(), result); err == nil {
		t.Fatal("a full disk took it")
	}
	s.before = nil
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

func TestBillsAddUpAndOldOnesGo(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "perch.db"))
	today := bridge.BillKey{Day: bridge.BillDay(time.Now()), Channel: "c", Kind: bridge.BilledUserRead}
	old := today
	old.Day -= 4 * 366
	for range 2 {
		if err := s.AddBills(t.Context(), map[bridge.BillKey]int{today: 3, old: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 6, old: 2}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
	if err := s.Prune(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[bridge.BillKey]int{today: 6}, billsOf(t, s)); diff != "" {
		t.Error(diff)
	}
}
