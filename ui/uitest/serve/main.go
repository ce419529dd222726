// Command serve offers the relay of package uitest on a socket, so that the real window can be looked at without keys,
// without X and without Motion.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"

	"perch/app/control"
	"perch/ui/uitest"
)

func main() {
	socket := flag.String("socket", "", "path of the socket")
	rate := flag.Float64("rate", 0, "new messages a second")
	rows := flag.Int("rows", 0, "how many more messages there are to begin with")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *socket, *rate, *rows); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, socket string, rate float64, rows int) error {
	listener, err := control.Listen(ctx, socket)
	if err != nil {
		return err
	}
	relay := uitest.New(time.Now)
	first := int64(1_000_000)
	for i := range rows {
		relay.Put(uitest.Random(first+int64(i), time.Now().Add(-time.Duration(rows-i)*time.Millisecond)))
	}
	if rate > 0 {
		go traffic(ctx, relay, rate, first+int64(rows))
	}
	settings := uitest.NewSettings()
	settings.Stored.LogPath = filepath.Join(filepath.Dir(socket), "perch.log")
	if err := os.WriteFile(settings.Stored.LogPath, []byte(uitest.Log(time.Now(), 400)), 0o600); err != nil {
		return err
	}
	server := &http.Server{Handler: handler(relay, settings), ReadHeaderTimeout: time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	return nil
}

// traffic adds messages for ever.
func traffic(ctx context.Context, relay *uitest.Relay, rate float64, id int64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	due := 0.0
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for due += rate / 50; due >= 1; due-- {
			relay.Put(uitest.Random(id, time.Now().Add(-time.Duration(rand.IntN(900))*time.Millisecond)))
			id++
		}
	}
}

func handler(relay *uitest.Relay, settings *uitest.Settings) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.Status(r.Context())) })
	mux.HandleFunc("GET /v1/costs", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(relay.Costs(r.Context(), control.CostQuery{}))
	})
	mux.HandleFunc("GET /v1/limits", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.Limits(r.Context())) })
	mux.HandleFunc("GET /v1/minutes", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.Minutes(r.Context())) })
	mux.HandleFunc("GET /v1/urls", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.URLs(r.Context())) })
	mux.HandleFunc("GET /v1/reply-url/{channel}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(relay.ReplyURL(r.Context(), r.PathValue("channel")))
	})
	mux.HandleFunc("PUT /v1/reply-url/{channel}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(relay.WriteReplyURL(r.Context(), r.PathValue("channel"), ""))
	})
	mux.HandleFunc("GET /v1/messages", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.Messages(r.Context(), query(r))) })
	mux.HandleFunc("GET /v1/details", func(w http.ResponseWriter, r *http.Request) { answer(w)(relay.Details(r.Context(), query(r))) })
	mux.HandleFunc("GET /v1/messages/{id}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(relay.Message(r.Context(), number(r.PathValue("id"))))
	})
	mux.HandleFunc("GET /v1/messages/{id}/files/{n}", func(w http.ResponseWriter, r *http.Request) {
		f, err := relay.File(r.Context(), number(r.PathValue("id")), int(number(r.PathValue("n"))))
		if err != nil {
			answer(w)(nil, err)
			return
		}
		w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		_, _ = w.Write(f.Data)
	})
	mux.HandleFunc("GET /v1/feed", func(w http.ResponseWriter, r *http.Request) {
		flush := http.NewResponseController(w)
		_ = flush.Flush()
		encoder := json.NewEncoder(w)
		_ = relay.Feed(r.Context(), query(r), func(m control.Message) {
			_ = encoder.Encode(m)
			_ = flush.Flush()
		})
	})
	mux.HandleFunc("POST /v1/messages/{id}/{act}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(struct{}{}, relay.Act(r.Context(), number(r.PathValue("id")), r.PathValue("act")))
	})
	mux.HandleFunc("POST /v1/dead/retry", func(w http.ResponseWriter, r *http.Request) {
		n, err := relay.RetryAllDead(r.Context())
		answer(w)(map[string]int{"count": n}, err)
	})
	mux.HandleFunc("GET /v1/conversation", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		answer(w)(relay.Conversation(r.Context(), control.ConversationQuery{
			Channel: q.Get("channel"), Person: q.Get("person"), Before: number(q.Get("before")), After: number(q.Get("after")), Limit: int(number(q.Get("limit"))),
		}))
	})
	mux.HandleFunc("POST /v1/pause", func(w http.ResponseWriter, r *http.Request) {
		if d, err := time.ParseDuration(r.URL.Query().Get("for")); err == nil {
			until, err := relay.PauseFor(r.Context(), d)
			answer(w)(map[string]time.Time{"until": until}, err)
			return
		}
		answer(w)(struct{}{}, relay.Pause(r.Context()))
	})
	mux.HandleFunc("POST /v1/resume", func(w http.ResponseWriter, r *http.Request) { answer(w)(struct{}{}, relay.Resume(r.Context())) })
	mux.HandleFunc("GET /v1/settings", func(w http.ResponseWriter, r *http.Request) { answer(w)(settings.Settings(r.Context())) })
	mux.HandleFunc("PUT /v1/settings", func(w http.ResponseWriter, r *http.Request) {
		var c control.Config
		_ = json.NewDecoder(r.Body).Decode(&c)
		answer(w)(settings.SaveSettings(r.Context(), c, r.URL.Query().Get("dry_run") == "true"))
	})
	mux.HandleFunc("PUT /v1/secrets/{channel}/{name}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(settings.SetSecret(r.Context(), r.PathValue("channel"), r.PathValue("name"), "set"))
	})
	mux.HandleFunc("POST /v1/check/{what}", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(settings.CheckSettings(r.Context(), r.PathValue("what"), control.CheckRequest{}))
	})
	return mux
}

func query(r *http.Request) control.Query {
	q := r.URL.Query()
	return control.Query{
		Channel: q.Get("channel"), Direction: q.Get("direction"), Kind: q.Get("kind"), State: q.Get("state"), Search: q.Get("search"),
		Before: number(q.Get("before")), After: number(q.Get("after")), Limit: int(number(q.Get("limit"))),
	}
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // what is no number is 0
	return n
}

func answer(w http.ResponseWriter) func(any, error) { // curried, so that it takes the two results of a call
	return func(body any, err error) {
		if err != nil {
			w.WriteHeader(http.StatusUnprocessableEntity)
			body = map[string]string{"what": "try", "message": err.Error()}
		}
		_ = json.NewEncoder(w).Encode(body)
	}
}
