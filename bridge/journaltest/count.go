package journaltest

import (
	"testing"
	"time"

	"perch/bridge"
)

// whatIs holds the states of all messages, oldest first, to those that are wanted, and checks that the numbers agree.
func whatIs(t *testing.T, s Journal, want ...bridge.State) {
	t.Helper()
	list, err := s.List(t.Context(), bridge.Filter{})
	if err != nil || len(list) != len(want) {
		t.Fatalf("%d messages, %v; want %d", len(list), err, len(want))
	}
	numbers := map[bridge.State]int{}
	for i, state := range want {
		numbers[state]++
		d := list[len(list)-1-i]
		one, err := s.Get(t.Context(), d.ID)
		if err != nil || d.State != state || one.State != state {
			t.Errorf("message %d is %s in the list and %s alone, %v; want %s", d.ID, d.State, one.State, err, state)
		}
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range bridge.States() {
		n := 0
		for _, c := range counts {
			if c.State == state {
				n += c.N
			}
		}
		found, err := s.List(t.Context(), bridge.Filter{State: state})
		if err != nil || n != numbers[state] || len(found) != n {
			t.Errorf("%s: counted %d, listed %d, %v; want %d", state, n, len(found), err, numbers[state])
		}
	}
}

// countOf is how many messages of a kind are counted in a state.
func countOf(t *testing.T, s Journal, kind bridge.MessageKind, state bridge.State) (n int) {
	t.Helper()
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Kind == kind && c.State == state {
			n += c.N
		}
	}
	return n
}

// billsOf are all bills by what they are for.
func billsOf(t *testing.T, s Journal) map[bridge.BillKey]int {
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
