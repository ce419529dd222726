package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// carries reports whether the call is carried out before it is answered oddly.
func (s *spoiler) carries() bool {
	switch s.Kind {
	case Refusal, Errors, Later:
		return false
	case Page, Empty, Rubbish, Clock, Limits:
		return s.oneIn(2)
	}
	return true
}

// Call is a call that an oddity may be for.
type Call struct {
	Request *http.Request
	Body    []byte
	// About gives what the call asks for; it may wait for a lock.
	About func() []byte
	// IsV11 says in which form X refuses.
	IsV11 bool
}

// Answer carries a call out and returns its answer, or what an oddity that is for it makes of it. is tells whether an
// oddity is for the endpoint.
func (o *List) Answer(c Call, is func(endpoint string) bool, carry func() *serve.Answer) *serve.Answer {
	if !o.isArmed() {
		return carry()
	}
	about := c.About() // before next, because a caller may hold its lock while another oddity strikes
	odd := o.next(func(one *Oddity) bool { return is(one.Endpoint) && one.isFor(c, about) })
	if odd == nil {
		return carry()
	}
	good, isCarried := &serve.Answer{Status: http.StatusOK}, odd.carries()
	if isCarried {
		good = carry()
		if good.Drop {
			return good
		}
	}
	a := odd.answer(good, c.IsV11)
	o.note(odd, a.Body, a.Status, isCarried)
	return a
}

// isFor reports whether a call is one that the oddity is for: by its address, its body, or what it asks for.
func (o *Oddity) isFor(c Call, about []byte) bool {
	want := []byte(o.For)
	return o.For == "" || strings.Contains(c.Request.URL.RequestURI(), o.For) || bytes.Contains(c.Body, want) || bytes.Contains(about, want)
}

// answer makes the odd answer out of the good one, or out of nothing when the call was not carried out.
func (s *spoiler) answer(good *serve.Answer, isV11 bool) *serve.Answer {
	a := &serve.Answer{Status: good.Status, Headers: good.Headers.Clone(), Body: good.Body, Stream: good.Stream}
	s.Kind = s.kindFor(good)
	switch s.Kind {
	case Member:
		a.Body = s.mutate(a.Body, func(string) bool { return false })
	case Page:
		s.page(a)
	case Empty:
		a.Status, a.Body, a.Stream = pickOne(s, []int{200, 200, 201, 202, 204}), nil, nil
		s.words = fmt.Sprint("an empty body with status ", a.Status)
	case Doubled:
		tail := pickOne(s, []string{string(a.Body), "{}", "\x00", "\n\n<!-- end -->", `,{"data":null}`})
		a.Body = append(append([]byte{}, a.Body...), tail...)
		s.words = fmt.Sprintf("%.20q behind the body", tail)
	case Mark:
		mark := pickOne(s, []string{"\xef\xbb\xbf", "\xff\xfe", ")]}',\n", "\n\n  "})
		a.Body = append([]byte(mark), a.Body...)
		s.words = fmt.Sprintf("%q before the body", mark)
	case Label:
		s.label(a)
	case Rubbish:
		s.rubbish(a)
	case Limits:
		s.limits(a, isV11)
	case Later:
		s.later(a, isV11)
	case Clock:
		s.clock(a, isV11)
	case Refusal:
		s.refusal(a, isV11)
	case Errors:
		a.Status, a.Body = http.StatusOK, s.errorsOnly()
		a.Stream = nil
		a.Header().Set("Content-Type", "application/json")
	case Cut:
		s.cut(a)
	case Slow:
		s.slow(a)
	case Lines:
		s.noise(a)
	}
	return a
}

// kindFor is the kind itself, or another where the good answer does not lend itself to it.
func (s *spoiler) kindFor(good *serve.Answer) string {
	isStream := good.Stream != nil
	switch s.Kind {
	case Member, Doubled, Mark, Slow:
		if isStream {
			return Lines
		}
		if s.Kind == Member && !json.Valid(good.Body) {
			return Page
		}
	case Cut:
		if len(good.Body) == 0 && !isStream {
			return Empty
		}
	}
	return s.Kind
}

// noise puts rubbish before the first line of a stream.
func (s *spoiler) noise(a *serve.Answer) {
	sent, _ := s.lines(nil)
	s.words = "a stream with " + s.words
	good := a.Stream
	a.Stream = func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(sent)
		good(&begun{w})
	}
}

// begun is an answer whose header has been sent.
type begun struct{ http.ResponseWriter }

// WriteHeader does nothing.
func (*begun) WriteHeader(int) {}

// Unwrap lets http.ResponseController find the writer beneath.
func (b *begun) Unwrap() http.ResponseWriter { return b.ResponseWriter }

func (s *spoiler) page(a *serve.Answer) {
	a.Stream = nil
	a.Status = pickOne(s, []int{200, 200, 200, 302, 400, 401, 403, 404, 407, 429, 500, 502, 503})
	a.Body = []byte(pickOne(s, []string{page, page, "Forbidden", "<html></html>", "\xef\xbb\xbf" + page}))
	kind := pickOne(s, []string{"text/html", "text/html; charset=utf-8", "application/json", "", "text/plain"})
	a.Headers = http.Header{"Content-Type": []string{kind}}
	if kind == "" {
		a.Headers["Content-Type"] = nil // net/http would guess one
	}
	if a.Status == http.StatusFound {
		a.Headers.Set("Location", "https://portal.invalid/login?back=here")
	}
	s.words = fmt.Sprintf("a page that begins %.9q with status %d and Content-Type %q", a.Body, a.Status, kind)
}

func (s *spoiler) label(a *serve.Answer) {
	kind := pickOne(s, []string{"text/html", "text/plain", "application/octet-stream", "image/png", "application/xml", "", "; ;", "application/json; charset=utf-16"})
	a.Header()["Content-Type"] = []string{kind}
	if kind == "" {
		a.Header()["Content-Type"] = nil
	}
	s.words = fmt.Sprintf("the right body with Content-Type %q", kind)
}

func (s *spoiler) rubbish(a *serve.Answer) {
	a.Stream = nil
	a.Status = pickOne(s, []int{200, 200, 200, 201, 400, 403, 500})
	body := pickOne(s, []string{
		"\x1f\x8b\x08\x00garbage", "null", "[]", "{}", "true", `"ok"`, "0", "ok", "{", `{"data":`, "\x00\x00\x00\x00", `{"data":null}`, `{"data":[]}`,
		`{"data":{}}`, `{"data":"odd"}`, `[{"id":"1"}]`, "NaN", strings.Repeat("[", deep),
	})
	a.Body = []byte(body)
	if strings.HasPrefix(body, "\x1f") && s.oneIn(2) {
		a.Header().Set("Content-Encoding", "gzip")
	}
	s.words = fmt.Sprintf("%.20q with status %d in place of the body", body, a.Status)
}

// errorsOnly is a 200 that says nothing but what went wrong.
func (s *spoiler) errorsOnly() []byte {
	errors := pickOne(s, []any{
		[]any{map[string]any{"title": "Not Found Error", "detail": "Could not find it.", "type": fault.Problems + "resource-not-found"}},
		[]any{map[string]any{"message": "Over capacity", "code": 130}},
		[]any{map[string]any{"message": "Over capacity", "code": "130"}},
		[]any{"something went wrong"},
		map[string]any{"message": "something went wrong"},
		"something went wrong",
		[]any{},
		[]any{nil},
		nil,
		map[string]any{"code": 50, "message": "User not found."},
	})
	s.words = "200 with nothing but errors: " + string(serve.Encode(errors))
	return serve.Encode(map[string]any{"errors": errors})
}

// refusal is what X or Motion says when it does not want to, with one member of the JSON wrong.
func (s *spoiler) refusal(a *serve.Answer, isV11 bool) {
	fault := pickOne(s, []fault.Fault{
		fault.Keys(), fault.Credits(), fault.Permission(), fault.Unavailable(), fault.Policy(), fault.Automated(), fault.Locked(), fault.PeerSuspended(), fault.TooMany(),
		{Status: http.StatusBadRequest, Code: fault.CodeBadRequest, Title: "Invalid Request", Detail: "One or more parameters to your request was invalid."},
		{Status: http.StatusNotFound, Code: 50, Title: "Not Found", Detail: "User not found."},
		{Status: http.StatusInternalServerError, Code: 131, Title: "Internal error", Detail: "Internal error"},
	})
	made := fault.Answer(isV11)
	a.Status, a.Headers, a.Body = made.Status, made.Headers, s.mutate(made.Body, func(string) bool { return false })
	s.words = fmt.Sprintf("a refusal %d whose %s", a.Status, s.words)
}

// cut ends the body in the middle: the length promises more, or the last chunk never comes.
func (s *spoiler) cut(a *serve.Answer) {
	status, whole := a.Status, a.Body
	n := len(whole) * (1 + s.random.IntN(9)) / 10
	isChunked := s.oneIn(2)
	s.words = fmt.Sprintf("the body ends after %d of %d bytes (chunked: %v)", n, len(whole), isChunked)
	a.Stream = func(w http.ResponseWriter) {
		if !isChunked {
			w.Header().Set("Content-Length", strconv.Itoa(len(whole)+1))
		}
		w.WriteHeader(status)
		_, _ = w.Write(whole[:n])
		_ = http.NewResponseController(w).Flush()
		serve.Drop(w)
	}
}

func (s *spoiler) slow(a *serve.Answer) {
	status, whole := a.Status, a.Body
	s.words = "the right body, slowly"
	a.Stream = func(w http.ResponseWriter) {
		w.WriteHeader(status)
		control := http.NewResponseController(w)
		for i := range dribbles {
			_, _ = w.Write(whole[len(whole)*i/dribbles : len(whole)*(i+1)/dribbles])
			_ = control.Flush()
			time.Sleep(dribblePause) //nolint:forbidigo // slowness is the point
		}
	}
}
