// Command stub stands for Perch's other programs in the tests of the tray, by the name that it is called by: perch,
// with a relay that answers from status.json in its home, and perch-window. What it is asked to do is written to
// calls.log there.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"perch/app/control"
	"perch/app/single"
)

var home = os.Args[slices.Index(os.Args, "--home")+1]

func main() {
	name := filepath.Base(os.Args[0])
	switch {
	case name == "perch-window":
		window(strings.Join(append([]string{name}, os.Args[1:slices.Index(os.Args, "--home")]...), " "))
	case os.Args[1] == "relay":
		relay()
	default:
		note("perch " + os.Args[1])
		if text, err := os.ReadFile(filepath.Join(home, "refuse")); err == nil && os.Args[1] != "stop" {
			fmt.Fprintf(os.Stderr, "perch: %s\n", text)
			os.Exit(1)
		}
		if os.Args[1] != "start" {
			stop()
		}
		if os.Args[1] != "stop" {
			start()
		}
	}
}

// window is open for a while, unless there is one.
func window(line string) {
	first, err := single.At(home, os.Getenv).Take(context.Background(), "")
	if errors.Is(err, single.ErrShown) {
		return
	}
	if err != nil {
		panic(err)
	}
	note(line)
	go endWithHome()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_ = first.Serve(ctx, func(context.Context, string) error { note("window raised"); return nil })
}

func note(line string) {
	f, err := os.OpenFile(filepath.Join(home, "calls.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}

func socket() string { return filepath.Join(home, "control.sock") }

func stop() {
	client := control.NewClient(socket())
	if client.Stop(context.Background()) != nil {
		return
	}
	for range 100 {
		if _, err := os.Lstat(socket()); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func start() {
	client := control.NewClient(socket())
	cmd := exec.Command(os.Args[0], "relay", "--home", home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	for range 200 {
		if _, err := client.Status(context.Background()); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	os.Exit(1)
}

// endWithHome ends a relay whose test is over: on a busy machine a tray may have started more of them than one.
func endWithHome() {
	for {
		if _, err := os.Stat(home); err != nil {
			os.Exit(1)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func relay() {
	go endWithHome()
	_ = os.WriteFile(filepath.Join(home, "relay.pid"), []byte(strconv.Itoa(os.Getpid())), 0o600)
	listener, err := control.Listen(context.Background(), socket())
	if err != nil {
		panic(err)
	}
	var mu sync.Mutex
	paused := false
	ended := make(chan struct{})
	answer := func(w http.ResponseWriter, body any) { _ = json.NewEncoder(w).Encode(body) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) {
		s := control.Status{State: control.StateRunning}
		if data, err := os.ReadFile(filepath.Join(home, "status.json")); err == nil {
			_ = json.Unmarshal(data, &s)
		}
		mu.Lock()
		defer mu.Unlock()
		if paused {
			s.State = control.StatePaused
		}
		s.PID = os.Getpid()
		answer(w, s)
	})
	mux.HandleFunc("GET /v1/urls", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, []control.URLs{{Channel: "support", ReplyURL: "http://127.0.0.1:3002/reply/abc", WebhookURL: "http://127.0.0.1:3002/api/messages"}, {Channel: "sales", ReplyURL: "http://127.0.0.1:3002/reply/def"}})
	})
	mux.HandleFunc("GET /v1/limits", func(w http.ResponseWriter, _ *http.Request) { answer(w, []control.Limit{}) })
	mux.HandleFunc("GET /v1/feed", func(w http.ResponseWriter, r *http.Request) {
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	})
	pause := func(to bool) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			note("POST " + r.URL.Path)
			mu.Lock()
			paused = to
			mu.Unlock()
			answer(w, struct{}{})
		}
	}
	mux.HandleFunc("POST /v1/pause", pause(true))
	mux.HandleFunc("POST /v1/resume", pause(false))
	server := &http.Server{Handler: mux}
	mux.HandleFunc("POST /v1/stop", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, struct{}{})
		close(ended)
	})
	go func() {
		<-ended
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(ctx)
	}()
	if l, ok := listener.(*net.UnixListener); ok {
		l.SetUnlinkOnClose(true)
	}
	_ = server.Serve(listener)
	time.Sleep(100 * time.Millisecond)
}
