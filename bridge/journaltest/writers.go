package journaltest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"perch/bridge"
)

const (
	// writers keep postsEach posts each, side by side.
	writers   = 16
	postsEach = 40
)

// Each writer keeps one post after another while they are taken apart: none is passed over because it could be seen later than
// one with a greater number, none comes twice, and those of a writer come in their order.
func postsOfManyWriters(t *testing.T, place Place) {
	s := journal(t, place)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range postsEach {
				body := fmt.Sprintf("%d %d", w, i)
				if err := s.Keep(t.Context(), bridge.Post{ReceivedAt: time.Now(), Source: "x:c", Body: []byte(body)}); err != nil {
					t.Error(err)
				}
				if i%8 > 0 {
					continue
				}
				if _, _, err := s.Add(t.Context(), Outbound(body), []byte("{}")); err != nil { // an agent's, beside them
					t.Error(err)
				}
			}
		})
	}
	t.Cleanup(all.Wait)
	kept := make(chan struct{})
	go func() { all.Wait(); close(kept) }()
	next := map[int]int{}
	for isLast := false; ; {
		select {
		case <-kept:
			isLast = true // what is unread from here on is all that is left
		default:
		}
		posts, err := s.Unread(t.Context(), 50)
		if err != nil {
			t.Fatal(err)
		}
		if len(posts) == 0 && isLast {
			break
		}
		takeApart(t, s, posts, next)
	}
	for w := range writers {
		if next[w] != postsEach {
			t.Errorf("of writer %d came %d posts, want %d", w, next[w], postsEach)
		}
	}
	list, err := s.List(t.Context(), bridge.Filter{Direction: bridge.In, Limit: 2 * writers * postsEach})
	if err != nil || len(list) != writers*postsEach {
		t.Errorf("%d messages, %v; want %d", len(list), err, writers*postsEach)
	}
}

// takeApart unpacks posts, each a message. Their numbers grow, and may be smaller than those of others that were seen before.
func takeApart(t *testing.T, s Journal, posts []bridge.Post, next map[int]int) {
	t.Helper()
	if len(posts) == 0 {
		return
	}
	var out bridge.Unpacked
	last := int64(0)
	for _, p := range posts {
		var w, i int
		if _, err := fmt.Sscan(string(p.Body), &w, &i); err != nil || i != next[w] || p.Seq <= last {
			t.Fatalf("post %d is number %d of writer %d, %v; want number %d, and greater than %d", p.Seq, i, w, err, next[w], last)
		}
		next[w], last = i+1, p.Seq
		out.Deliveries = append(out.Deliveries, Inbound(fmt.Sprint(w), string(p.Body)))
	}
	if err := s.Unpack(t.Context(), last, out); err != nil {
		t.Fatal(err)
	}
}
