package cloudflared

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"perch/bridge"
)

// childRun is one life of the program.
type childRun struct {
	*Tunnel
	giveUp  context.CancelFunc
	failure atomic.Pointer[bridge.Error]
	metrics atomic.Pointer[string] // host:port
	said    atomic.Pointer[string] // the last error
}

// start runs the program and returns when it has ended. The token travels by environment: arguments are for all to see.
func (r *childRun) start(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, path, "tunnel", "--no-autoupdate", "--metrics", "127.0.0.1:0", "--grace-period", childGrace, "run") //nolint:gosec // the admin's own program
	cmd.Env = append(childEnv(os.Environ()), "TUNNEL_TOKEN="+r.config.Token)
	lines := &lineWriter{line: r.line}
	cmd.Stdout, cmd.Stderr = lines, lines
	cmd.Cancel = func() error { return stopChild(cmd.Process) }
	cmd.WaitDelay = childKill
	return runBound(cmd)
}

// line takes what the program said.
func (r *childRun) line(text string) {
	text = strings.ReplaceAll(text, r.config.Token, "…")
	if found := metricsLine.FindStringSubmatch(text); found != nil {
		r.metrics.Store(&found[1])
	}
	level := slog.LevelDebug
	if trimmed := levelOfLine.ReplaceAllString(text, ""); trimmed != text || !strings.Contains(text, " INF ") && !strings.Contains(text, " DBG ") {
		level = slog.LevelWarn
		r.said.Store(&trimmed)
	}
	r.Log.Log(context.Background(), level, "cloudflared", "line", text)
	if refusal := cloudflareRefusal(text); refusal != nil {
		r.failure.Store(refusal)
		r.giveUp()
	}
}

func (r *childRun) lastWords() string {
	if said := r.said.Load(); said != nil {
		return *said
	}
	return "it gave no reason"
}

// childEnv leaves out what is no business of a child: Perch's own settings and secrets.
func childEnv(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		switch name {
		case "CREDENTIALS_DIRECTORY", "TUNNEL_TOKEN", "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID":
			continue // a cloudflared that thinks systemd has started it would speak in Perch's name
		}
		if strings.HasPrefix(name, "PERCH_") {
			continue
		}
		kept = append(kept, entry)
	}
	return kept
}

// lineWriter cuts what is written into lines of at most maxLine. It is used by one goroutine at a time.
type lineWriter struct {
	line func(string)
	rest []byte
}

// Write implements io.Writer.
func (w *lineWriter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b != '\n' && len(w.rest) < maxLine {
			w.rest = append(w.rest, b)
			continue
		}
		if text := strings.TrimSpace(string(w.rest)); text != "" {
			w.line(text)
		}
		if w.rest = w.rest[:0]; b != '\n' {
			w.rest = append(w.rest, b)
		}
	}
	return len(p), nil
}

var (
	metricsLine = regexp.MustCompile(`Starting metrics server on (127\.0\.0\.1:\d+)/metrics`)
	levelOfLine = regexp.MustCompile(`^\S+ (ERR|WRN|FTL) `)
)

const (
	// childGrace is how long cloudflared lets requests finish; after childKill it is killed.
	childGrace = "8s"
	childKill  = 10 * time.Second
	// maxLine bounds a line that cloudflared logs, in bytes.
	maxLine = 8 << 10
)
