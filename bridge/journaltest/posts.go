package journaltest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"perch/bridge"
)

var ofPosts = []guarantee{
	{"are read in order until they are taken apart", postsAreReadUntilTakenApart},
	{"come back byte for byte", postsComeBackByteForByte},
	{"of replies are none to be taken apart", postsOfRepliesAreNotTakenApart},
	{"outlive a crash", postsOutliveACrash},
	{"are numbered on when all old ones are pruned", postsAreNumberedOn},
	{"are told with the time at which they were on disk", postsTellWhenTheyWereOnDisk},
	{"of many writers are each taken apart once, in order", postsOfManyWriters},
}

func postsAreReadUntilTakenApart(t *testing.T, place Place) {
	open := place(t)
	first := start(t, open)
	at := time.Now().Truncate(time.Millisecond)
	for i := range 5 {
		Keep(t, first, fmt.Sprint(i), at)
	}
	first.end(t)
	s := start(t, open)
	for range 2 { // to read is not to take apart
		posts, err := s.Unread(t.Context(), 3)
		if err != nil || len(posts) != 3 || string(posts[0].Body) != "0" || posts[0].Source != "x:c" || !posts[0].ReceivedAt.Equal(at) {
			t.Fatalf("Unread = %v, %v; want the 3 oldest", posts, err)
		}
	}
	if err := s.Unpack(t.Context(), Unread(t, s)[2].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // and over another end
		if rest := Unread(t, s); len(rest) != 2 || string(rest[0].Body) != "3" || string(rest[1].Body) != "4" || rest[1].Seq <= rest[0].Seq {
			t.Fatalf("Unread = %v; want what was not taken apart", rest)
		}
		s.end(t)
		s = start(t, open)
	}
}

func postsComeBackByteForByte(t *testing.T, place Place) {
	s := journal(t, place)
	bodies := [][]byte{{}, []byte("{\"text\":\"\x00\\u0000 \xff\xfe è 😀\"}\n"), bytes.Repeat([]byte("long "), 200_000)}
	for _, body := range bodies {
		Keep(t, s, string(body), time.Now())
	}
	posts := Unread(t, s)
	if len(posts) != len(bodies) {
		t.Fatalf("%d posts are there, want %d", len(posts), len(bodies))
	}
	if err := s.Unpack(t.Context(), posts[len(posts)-1].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	for i, body := range bodies {
		p, found, err := s.Source(t.Context(), posts[i].Seq)
		if !bytes.Equal(posts[i].Body, body) || err != nil || !found || !bytes.Equal(p.Body, body) {
			t.Errorf("%d bytes came back as %d, and as %d later, %v, %v", len(body), len(posts[i].Body), len(p.Body), found, err)
		}
	}
}

// What an agent has sent stands between those of X, and hides none.
func postsOfRepliesAreNotTakenApart(t *testing.T, place Place) {
	open := place(t)
	first := start(t, open)
	Keep(t, first, "taken apart", time.Now())
	if err := first.Unpack(t.Context(), Unread(t, first)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	Add(t, first, Outbound("r1"))
	Keep(t, first, "waits", time.Now())
	Add(t, first, Outbound("r2"))
	first.end(t)
	s := start(t, open)
	if posts := Unread(t, s); len(posts) != 1 || string(posts[0].Body) != "waits" {
		t.Fatalf("unread are %v", posts)
	}
	Keep(t, s, "new", time.Now())
	if err := s.Unpack(t.Context(), Unread(t, s)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if posts := Unread(t, s); len(posts) != 1 || string(posts[0].Body) != "new" {
		t.Errorf("then %v", posts)
	}
}

// A crash leaves what was kept and not taken apart; what an agent has sent meanwhile does not hide it.
func postsOutliveACrash(t *testing.T, place Place) {
	open := place(t)
	crashed := start(t, open)
	Keep(t, crashed, "1", time.Now())
	Keep(t, crashed, "2", time.Now())
	if err := crashed.Unpack(t.Context(), Unread(t, crashed)[0].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	reply := Add(t, crashed, Outbound("r1"))
	crashed.crash(t)
	s := start(t, open)
	Keep(t, s, "3", time.Now())
	posts := Unread(t, s)
	if len(posts) != 2 || string(posts[0].Body) != "2" || string(posts[1].Body) != "3" || posts[1].Seq <= reply.Post {
		t.Errorf("unread are %v", posts)
	}
}

// A number that came twice would be taken for one that was taken apart already, and its post never be read.
func postsAreNumberedOn(t *testing.T, place Place) {
	open := place(t)
	first := start(t, open)
	for range 3 {
		Keep(t, first, "old", time.Now())
	}
	old := Unread(t, first)
	if err := first.Unpack(t.Context(), old[2].Seq, bridge.Unpacked{}); err != nil {
		t.Fatal(err)
	}
	if err := first.Prune(t.Context(), time.Now().Add(2*keepPosts)); err != nil {
		t.Fatal(err)
	}
	if _, found, err := first.Source(t.Context(), old[0].Seq); found || err != nil {
		t.Errorf("nothing was pruned, %v", err)
	}
	for _, s := range []*running{first, nil} {
		if s == nil {
			first.end(t)
			s = start(t, open)
		}
		Keep(t, s, "new", time.Now())
		posts := Unread(t, s)
		if len(posts) != 1 || string(posts[0].Body) != "new" || posts[0].Seq <= old[2].Seq {
			t.Fatalf("what came in after a quiet time is not read: %v", posts)
		}
		if err := s.Unpack(t.Context(), posts[0].Seq, bridge.Unpacked{}); err != nil {
			t.Fatal(err)
		}
	}
}

func postsTellWhenTheyWereOnDisk(t *testing.T, place Place) {
	s := journal(t, place)
	before := time.Now().Truncate(time.Millisecond)
	Keep(t, s, `{"one":1}`, before)
	after := time.Now()
	post := Unread(t, s)[0]
	d := Inbound("ann", "1")
	d.Post = post.Seq
	if err := s.Unpack(t.Context(), post.Seq, bridge.Unpacked{Deliveries: []*bridge.Delivery{d}}); err != nil {
		t.Fatal(err)
	}
	stored, err := s.Get(t.Context(), d.ID)
	if err != nil || stored.Post != post.Seq {
		t.Fatalf("the message came with post %d, %v; want %d", stored.Post, err, post.Seq)
	}
	got, found, err := s.Source(t.Context(), stored.Post)
	if err != nil || !found || string(got.Body) != `{"one":1}` || got.Source != "x:c" || got.Seq != post.Seq || !got.ReceivedAt.Equal(before) {
		t.Fatalf("Source = %+v, %v, %v", got, found, err)
	}
	if got.KeptAt.Before(before) || got.KeptAt.After(after) {
		t.Errorf("on disk at %v, which is not between %v and %v", got.KeptAt, before, after)
	}
	reply, _, err := s.Add(t.Context(), Outbound("m1"), []byte(`{"two":2}`))
	if err != nil {
		t.Fatal(err)
	}
	Put(t, s) // a journal may write down with the next commit when the one before was on disk
	if got, found, err = s.Source(t.Context(), reply.Post); err != nil || !found || string(got.Body) != `{"two":2}` || got.KeptAt.IsZero() || got.Source != "motion:c" {
		t.Errorf("Source of a reply = %+v, %v, %v", got, found, err)
	}
	if _, found, err = s.Source(t.Context(), 4711); found || err != nil {
		t.Errorf("a post that is not there: %v, %v", found, err)
	}
}
