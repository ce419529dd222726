package control

import (
	"context"
	"mime"
	"net/http"
	"strconv"

	"perch/bridge"
)

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	if err != nil {
		fail(w, "list messages", err)
		return
	}
	list, err := s.relay.Console.List(r.Context(), q.Filter())
	if err != nil {
		fail(w, "list messages", err)
		return
	}
	out := make([]Message, 0, len(list))
	for _, d := range list {
		out = append(out, FromDelivery(d))
	}
	s.reply(w, out)
}

func queryOf(r *http.Request) (Query, error) {
	q := r.URL.Query()
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(q.Get(name), 10, 64) // what is no number selects all
		return n
	}
	since, until, err := timesIn(q)
	return Query{
		Channel: q.Get("channel"), Direction: q.Get("direction"), Kind: q.Get("kind"), State: q.Get("state"), Search: q.Get("search"),
		Before: number("before"), After: number("after"), Limit: int(number("limit")),
		Since: since, Until: until,
	}, err
}

func (s *Server) message(w http.ResponseWriter, r *http.Request) {
	id, err := idIn(r)
	if err != nil {
		fail(w, "show message", err)
		return
	}
	d, attempts, err := s.relay.Console.Get(r.Context(), id)
	if err != nil {
		fail(w, "show message", err)
		return
	}
	trace, err := s.relay.Console.Trace(r.Context(), d)
	if err != nil {
		fail(w, "show message", err)
		return
	}
	s.reply(w, NewDetail(d, attempts, trace))
}

// NewDetail is a delivery in full, as people see it.
func NewDetail(d *bridge.Delivery, attempts []bridge.Attempt, trace bridge.Trace) Detail {
	detail := Detail{Message: FromDelivery(d), History: []Attempt{}}
	switch {
	case d.Event != nil:
		detail.Content = d.Event
	case d.Reply != nil:
		detail.Content = d.Reply
	}
	for _, a := range attempts {
		detail.History = append(detail.History, fromAttempt(a))
	}
	detail.setTrace(trace)
	return detail
}

func idIn(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Message: strconv.Quote(r.PathValue("id")) + " is not the number of a message",
			Remedy: "take the number from the first column of: perch traffic",
		}
	}
	return id, nil
}

func (s *Server) act(w http.ResponseWriter, r *http.Request) {
	b := s.relay.Console
	acts := map[string]func(context.Context, int64) error{
		"retry": b.Retry, "discard": b.Discard, "sent": b.MarkSent, "resend": b.Resend,
	}
	act, ok := acts[r.PathValue("act")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	id, err := idIn(r)
	if err == nil {
		err = act(r.Context(), id)
	}
	if err != nil {
		fail(w, r.PathValue("act"), err)
		return
	}
	s.reply(w, struct{}{})
}

func (s *Server) retryAll(w http.ResponseWriter, r *http.Request) {
	q, err := queryOf(r)
	n := 0
	if err == nil {
		n, err = s.relay.Console.RetryDead(r.Context(), q.Filter(), bridge.Kind(r.URL.Query().Get("cause")))
	}
	if err != nil {
		fail(w, "retry", err)
		return
	}
	s.reply(w, map[string]int{"count": n})
}

// file answers with the bytes of a file, in a way that no program takes them for a page to show.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	const what = "show a file"
	id, err := idIn(r)
	if err != nil {
		fail(w, what, err)
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		fail(w, what, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Message: strconv.Quote(r.PathValue("n")) + " is not the number of a file",
			Remedy: "the numbers begin at 0",
		})
		return
	}
	file, err := s.relay.Console.File(r.Context(), id, n)
	if err != nil {
		fail(w, what, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", bridge.SniffType(file.Data))
	h.Set("Content-Length", strconv.Itoa(len(file.Data)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(file.Data) // who has gone away gets no answer
}
