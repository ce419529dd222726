package tunnel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"perch/bridge"
)

const (
	// childGrace is how long cloudflared lets requests finish; after childKill it is killed.
	childGrace = "8s"
	childKill  = 10 * time.Second
	// maxLine bounds a line that cloudflared logs, in bytes.
	maxLine = 8 << 10
)

// CloudflaredConfig is what a tunnel of Cloudflare is made of.
type CloudflaredConfig struct {
	// Path is that of the program; empty means the one on PATH.
	Path string
	// Token is that of a tunnel in Cloudflare's dashboard, whose public host name hands on to Local by http.
	Token string
	// Local is the loopback listener that cloudflared connects to. The tunnel closes it when it ends.
	Local net.Listener
	// PublicURL is reported in State; when it is empty, the host name is learned from cloudflared.
	PublicURL string
	Log       *slog.Logger
}

// Cloudflared is a Tunnel by the program cloudflared, which it starts, watches, and starts again when it dies. Cloudflare
// ends TLS: it can read what passes. The program never outlives Perch on Linux and Windows; elsewhere it may when Perch is
// killed outright. A tunnel cannot be opened twice, because its listener is given.
type Cloudflared struct {
	*core
	config CloudflaredConfig
	// poll and silence are set apart for tests.
	poll, silence time.Duration
}

var _ Tunnel = (*Cloudflared)(nil)

// NewCloudflared returns a tunnel of Cloudflare. It starts nothing.
func NewCloudflared(config CloudflaredConfig) *Cloudflared {
	return &Cloudflared{
		core: newCore("cloudflared", config.PublicURL, config.Log), config: config, poll: 3 * time.Second, silence: 30 * time.Second,
	}
}

// Listen implements Tunnel.
func (c *Cloudflared) Listen(ctx context.Context) (net.Listener, error) {
	if c.config.Local == nil {
		return nil, badSetting("the port for cloudflared", "", "give it a loopback address")
	}
	ctx, q := newQueue(ctx, c.config.Local.Addr())
	c.work.Go(func() {
		for {
			conn, err := c.config.Local.Accept()
			if err != nil {
				return
			}
			q.offer(conn)
		}
	})
	c.work.Go(func() {
		c.keep(ctx, c.attempt, c.program)
		_ = c.config.Local.Close()
		q.drain()
	})
	return q, nil
}

// program finds the program; empty when it is missing.
func (c *Cloudflared) program() string {
	name := c.config.Path
	if name == "" {
		name = "cloudflared"
	}
	path, err := exec.LookPath(expandHome(name))
	if err != nil {
		return ""
	}
	return path
}

// attempt runs the program until it ends, is given up, or ctx ends.
func (c *Cloudflared) attempt(ctx context.Context) error {
	path := c.program()
	switch {
	case path == "" && c.config.Path != "":
		return operator(CodeNoProgram, fmt.Sprintf("there is no program %s", c.config.Path), "correct path under [reach.cloudflared]", nil)
	case path == "":
		return operator(CodeNoProgram, "cloudflared is not installed",
			"install it from https://developers.cloudflare.com/tunnel/downloads, or name it as path under [reach.cloudflared]", nil)
	case c.config.Token == "":
		return cloudflareTokenError("cloudflared needs the token of a tunnel")
	}
	life, cancel := context.WithCancel(ctx)
	defer cancel()
	run := &childRun{Cloudflared: c, giveUp: cancel}
	var polling sync.WaitGroup
	polling.Go(func() { run.watch(life) })
	err := run.start(life, path)
	cancel()
	polling.Wait()
	if failure := run.failure.Load(); failure != nil {
		return failure
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return temporary("cloudflared/ended", "cloudflared ended by itself: "+run.lastWords(), "read the log for what it said before", err)
}

// childRun is one life of the program.
type childRun struct {
	*Cloudflared
	giveUp  context.CancelFunc
	failure atomic.Pointer[bridge.Error]
	metrics atomic.Pointer[string] // host:port
	said    atomic.Pointer[string] // the last error
}

// start runs the program and returns when it has ended. The token travels by environment: arguments are for all to see.
func (r *childRun) start(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, path, "tunnel", "--no-autoupdate", "--metrics", loopback+":0", "--grace-period", childGrace, "run") //nolint:gosec // the admin's own program
	cmd.Env = append(childEnv(os.Environ()), "TUNNEL_TOKEN="+r.config.Token)
	lines := &lineWriter{line: r.line}
	cmd.Stdout, cmd.Stderr = lines, lines
	cmd.Cancel = func() error { return stopChild(cmd.Process) }
	cmd.WaitDelay = childKill
	return runBound(cmd)
}

// childEnv leaves out what is no business of a child: Perch's own settings and secrets.
func childEnv(environ []string) []string {
	var kept []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if name == "CREDENTIALS_DIRECTORY" || name == "TUNNEL_TOKEN" || strings.HasPrefix(name, "PERCH_") {
			continue
		}
		kept = append(kept, entry)
	}
	return kept
}

var (
	metricsLine = regexp.MustCompile(`Starting metrics server on (127\.0\.0\.1:\d+)/metrics`)
	levelOfLine = regexp.MustCompile(`^\S+ (ERR|WRN|FTL) `)
)

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
	r.log.Log(context.Background(), level, "cloudflared", "line", text)
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
