package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// page is what a log-in page, a firewall or a captive portal says.
const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to continue</h1>" +
	"<form action=\"/login\"><input name=\"user\"></form><p>error 403 access denied</p></body></html>\n"

// carries reports whether the call is carried out before it is answered oddly.
func (s *spoiler) carries() bool {
	switch s.Kind {
	case OddRefusal, OddErrors, OddLater:
		return false
	case OddPage, OddEmpty, OddRubbish, OddClock, OddLimits:
		return s.oneIn(2)
	}
	return true
}

// Answer carries a call out and returns its answer, or what an oddity that is for it makes of it. is tells whether an
// oddity is for the endpoint, and about gives what the call asks for.
func (o *oddities) Answer(is func(endpoint string) bool, r *http.Request, body []byte, about func() []byte, isV11 bool, carry func() *answer) *answer {
	if !o.isArmed() {
		return carry()
	}
	behind := about() // before next, because it may wait for a lock under which other oddities strike
	odd := o.next(func(one *Oddity) bool { return is(one.Endpoint) && one.isFor(r, body, behind) })
	if odd == nil {
		return carry()
	}
	good, isCarried := &answer{status: http.StatusOK}, odd.carries()
	if isCarried {
		good = carry()
		if good.drop {
			return good
		}
	}
	a := odd.answer(good, isV11)
	o.note(odd, a.body, a.status, isCarried)
	return a
}

// isFor reports whether a call is one that the oddity is for: by its address, its body, or what it asks for.
func (o *Oddity) isFor(r *http.Request, body, about []byte) bool {
	want := []byte(o.For)
	return o.For == "" || strings.Contains(r.URL.RequestURI(), o.For) || bytes.Contains(body, want) || bytes.Contains(about, want)
}

// answer makes the odd answer out of the good one, or out of nothing when the call was not carried out.
func (s *spoiler) answer(good *answer, isV11 bool) *answer {
	a := &answer{status: good.status, headers: good.headers.Clone(), body: good.body, stream: good.stream}
	s.Kind = s.kindFor(good)
	switch s.Kind {
	case OddMember:
		a.body = s.mutate(a.body, func(string) bool { return false })
	case OddPage:
		s.page(a)
	case OddEmpty:
		a.status, a.body, a.stream = pickOne(s, []int{200, 200, 201, 202, 204}), nil, nil
		s.words = fmt.Sprint("an empty body with status ", a.status)
	case OddDoubled:
		tail := pickOne(s, []string{string(a.body), "{}", "\x00", "\n\n<!-- end -->", `,{"data":null}`})
		a.body = append(append([]byte{}, a.body...), tail...)
		s.words = fmt.Sprintf("%.20q behind the body", tail)
	case OddMark:
		mark := pickOne(s, []string{"\xef\xbb\xbf", "\xff\xfe", ")]}',\n", "\n\n  "})
		a.body = append([]byte(mark), a.body...)
		s.words = fmt.Sprintf("%q before the body", mark)
	case OddLabel:
		s.label(a)
	case OddRubbish:
		s.rubbish(a)
	case OddLimits:
		s.limits(a, isV11)
	case OddLater:
		s.later(a, isV11)
	case OddClock:
		s.clock(a, isV11)
	case OddRefusal:
		s.refusal(a, isV11)
	case OddErrors:
		a.status, a.body = http.StatusOK, s.errorsOnly()
		a.stream = nil
		a.header().Set("Content-Type", "application/json")
	case OddCut:
		s.cut(a)
	case OddSlow:
		s.slow(a)
	case OddLines:
		s.noise(a)
	}
	return a
}

// kindFor is the kind itself, or another where the good answer does not lend itself to it.
func (s *spoiler) kindFor(good *answer) string {
	isStream := good.stream != nil
	switch s.Kind {
	case OddMember, OddDoubled, OddMark, OddSlow:
		if isStream {
			return OddLines
		}
		if s.Kind == OddMember && !json.Valid(good.body) {
			return OddPage
		}
	case OddCut:
		if len(good.body) == 0 && !isStream {
			return OddEmpty
		}
	}
	return s.Kind
}

// noise puts rubbish before the first line of a stream.
func (s *spoiler) noise(a *answer) {
	sent, _ := s.lines(nil)
	s.words = "a stream with " + s.words
	good := a.stream
	a.stream = func(w http.ResponseWriter) {
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

func (s *spoiler) page(a *answer) {
	a.stream = nil
	a.status = pickOne(s, []int{200, 200, 200, 302, 400, 401, 403, 404, 407, 429, 500, 502, 503})
	a.body = []byte(pickOne(s, []string{page, page, "Forbidden", "<html></html>", "\xef\xbb\xbf" + page}))
	kind := pickOne(s, []string{"text/html", "text/html; charset=utf-8", "application/json", "", "text/plain"})
	a.headers = http.Header{"Content-Type": []string{kind}}
	if kind == "" {
		a.headers["Content-Type"] = nil // net/http would guess one
	}
	if a.status == http.StatusFound {
		a.headers.Set("Location", "https://portal.invalid/login?back=here")
	}
	s.words = fmt.Sprintf("a page that begins %.9q with status %d and Content-Type %q", a.body, a.status, kind)
}

func (s *spoiler) label(a *answer) {
	kind := pickOne(s, []string{"text/html", "text/plain", "application/octet-stream", "image/png", "application/xml", "", "; ;", "application/json; charset=utf-16"})
	a.header()["Content-Type"] = []string{kind}
	if kind == "" {
		a.header()["Content-Type"] = nil
	}
	s.words = fmt.Sprintf("the right body with Content-Type %q", kind)
}

func (s *spoiler) rubbish(a *answer) {
	a.stream = nil
	a.status = pickOne(s, []int{200, 200, 200, 201, 400, 403, 500})
	body := pickOne(s, []string{
		"\x1f\x8b\x08\x00garbage", "null", "[]", "{}", "true", `"ok"`, "0", "ok", "{", `{"data":`, "\x00\x00\x00\x00", `{"data":null}`, `{"data":[]}`,
		`{"data":{}}`, `{"data":"odd"}`, `[{"id":"1"}]`, "NaN", strings.Repeat("[", deep),
	})
	a.body = []byte(body)
	if strings.HasPrefix(body, "\x1f") && s.oneIn(2) {
		a.header().Set("Content-Encoding", "gzip")
	}
	s.words = fmt.Sprintf("%.20q with status %d in place of the body", body, a.status)
}

// errorsOnly is a 200 that says nothing but what went wrong.
func (s *spoiler) errorsOnly() []byte {
	errors := pickOne(s, []any{
		[]any{map[string]any{"title": "Not Found Error", "detail": "Could not find it.", "type": problems + "resource-not-found"}},
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
	s.words = "200 with nothing but errors: " + string(toJSON(errors))
	return toJSON(map[string]any{"errors": errors})
}

// refusal is what X or Motion says when it does not want to, with one member of the JSON wrong.
func (s *spoiler) refusal(a *answer, isV11 bool) {
	fault := pickOne(s, []Fault{
		FaultKeys(), FaultCredits(), FaultPermission(), FaultUnavailable(), FaultPolicy(), FaultAutomated(), FaultLocked(), FaultPeerSuspended(), FaultTooMany(),
		{Status: http.StatusBadRequest, Code: codeBadRequest, Title: "Invalid Request", Detail: "One or more parameters to your request was invalid."},
		{Status: http.StatusNotFound, Code: 50, Title: "Not Found", Detail: "User not found."},
		{Status: http.StatusInternalServerError, Code: 131, Title: "Internal error", Detail: "Internal error"},
	})
	made := fault.answer(isV11)
	a.status, a.headers, a.body = made.status, made.headers, s.mutate(made.body, func(string) bool { return false })
	s.words = fmt.Sprintf("a refusal %d whose %s", a.status, s.words)
}

// cut ends the body in the middle: the length promises more, or the last chunk never comes.
func (s *spoiler) cut(a *answer) {
	status, whole := a.status, a.body
	n := len(whole) * (1 + s.random.IntN(9)) / 10
	isChunked := s.oneIn(2)
	s.words = fmt.Sprintf("the body ends after %d of %d bytes (chunked: %v)", n, len(whole), isChunked)
	a.stream = func(w http.ResponseWriter) {
		if !isChunked {
			w.Header().Set("Content-Length", strconv.Itoa(len(whole)+1))
		}
		w.WriteHeader(status)
		_, _ = w.Write(whole[:n])
		_ = http.NewResponseController(w).Flush()
		drop(w)
	}
}

// dribble is how many pieces a slow answer comes in, and the pause between them.
const (
	dribbles     = 6
	dribblePause = 60 * time.Millisecond
)

func (s *spoiler) slow(a *answer) {
	status, whole := a.status, a.body
	s.words = "the right body, slowly"
	a.stream = func(w http.ResponseWriter) {
		w.WriteHeader(status)
		control := http.NewResponseController(w)
		for i := range dribbles {
			_, _ = w.Write(whole[len(whole)*i/dribbles : len(whole)*(i+1)/dribbles])
			_ = control.Flush()
			time.Sleep(dribblePause) //nolint:forbidigo // slowness is the point
		}
	}
}
