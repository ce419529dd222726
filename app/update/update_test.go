package update_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aead.dev/minisign"

	"perch/app/update"
	"perch/bridge"
)

var now = time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)

// shop is a release page.
type shop struct {
	*httptest.Server
	private minisign.PrivateKey
	key     string
	feed    []byte
	// answer replaces the usual one where it is set.
	answer map[string]http.HandlerFunc
	asked  []string
}

func newShop(t *testing.T) *shop {
	t.Helper()
	public, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{private: private, key: public.String(), answer: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.Path)
		switch {
		case s.answer[r.URL.Path] != nil:
			s.answer[r.URL.Path](w, r)
		case r.URL.Path == "/perch.json":
			_, _ = w.Write(s.feed)
		case r.URL.Path == "/perch.json.minisig":
			_, _ = w.Write(minisign.Sign(s.private, s.feed))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	s.publish(nil)
	return s
}

func (s *shop) publish(members map[string]any) {
	feed := map[string]any{"format": 1, "version": "0.2.0", "published": "2026-11-30T12:00:00Z", "page": "https://perch.example/releases/0.2.0", "notes": "Backups by itself."}
	for name, value := range members {
		feed[name] = value
	}
	s.feed, _ = json.Marshal(feed)
}

func (s *shop) check(t *testing.T, current string) (update.Result, error) {
	t.Helper()
	return update.Check(t.Context(), update.Source{Feed: s.URL + "/perch.json", Key: s.key}, current, func() time.Time { return now })
}

func TestANewerVersionIsTold(t *testing.T) {
	s := newShop(t)
	for current, want := range map[string]bool{
		"0.1.0": true, "0.1.0-dev+4ab66c0": true, "dev": true, "": true, "0.2.0-dev+1": true, "v0.1.9": true,
		"0.2.0": false, "0.2.1": false, "0.10.0": false, "1.0.0": false, "0.2.0+local": false,
	} {
		r, err := s.check(t, current)
		if err != nil || r.IsNewer != want || r.Latest.Version != "0.2.0" || r.Current != current || !r.CheckedAt.Equal(now) {
			t.Errorf("%q: %+v, %v", current, r, err)
		}
		if strings.Contains(r.Sentence(), "available") != want {
			t.Errorf("%q: %s", current, r.Sentence())
		}
	}
	r, err := s.check(t, "0.1.0")
	if err != nil || r.Latest.Page != "https://perch.example/releases/0.2.0" || r.Latest.Notes != "Backups by itself." || r.Latest.Published.Day() != 30 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestOnlyWhatIsSignedIsBelieved(t *testing.T) {
	_, stranger, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(s *shop){
		"another key":  func(s *shop) { s.private = stranger },
		"another feed": func(s *shop) { s.answer["/perch.json.minisig"] = give(minisign.Sign(s.private, []byte("{}"))) },
		"a changed feed": func(s *shop) {
			signature := minisign.Sign(s.private, s.feed)
			s.publish(map[string]any{"version": "0.3.0"})
			s.answer["/perch.json.minisig"] = give(signature)
		},
		"no signature":   func(s *shop) { s.answer["/perch.json.minisig"] = give(nil) },
		"a page instead": func(s *shop) { s.answer["/perch.json.minisig"] = give([]byte("<html>sign in</html>")) },
		"half a signature": func(s *shop) {
			signature := minisign.Sign(s.private, s.feed)
			s.answer["/perch.json.minisig"] = give(signature[:len(signature)/2])
		},
		"a changed comment": func(s *shop) {
			signature := minisign.SignWithComments(s.private, s.feed, "timestamp:1", "x")
			s.answer["/perch.json.minisig"] = give([]byte(strings.Replace(string(signature), "timestamp:1", "timestamp:2", 1)))
		},
	} {
		s := newShop(t)
		spoil(s)
		r, err := s.check(t, "0.1.0")
		if e := bridge.AsError(err); err == nil || r.Latest.Version != "" || !strings.Contains(e.Message, "not signed") || !strings.Contains(e.Remedy, "install nothing") {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
}

func give(text []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }
}

func TestWhatAFeedMayBe(t *testing.T) {
	for name, c := range map[string]struct {
		members map[string]any
		says    string
	}{
		"no version":       {map[string]any{"version": nil}, "names no version"},
		"an odd version":   {map[string]any{"version": "newest"}, "names no version"},
		"a long version":   {map[string]any{"version": "1.0.0-" + strings.Repeat("a", 100)}, "names no version"},
		"no form":          {map[string]any{"format": 0}, "names no version"},
		"another form":     {map[string]any{"format": 2}, "form that this version"},
		"one that ran out": {map[string]any{"expires": "2026-11-30T00:00:00Z"}, "run out on 2026-11-30"},
		"odd members":      {map[string]any{"published": 17, "page": []int{1}, "notes": map[string]int{}, "more": true}, ""},
		"one that runs":    {map[string]any{"expires": "2027-01-01T00:00:00Z"}, ""},
	} {
		s := newShop(t)
		s.publish(c.members)
		_, err := s.check(t, "0.1.0")
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, feed := range map[string]string{"no JSON": "<html>", "a list": "[1]", "nothing": ""} {
		s := newShop(t)
		s.feed = []byte(feed)
		if _, err := s.check(t, "0.1.0"); err == nil || bridge.AsError(err).Remedy == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatPeopleReadIsHarmless(t *testing.T) {
	s := newShop(t)
	for _, odd := range []string{"http://perch.example/", "javascript:alert(1)", "https://", "https://user:word@perch.example/", "file:///etc/passwd", "x"} {
		s.publish(map[string]any{"page": odd, "notes": "new\n\x1b[31mred\u202e " + strings.Repeat("é", 1000)})
		r, err := s.check(t, "0.1.0")
		if err != nil || r.Latest.Page != "" || strings.ContainsAny(r.Latest.Notes, "\n\x1b\u202e") || len(r.Latest.Notes) > 310 || strings.Contains(r.Latest.Notes, "\uFFFD") {
			t.Errorf("%s: %+v, %v", odd, r, err)
		}
	}
}

func TestWhereAFeedMayBe(t *testing.T) {
	for _, address := range []string{"", "http://perch.example/perch.json", "ftp://perch.example/x", "perch.json", "https://", "://", "http://127.0.0.1.example/x"} {
		if err := update.CheckFeed(address); err == nil || bridge.KindOf(err) != bridge.Invalid || !strings.Contains(bridge.AsError(err).Remedy, "[update]") {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, address := range []string{"https://perch.example/perch.json?a=b", "http://127.0.0.1:8080/x", "http://[::1]/x", "http://localhost/x"} {
		if err := update.CheckFeed(address); err != nil {
			t.Errorf("%q: %v", address, err)
		}
	}
	for _, key := range []string{"", "RW", "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO", strings.Repeat("A", 56)} {
		if _, err := update.ParseKey(key); err == nil || bridge.AsError(err).Remedy == "" {
			t.Errorf("key %q: %v", key, err)
		}
	}
	if _, err := update.ParseKey("untrusted comment: minisign public key E7620F1842B4E81F\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

func TestWhatServersDo(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"not there": {http.NotFound, "status 404"},
		"too long":  {give(make([]byte, 100<<10)), "too long"},
		"leads to plain http": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://perch.example/perch.json", http.StatusFound)
		}, "https://"},
		"leads in a circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/perch.json", http.StatusFound) }, "too often"},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"format":1,`))
		}, "in the middle"},
	} {
		s := newShop(t)
		s.answer["/perch.json"] = c.answer
		_, err := s.check(t, "0.1.0")
		if err == nil || !strings.Contains(err.Error(), c.says) || bridge.KindOf(err) != bridge.Temporary {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := newShop(t)
	s.Close()
	if _, err := s.check(t, "0.1.0"); err == nil || strings.Count(err.Error(), "cannot be reached") != 1 || strings.Count(err.Error(), "refused") > 1 {
		t.Errorf("nobody there: %v", err)
	}
	if e := (*bridge.Error)(nil); errors.As(func() error { _, err := s.check(t, "0.1.0"); return err }(), &e) && strings.Contains(e.Message, s.URL) {
		t.Errorf("the message repeats the address: %s", e.Message)
	}
}

func TestASignatureIsBesideItsFeed(t *testing.T) {
	s := newShop(t)
	s.answer["/latest"] = func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/perch.json", http.StatusFound) }
	s.answer["/latest.minisig"] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/perch.json.minisig", http.StatusFound)
	}
	r, err := update.Check(t.Context(), update.Source{Feed: s.URL + "/latest?channel=stable", Key: s.key}, "0.1.0", time.Now)
	if err != nil || !r.IsNewer {
		t.Errorf("%+v, %v, asked %q", r, err, s.asked)
	}
}
