package control

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"perch/bridge"
)

const (
	// serverGrace is how long answers under way may take when the relay stops.
	serverGrace = time.Second
	// headerTimeout bounds a client that opens the socket and says nothing.
	headerTimeout = 5 * time.Second
	// feedFlush is how long messages of the feed are gathered before they are sent.
	feedFlush = 20 * time.Millisecond
)

// Overview is how the relay is.
type Overview interface {
	Status(ctx context.Context) (bridge.Status, error)
	Limits(ctx context.Context) ([]bridge.Limit, error)
	Feed() *bridge.Feed
}

// Messages are those that the relay has handled.
type Messages interface {
	List(ctx context.Context, f bridge.Filter) ([]*bridge.Delivery, error)
	Get(ctx context.Context, id int64) (*bridge.Delivery, []bridge.Attempt, error)
	Trace(ctx context.Context, d *bridge.Delivery) (bridge.Trace, error)
	File(ctx context.Context, id int64, n int) (bridge.File, error)
}

// Decisions are what people decide about one message.
type Decisions interface {
	Retry(ctx context.Context, id int64) error
	Discard(ctx context.Context, id int64) error
	MarkSent(ctx context.Context, id int64) error
	Resend(ctx context.Context, id int64) error
}

// Switches are what people do to the whole relay.
type Switches interface {
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	RetryAllDead(ctx context.Context) (int, error)
}

// Console is what people see of the relay and do with it.
type Console interface {
	Overview
	Messages
	Decisions
	Switches
}

// Relay is what the server shows and steers. Every field is needed.
type Relay struct {
	Console Console
	Listen  func() string
	Reach   func() Reach
	URLs    func() []URLs
	Version string
	Started time.Time
	// Demo is set for the relay of a demo.
	Demo bool
	// ReachIsTrouble reports whether the ways in need a look.
	ReachIsTrouble func(Reach) bool
	// Poke makes the ways in look again at once.
	Poke func()
	// Reload makes the relay take over what it can of perch.toml and the secrets as they are now.
	Reload func(context.Context) (Taken, error)
	// NotInUse says why stored keys of X of a channel are not in use; "" when they are.
	NotInUse func(channel string) string
	// ReplyURL says how the Reply URL of a channel is that Motion has.
	ReplyURL func(channel string) Link
	// Stop makes the relay end; it returns at once.
	Stop func()
}

// Server answers clients of one relay.
type Server struct {
	relay Relay
	log   *slog.Logger
	mux   *http.ServeMux
}

// NewServer returns a server that does nothing until Serve.
func NewServer(relay Relay, log *slog.Logger) *Server {
	s := &Server{relay: relay, log: log, mux: http.NewServeMux()}
	s.mux.HandleFunc("GET /v1/status", s.status)
	s.mux.HandleFunc("GET /v1/urls", func(w http.ResponseWriter, _ *http.Request) { s.reply(w, relay.URLs()) })
	s.mux.HandleFunc("GET /v1/limits", s.limits)
	s.mux.HandleFunc("GET /v1/messages", s.messages)
	s.mux.HandleFunc("GET /v1/messages/{id}", s.message)
	s.mux.HandleFunc("GET /v1/messages/{id}/files/{n}", s.file)
	s.mux.HandleFunc("GET /v1/feed", s.feed)
	s.mux.HandleFunc("POST /v1/messages/{id}/{act}", s.act)
	s.mux.HandleFunc("POST /v1/dead/retry", s.retryAll)
	s.mux.HandleFunc("POST /v1/pause", s.do(relay.Console.Pause))
	s.mux.HandleFunc("POST /v1/resume", s.do(func(ctx context.Context) error { relay.Poke(); return relay.Console.Resume(ctx) }))
	s.mux.HandleFunc("POST /v1/reload", func(w http.ResponseWriter, r *http.Request) {
		taken, err := relay.Reload(r.Context())
		s.answer(w, "reload", taken, err)
	})
	s.mux.HandleFunc("POST /v1/stop", s.do(func(context.Context) error { relay.Stop(); return nil }))
	return s
}

// Listen opens the socket, for its owner only, and removes one that an earlier relay left. The caller holds the
// relay's lock.
func Listen(ctx context.Context, path string) (net.Listener, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, socketError(path, err)
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, socketError(path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(socketError(path, err), l.Close())
	}
	return l, nil
}

func socketError(path string, err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open control socket", Message: "the socket " + path + " cannot be used",
		Remedy: "check that its folder belongs to you and is writable", Err: err,
	}
}

// Serve answers until ctx ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.mux, ReadHeaderTimeout: headerTimeout, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), serverGrace)
		defer cancel()
		if server.Shutdown(grace) != nil {
			_ = server.Close()
		}
	})
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	stop()
	return err
}

func (s *Server) status(w http.ResponseWriter, r *http.Request) {
	status, err := s.snapshot(r.Context())
	if err != nil {
		fail(w, "read status", err)
		return
	}
	s.reply(w, status)
}

func (s *Server) snapshot(ctx context.Context) (Status, error) {
	now, err := s.relay.Console.Status(ctx)
	if err != nil {
		return Status{}, err
	}
	out := Status{
		State: StateRunning, Listen: s.relay.Listen(), Channels: []Channel{}, Reach: s.relay.Reach(), Version: s.relay.Version,
		Started: &s.relay.Started, PID: os.Getpid(), Demo: s.relay.Demo, Journal: fromLink(now.Journal),
	}
	isTrouble := now.Degraded()
	for _, c := range now.Channels {
		ch := fromChannel(c)
		if why := s.relay.NotInUse(c.Name); why != "" {
			ch.X, isTrouble = withKeysWaiting(ch.X, why), true
		}
		ch.Reply = s.relay.ReplyURL(c.Name)
		isTrouble = isTrouble || ch.Reply.State == bridge.LinkDegraded
		out.Channels = append(out.Channels, ch)
	}
	switch {
	case now.Paused:
		out.State = StatePaused
	case isTrouble || s.relay.ReachIsTrouble(out.Reach):
		out.State = StateDegraded
	}
	return out, nil
}

func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	list, err := s.relay.Console.List(r.Context(), queryOf(r).filter())
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

func queryOf(r *http.Request) Query {
	q := r.URL.Query()
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(q.Get(name), 10, 64) // what is no number selects all
		return n
	}
	return Query{
		Channel: q.Get("channel"), Direction: q.Get("direction"), Kind: q.Get("kind"), State: q.Get("state"), Search: q.Get("search"),
		Before: number("before"), After: number("after"), Limit: int(number("limit")),
	}
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
	trace, err := s.relay.Console.Trace(r.Context(), d)
	if err != nil {
		fail(w, "show message", err)
		return
	}
	detail.setTrace(trace)
	s.reply(w, detail)
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
	n, err := s.relay.Console.RetryAllDead(r.Context())
	if err != nil {
		fail(w, "retry", err)
		return
	}
	s.reply(w, map[string]int{"count": n})
}

func (s *Server) limits(w http.ResponseWriter, r *http.Request) {
	limits, err := s.relay.Console.Limits(r.Context())
	if err != nil {
		fail(w, "read limits", err)
		return
	}
	out := []Limit{}
	for _, l := range limits {
		one := Limit{Channel: l.Channel, Endpoint: l.Endpoint, Windows: []Window{}, Waiting: l.Waiting}
		for _, w := range l.Windows {
			one.Windows = append(one.Windows, Window{Name: w.Name, Limit: w.Limit, Remaining: max(w.Remaining, 0), ResetAt: w.Reset})
		}
		out = append(out, one)
	}
	s.reply(w, out)
}

// feed sends every change of a message as one JSON object a line, until the client goes away.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	query := queryOf(r)
	subscription := s.relay.Console.Feed().Subscribe()
	defer subscription.Close()
	w.Header().Set("Content-Type", "application/x-ndjson")
	controller := http.NewResponseController(w)
	_ = controller.Flush()
	flush := time.NewTimer(feedFlush)
	defer flush.Stop()
	for waits := false; ; {
		select {
		case d := <-subscription.C:
			if m := FromDelivery(d); query.Matches(m) && s.feedLine(w, m) && !waits {
				flush.Reset(feedFlush)
				waits = true
			}
		case <-flush.C:
			if waits && controller.Flush() != nil {
				return
			}
			waits = false
		case <-r.Context().Done():
			return
		}
	}
}

// feedLine writes one message, without what cannot be shown of it; false when nothing was written.
func (s *Server) feedLine(w http.ResponseWriter, m Message) bool {
	data, err := s.encode(m)
	if err != nil {
		s.log.Error("message cannot be shown in the feed", "delivery", m.ID, "error", err)
		return false
	}
	_, err = w.Write(append(data, '\n'))
	return err == nil
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
