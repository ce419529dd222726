package serve

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// Answer is what a simulator answers.
type Answer struct {
	Status  int
	Headers http.Header
	Body    []byte
	// Drop closes the connection in place of an answer; Stream takes the connection over.
	Drop   bool
	Stream func(http.ResponseWriter)
}

// Header returns the headers, to be added to.
func (a *Answer) Header() http.Header {
	if a.Headers == nil {
		a.Headers = http.Header{}
	}
	return a.Headers
}

// Write sends the answer; Drop is for the caller to see to.
func (a *Answer) Write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Headers)
	if a.Stream != nil {
		a.Stream(w)
		return
	}
	if len(a.Body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a client that went away is no concern of ours
}

// JSON answers with a JSON body.
func JSON(status int, v any) *Answer {
	a := &Answer{Status: status, Body: Encode(v)}
	a.Header().Set("Content-Type", "application/json; charset=utf-8")
	return a
}

// NoContent answers 204.
func NoContent() *Answer { return &Answer{Status: http.StatusNoContent} }

// Encode encodes what is made of maps, lists and plain values only, as X does: without escaping HTML.
func Encode(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // cannot happen with plain values
	}
	return raw
}

// OrNull is a text as a JSON value: null for none.
func OrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
