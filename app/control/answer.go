package control

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"perch/bridge"
)

// reply answers with JSON. What JSON cannot hold is left out, element by element, and said; an answer that cannot be
// made at all is a failure with its reason, never an empty one.
func (s *Server) reply(w http.ResponseWriter, body any) {
	data, err := s.encode(body)
	if err != nil {
		fail(w, "answer", &bridge.Error{
			Kind: bridge.Unreadable, Side: bridge.SidePerch, Message: "the answer cannot be written as JSON (" + err.Error() + ")",
			Remedy: "look at it in parts (one message, another state, a smaller --limit), and report it", Err: err,
		})
		s.log.Error("answer cannot be encoded", "error", err)
		return
	}
	write(w, http.StatusOK, data)
}

func write(w http.ResponseWriter, code int, data []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)+1))
	w.WriteHeader(code)
	_, _ = w.Write(append(data, '\n')) // who has gone away gets no answer
}

func fail(w http.ResponseWriter, what string, err error) { failWith(w, what, err, nil) }

// failWith also says how many guesses of a PIN are left.
func failWith(w http.ResponseWriter, what string, err error, left *int) {
	e := bridge.AsError(err)
	data, _ := json.Marshal(failure{what, e.Message, e.Remedy, e.Code, left}) // strings and numbers only: cannot fail
	write(w, http.StatusUnprocessableEntity, data)
}

func (s *Server) do(act func(context.Context) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := act(r.Context()); err != nil {
			fail(w, r.URL.Path[len("/v1/"):], err)
			return
		}
		s.reply(w, struct{}{})
	}
}

func (s *Server) answer(w http.ResponseWriter, what string, body any, err error) {
	if err != nil {
		fail(w, what, err)
		return
	}
	s.reply(w, body)
}

// maxSettings bounds the body of a call that sets something, in bytes.
const maxSettings = 1 << 20

// read takes a body in, strictly: a name that is not known is a mistake of the client.
func read(w http.ResponseWriter, r *http.Request, what string, into any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSettings))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		fail(w, what, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Message: "what was sent cannot be read",
			Remedy: "is another version of Perch running? Stop it with: perch stop", Err: err,
		})
		return false
	}
	return true
}
