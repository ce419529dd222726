package journaltest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/bridge"
)

// With a clock that jumps.
func timesBoundExactly(t *testing.T, place Place) {
	s := journal(t, place)
	random := rand.New(rand.NewPCG(3, 4))
	began := time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC) // the clocks are put back in that night
	at := began
	when := map[string]time.Time{}
	for i := range 400 {
		at = at.Add(time.Duration(random.IntN(40)) * time.Minute)
		if random.IntN(50) == 0 {
			at = at.Add(time.Duration(random.IntN(200)-100) * time.Hour)
		}
		d := Inbound(fmt.Sprint(i%9), fmt.Sprint(i))
		d.ReceivedAt = at.Truncate(time.Millisecond)
		when[d.XID] = d.ReceivedAt
		Put(t, s, d)
	}
	index(t, s)
	for range 200 {
		f := bridge.Filter{Limit: 1000, Since: began.Add(time.Duration(random.IntN(300*60)-3000) * time.Minute)}
		if random.IntN(3) > 0 {
			f.Until = f.Since.Add(time.Duration(random.IntN(5000)) * time.Minute)
		}
		if random.IntN(3) == 0 {
			f.Since = time.Time{}
		}
		if random.IntN(2) == 0 {
			f.Search = "text of 1"
		}
		lookThrough(s, 1+random.IntN(50))
		want := []string{}
		for i := 399; i >= 0; i-- {
			id := fmt.Sprint(i)
			if is := when[id]; !is.Before(f.Since) && (f.Until.IsZero() || is.Before(f.Until)) && (f.Search == "" || strings.HasPrefix(id, "1")) {
				want = append(want, id)
			}
		}
		if got := Find(t, s.List, f); !slices.Equal(got, want) {
			t.Fatalf("%+v finds %v, want %v", f, got, want)
		}
	}
}

func listsGoByPages(t *testing.T, place Place) {
	s := journal(t, place)
	var all []*bridge.Delivery
	for i := range 120 {
		all = append(all, Inbound(fmt.Sprint("p", i%7), fmt.Sprint("x", i)))
	}
	Put(t, s, all...)
	for _, c := range []struct {
		f           bridge.Filter
		first, last int // newest and oldest
	}{
		{bridge.Filter{}, 119, 20},
		{bridge.Filter{Limit: 3}, 119, 117},
		{bridge.Filter{Limit: 1000}, 119, 0},
		{bridge.Filter{Limit: 3, Before: all[50].ID}, 49, 47},
		{bridge.Filter{After: all[117].ID}, 119, 118},
		{bridge.Filter{Limit: 3, After: all[10].ID}, 119, 117},
		{bridge.Filter{Before: all[15].ID, After: all[10].ID}, 14, 11},
		{bridge.Filter{XID: "x7"}, 7, 7},
		{bridge.Filter{XID: "x7", Channel: "c", Direction: bridge.In}, 7, 7},
	} {
		want := []string{}
		for i := c.first; i >= c.last; i-- {
			want = append(want, all[i].XID)
		}
		if got := Find(t, s.List, c.f); !slices.Equal(got, want) {
			t.Errorf("%+v finds %v, want %v", c.f, got, want)
		}
	}
	for _, f := range []bridge.Filter{{XID: "x7", Channel: "d"}, {XID: "x"}, {Before: all[0].ID}, {After: all[119].ID}, {Channel: "none"}} {
		if got := Find(t, s.List, f); len(got) != 0 {
			t.Errorf("%+v finds %v", f, got)
		}
	}
}
