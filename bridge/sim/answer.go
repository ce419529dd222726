package sim

import (
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// answer is what a simulator answers.
type answer struct {
	status  int
	headers http.Header
	body    []byte
	// drop closes the connection in place of an answer; stream takes the connection over.
	drop   bool
	stream func(http.ResponseWriter)
}

func (a *answer) header() http.Header {
	if a.headers == nil {
		a.headers = http.Header{}
	}
	return a.headers
}

func (a *answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.headers)
	if a.stream != nil {
		a.stream(w)
		return
	}
	if len(a.body) > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // a client that went away is no concern of ours
}

// asJSON answers with a JSON body.
func asJSON(status int, v any) *answer {
	a := &answer{status: status, body: toJSON(v)}
	a.header().Set("Content-Type", "application/json; charset=utf-8")
	return a
}

// noContent answers 204.
func noContent() *answer { return &answer{status: http.StatusNoContent} }

// toJSON encodes what is made of maps, lists and plain values only, as X does: without escaping HTML.
func toJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		return []byte("{}") // cannot happen with plain values
	}
	return raw
}

// orNull is a text as a JSON value: null for none.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
