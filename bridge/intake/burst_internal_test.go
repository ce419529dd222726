package intake

import (
	"testing"
	"time"
)

func TestABurstIsTold(t *testing.T) {
	at := time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		posts, waiting int
		every          time.Duration
		want           bool
	}{
		"nothing":             {0, 0, 0, false},
		"fifty a second":      {100, 1, 20 * time.Millisecond, false},
		"a few at once":       {7, 0, 0, false},
		"thousands a second":  {100, 0, 100 * time.Microsecond, true},
		"a disk that is slow": {4, 4, time.Second, true},
	} {
		var b burst
		now := at
		for i := range tc.posts {
			now = at.Add(time.Duration(i) * tc.every)
			b.begin(now)
		}
		for range tc.posts - tc.waiting {
			b.end()
		}
		if got := b.isOn(now); got != tc.want {
			t.Errorf("%s: %v", name, got)
		}
		if tc.waiting == 0 && b.isOn(now.Add(time.Second)) {
			t.Errorf("%s: it never ends", name)
		}
	}
}
