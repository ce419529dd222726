package hostile

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"perch/bridge/sim/serve"
)

const oddSample = `{"data":{"event_type":"dm.received","filter":{"user_id":"7"},"payload":{"direct_message_events":[{"type":"message_create",` +
	`"id":"2126000000000777001","created_timestamp":"1764237600123","message_create":{"sender_id":"9","message_data":{"text":"hello"}}}]}}}`

func spoilerAt(seed uint64, endpoint string) *spoiler {
	s := newSpoiler(Oddity{Seed: seed, Endpoint: endpoint})
	s.now = time.Unix(1_764_237_600, 0)
	return s
}

// said is what an oddity makes of an answer, as a client sees it.
func said(s *spoiler) string {
	w := httptest.NewRecorder()
	good := &serve.Answer{Status: http.StatusOK, Body: []byte(oddSample)}
	a := s.answer(good, false)
	if a.Stream != nil {
		return s.words
	}
	a.Write(w)
	return s.words + "\n" + w.Body.String()
}

func TestTheSameSeedIsTheSameOddity(t *testing.T) {
	differ := map[string]bool{}
	for seed := range uint64(2000) {
		first, again := spoilerAt(seed, "dm.send"), spoilerAt(seed, "dm.send")
		first.carries()
		again.carries()
		if a, b := said(first), said(again); a != b {
			t.Fatalf("seed %d is once %q and once %q", seed, a, b)
		}
		differ[first.words] = true
		one, two := spoilerAt(seed, Events), spoilerAt(seed, Events)
		a, b := one.post([]byte(oddSample), isEssential), two.post([]byte(oddSample), isEssential)
		if !slices.EqualFunc(a, b, func(a, b Parcel) bool {
			return bytes.Equal(a.Body, b.Body) && a.Kind == b.Kind && a.isSlow == b.isSlow && a.isChunked == b.isChunked
		}) {
			t.Fatalf("seed %d makes two different posts", seed)
		}
		if one.words == "" || first.words == "" {
			t.Fatalf("seed %d says nothing of what it does", seed)
		}
	}
	if len(differ) < 300 {
		t.Errorf("2,000 seeds make %d different answers only", len(differ))
	}
}

func TestEveryKindOfOddityOccurs(t *testing.T) {
	for _, endpoint := range []string{Events, Replies, "dm.send"} {
		missing := map[string]bool{}
		for _, kind := range Kinds(endpoint) {
			missing[kind] = true
		}
		for seed := range uint64(500) {
			delete(missing, spoilerAt(seed, endpoint).Kind)
		}
		if len(missing) > 0 {
			t.Errorf("%s never has %v", endpoint, slices.Sorted(maps.Keys(missing)))
		}
	}
}

func TestEveryMemberIsMadeOddAndNothingElse(t *testing.T) {
	touched := map[string]bool{}
	essential := 0
	for seed := range uint64(3000) {
		s := spoilerAt(seed, Events)
		s.Kind = Member
		raw := s.mutate([]byte(oddSample), isEssential)
		if bytes.Equal(raw, []byte(oddSample)) {
			t.Fatalf("seed %d changes nothing: %s", seed, s.words)
		}
		where, _, _ := bytes.Cut([]byte(s.words), []byte(" "))
		touched[string(where)] = true
		if s.isEssential {
			essential++
		}
	}
	for _, want := range []string{"data", "data.event_type", "data.payload.direct_message_events[0].created_timestamp", "data.payload.direct_message_events[0].message_create.message_data.text"} {
		if !touched[want] {
			t.Errorf("%s is never touched: %v", want, slices.Sorted(maps.Keys(touched)))
		}
	}
	if essential == 0 || essential > 600 {
		t.Errorf("%d of 3,000 touch what cannot be missed", essential)
	}
}
