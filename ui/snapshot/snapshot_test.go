package snapshot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/uitest"
)

var now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)

func TestStore(t *testing.T) {
	var s snapshot.Store
	put := func(id int64, state, text string) bool {
		return s.Put(control.Message{ID: id, State: state, Text: text, Direction: "in", Kind: "dm", Channel: "support"})
	}
	for _, id := range []int64{1, 2, 5, 3} {
		if !put(id, "queued", fmt.Sprintf("Text %d", id)) {
			t.Errorf("%d was there before", id)
		}
	}
	if put(3, "delivered", "Text 3") {
		t.Error("3 counts as new")
	}
	s.Update(control.Message{ID: 99, State: "queued"})
	ids := func(v snapshot.View) []int64 {
		var list []int64
		for _, m := range v.Rows {
			list = append(list, m.ID)
		}
		return list
	}
	tests := map[string]struct {
		filter   snapshot.Filter
		frozenAt int64
		want     []int64
		fresh    int
	}{
		"all": {want: []int64{5, 3, 2, 1}}, "state": {filter: snapshot.Filter{State: "queued"}, want: []int64{5, 2, 1}},
		"search": {filter: snapshot.Filter{Search: "tEXT 2"}, want: []int64{2}}, "direction": {filter: snapshot.Filter{Direction: "out"}},
		"frozen": {frozenAt: 2, want: []int64{2, 1}, fresh: 2}, "frozen and filtered": {filter: snapshot.Filter{State: "delivered"}, frozenAt: 1, fresh: 1},
		"channel": {filter: snapshot.Filter{Channel: "support", Kind: "dm"}, want: []int64{5, 3, 2, 1}},
	}
	for name, tt := range tests {
		v := s.View(tt.filter, tt.frozenAt)
		if diff := cmp.Diff(tt.want, ids(v)); diff != "" || v.New != tt.fresh {
			t.Errorf("%s: %s, %d new", name, diff, v.New)
		}
	}
	fresh := s.PutAll([]control.Message{{ID: 4}, {ID: 5, State: "dead"}, {ID: 4}})
	if len(fresh) != 1 || s.Len() != 5 || s.Oldest() != 1 || s.View(snapshot.Filter{State: "dead"}, 0).Rows[0].ID != 5 {
		t.Errorf("PutAll: %v, %d messages", fresh, s.Len())
	}
}

func TestStoreForgetsTheOldest(t *testing.T) {
	var s snapshot.Store
	for i := range int64(snapshot.MaxRows * 2) {
		s.Put(control.Message{ID: i + 1})
	}
	if s.Len() > snapshot.MaxRows*11/10 || s.Len() < snapshot.MaxRows || s.View(snapshot.Filter{}, 0).Rows[0].ID != snapshot.MaxRows*2 {
		t.Errorf("%d messages, oldest %d", s.Len(), s.Oldest())
	}
}

func TestMinutesAreInTheirPlaces(t *testing.T) {
	minute := func(before time.Duration, in, out int) control.Minute {
		return control.Minute{At: now.Add(-before).Truncate(time.Minute), In: in, Out: out}
	}
	c := snapshot.CountsOf([]control.Minute{
		minute(61*time.Minute, 7, 7), minute(59*time.Minute, 1, 0), minute(time.Minute, 0, 1), minute(0, 200_000, 0),
		minute(-5*time.Minute, 9, 9), // a clock that is ahead
	}, now)
	if c.In[59] != 200_000 || c.Out[58] != 1 || c.In[0] != 1 || c.Until.Minute() != 4 {
		t.Errorf("%+v", c)
	}
	sum := 0
	for i := range 60 {
		sum += c.In[i] + c.Out[i]
	}
	if sum != 200_002 {
		t.Errorf("%d counted", sum)
	}
}

// full is a store with as many messages as it keeps.
func full() *snapshot.Store {
	s := &snapshot.Store{}
	for i := range int64(snapshot.MaxRows) {
		s.Put(uitest.Random(i+1, now))
	}
	return s
}

func BenchmarkView(b *testing.B) {
	s := full()
	for name, f := range map[string]snapshot.Filter{"all": {}, "state": {State: "delivered", Direction: "in"}, "search": {Search: "no such thing"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.View(f, 0)
			}
		})
	}
}
