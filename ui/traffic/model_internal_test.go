package traffic

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/translation"
	"perch/ui/uitest"
)

var (
	now = time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)
	en  = translation.New("en")
)

func TestRows(t *testing.T) {
	var got []string
	for _, m := range uitest.Messages(now) {
		r := makeRow(&m, now, en)
		if r.KindIcon == "" || r.State == "" || r.Who == "" {
			t.Errorf("%+v", r)
		}
		if m.State != "delivered" {
			got = append(got, strings.Join([]string{r.Time, r.Who, r.Kind, r.Text, r.State, r.Took}, "|"))
		}
	}
	want := []string{
		"14:55:05|@iris_v|Direct message|Your refund is on its way.|Failed|",
		"14:58:05|@jonas_p|Direct message|We have sent you a new password link.|Undecided|",
		"15:00:05|@kim_lo|Direct message|1 file: unboxing.mp4|Failed · 7×|",
		"15:03:25|@bo_berg|Public reply|@bo_berg Version 4.2.1 mends it, it is in the store now.|Waiting|",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func mustFind(t *testing.T, who, state string) control.Detail {
	t.Helper()
	for _, m := range uitest.Messages(now) {
		if (m.From == who || m.To == who) && m.State == state {
			return uitest.Detail(m)
		}
	}
	t.Fatalf("no message of %s is %s", who, state)
	return control.Detail{}
}

func TestDetail(t *testing.T) {
	dead := makeDetail(mustFind(t, "iris_v", "dead"), now, en)
	if dead.Title != "Direct message to @iris_v" || dead.Problem != "X does not let this account send the customer a direct message." || dead.Remedy == "" {
		t.Errorf("%+v", dead)
	}
	if diff := cmp.Diff([]string{"retry", "edit", "discard"}, dead.Acts); diff != "" {
		t.Error(diff)
	}
	steps := func(d detail) []string {
		var list []string
		for _, s := range d.Steps {
			list = append(list, s.Title+" "+s.Took)
		}
		return list
	}
	if diff := cmp.Diff([]string{"Received from Motion ", "On disk after 3 ms", "Attempt 1: Failed after 5 ms, took 412 ms"}, steps(dead)); diff != "" {
		t.Error(diff)
	}
	unknown := makeDetail(mustFind(t, "jonas_p", "undecided"), now, en)
	if diff := cmp.Diff([]string{"sent", "resend", "discard"}, unknown.Acts); diff != "" {
		t.Error(diff)
	}
	waiting := makeDetail(mustFind(t, "bo_berg", "queued"), now, en)
	if diff := cmp.Diff([]string{"Received from Motion ", "On disk after 3 ms", "Next attempt in 7 min 00 s"}, steps(waiting)); diff != "" {
		t.Error(diff)
	}
	well := mustFind(t, "annlee", "delivered")
	d := makeDetail(well, now, en)
	if len(d.Acts) != 0 || !strings.Contains(d.Payloads[0].JSON, "\n  \"for_user_id\": ") || !strings.Contains(d.Payloads[1].JSON, "accounts/5/notify\n{") || d.Steps[len(d.Steps)-1].Title != "Delivered to Motion" {
		t.Errorf("%+v", d)
	}
	deferred := well
	deferred.State, deferred.DeliveredAt = "queued", nil
	deferred.History = []control.Attempt{{At: now, Outcome: "queued", Kind: "rate_limited", Message: "X's limit is used up"}, {At: now, Outcome: "discarded"}}
	if diff := cmp.Diff([]string{"Waits, not counted as an attempt", "Discarded by a person", "Under way"}, func() []string {
		var list []string
		for _, s := range makeDetail(deferred, now, en).Steps[2:] {
			list = append(list, s.Title)
		}
		return list
	}()); diff != "" {
		t.Error(diff)
	}
}

func TestFilesOfAMessage(t *testing.T) {
	m := control.Message{Direction: "out", Media: []control.Media{
		{Type: "photo"},
		{Type: "image/jpeg", Name: "a.jpg", Bytes: 1234},
		{Type: "video/mp4", Name: "b.mp4", Bytes: 31_457_280},
		{Type: "file", Name: "offer.PNG"},
		{Type: "file", Name: "terms.pdf"},
		{Type: "animated_gif", Name: "c.mp4"},
		{Type: "image/svg+xml", Name: "d.svg"},
	}}
	want := []file{
		{N: 0, Name: "File 1", About: "photo", IsPicture: true},
		{N: 1, Name: "a.jpg", About: "image/jpeg · 1 kB", IsPicture: true},
		{N: 2, Name: "b.mp4", About: "video/mp4 · 31.5 MB"},
		{N: 3, Name: "offer.PNG", About: "not fetched yet", IsPicture: true},
		{N: 4, Name: "terms.pdf", About: "not fetched yet"},
		{N: 5, Name: "c.mp4", About: "animated_gif"},
		{N: 6, Name: "d.svg", About: "image/svg+xml"},
	}
	if diff := cmp.Diff(want, makeDetail(control.Detail{Message: m}, now, en).Files); diff != "" {
		t.Error(diff)
	}
}

func TestPayloadsOfAMessage(t *testing.T) {
	in, out := control.Message{Direction: "in"}, control.Message{Direction: "out"}
	note := control.Message{Direction: "in", Kind: "note"}
	call := control.Document{Call: "POST https://m.example", Text: "{}"}
	content := map[string]any{"kind": "dm"}
	for name, tt := range map[string]struct {
		detail control.Detail
		want   [2]payload
	}{
		"in": {control.Detail{Message: in, Received: &control.Document{Text: "[]"}, Calls: []control.Document{call, call}, Content: content}, [2]payload{
			{Title: "From X", JSON: "[]"}, {Title: "To Motion", JSON: "POST https://m.example\n{}\n\nPOST https://m.example\n{}", Curl: call.Curl("in") + call.Curl("in")},
		}},
		"cut": {control.Detail{Message: out, Received: &control.Document{Text: "[", Cut: true, Bytes: 1_200_000}}, [2]payload{
			{Title: "From Motion", JSON: "[", Note: "Cut here: the whole has 1.2 MB."}, {Title: "To X", Note: "Nothing was sent to the other side."},
		}},
		"pruned": {control.Detail{Message: in, Content: content, Calls: []control.Document{call}}, [2]payload{
			{Title: "From X", JSON: "{\n  \"kind\": \"dm\"\n}", Note: "What came in is kept for 30 days. This is what Perch understood of it."},
			{Title: "To Motion", JSON: "POST https://m.example\n{}", Curl: call.Curl("in")},
		}},
		"note": {control.Detail{Message: note, Calls: []control.Document{call}}, [2]payload{
			{Title: "From X", Note: "Perch wrote this line itself."}, {Title: "To Motion", JSON: "POST https://m.example\n{}", Curl: call.Curl("in")},
		}},
		"nothing": {control.Detail{Message: out}, [2]payload{
			{Title: "From Motion", Note: "What came in is not kept any more."}, {Title: "To X", Note: "Nothing was sent to the other side."},
		}},
	} {
		if diff := cmp.Diff(tt.want, makeDetail(tt.detail, now, en).Payloads); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestHopsAddUp holds that the times of the hops together are the time from first to last.
func TestHopsAddUp(t *testing.T) {
	at := func(ms int) time.Time { return now.Add(time.Duration(ms) * time.Millisecond) }
	stored, delivered := at(4), at(5_700)
	d := control.Detail{
		Message: control.Message{Direction: "in", State: "delivered", ReceivedAt: now, DeliveredAt: &delivered}, StoredAt: &stored,
		History: []control.Attempt{
			{Number: 1, At: at(10), TookMS: 90, Outcome: "queued", Kind: "temporary"}, {Number: 2, At: at(5_500), TookMS: 200, Outcome: "delivered"},
		},
	}
	hops := func() (list []string) {
		for _, s := range makeDetail(d, now, en).Steps {
			list = append(list, s.Title+": "+s.Took)
		}
		return list
	}
	want := []string{
		"Received from X: ", "On disk: after 4 ms", "Attempt 1 did not get through: after 6 ms, took 90 ms", "Delivered to Motion: after 5.4 s, took 200 ms",
	}
	if diff := cmp.Diff(want, hops()); diff != "" {
		t.Error(diff)
	}
	if about := makeDetail(d, now, en).Steps[3].About; about != "5.7 s from first to last." {
		t.Error(about)
	}
	d.StoredAt = nil // not known any more
	want[1], want[2] = "On disk: ", "Attempt 1 did not get through: after 10 ms, took 90 ms"
	if diff := cmp.Diff(want, hops()); diff != "" {
		t.Error(diff)
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

// BenchmarkSecond is one second of the window's work off Fyne's thread: 1,000 new messages among 100,000, four views.
func BenchmarkSecond(b *testing.B) {
	s, id := full(), int64(snapshot.MaxRows)
	for b.Loop() {
		for n := range 1000 {
			id++
			s.Put(uitest.Random(id, now))
			if n%250 == 0 {
				for _, row := range s.View(snapshot.Filter{}, 0).Rows[:30] {
					makeRow(row, now, en)
				}
			}
		}
	}
}

func TestEveryKindAndStateIsShown(t *testing.T) {
	for _, kind := range control.Kinds() {
		if kindIcons[kind] == "" || !en.Has("window.kind."+kind) {
			t.Errorf("the kind %s has no icon or no name", kind)
		}
	}
	for _, state := range control.States() {
		if !en.Has("window.delivery." + state) {
			t.Errorf("the state %s has no name", state)
		}
	}
}
