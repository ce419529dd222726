package supervisor

import (
	"context"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"perch/app/alarm"
	"perch/app/config"
	"perch/app/control"
	"perch/app/disk"
	"perch/bridge"
	"perch/bridge/alert/send"
	"perch/bridge/secret"
)

const (
	// shownMessages is how many messages an alert tells of, and shownText how much of each, in letters.
	shownMessages, shownText = 5, 200
	// roomRest and certificateRest are how long is remembered how much room there is, and when a certificate ends.
	roomRest, certificateRest = 10 * time.Second, 10 * time.Minute
)

// alarmConfig is what the relay's alerts are made of.
func (r *relay) alarmConfig(status func(context.Context) (control.Status, error), sender *send.Sender) alarm.Config {
	host, err := os.Hostname()
	if err != nil {
		host = "this computer"
	}
	return alarm.Config{
		Setup: func() ([]config.Alert, map[secret.Key]string) { s := r.setup(); return s.config.Alerts, s.values }, Status: status,
		Messages: r.wrote, Alive: alive{relay: r}.Alive, Store: r.journal, Sender: sender, Host: host, Log: r.log.Logger,
	}
}

// wrote says who wrote the latest messages of a channel in a state, and what.
func (r *relay) wrote(ctx context.Context, channel, state string) []string {
	list, err := r.engine.List(ctx, bridge.Filter{Channel: channel, State: bridge.State(state), Limit: shownMessages})
	if err != nil {
		return nil
	}
	lines := make([]string, 0, len(list))
	for _, d := range list {
		text := strings.Join(strings.Fields(d.Text), " ")
		if runes := []rune(text); len(runes) > shownText {
			text = string(runes[:shownText]) + "…"
		}
		who := "from @" + d.From
		if d.Direction == bridge.Out {
			who = "to @" + d.To
		}
		lines = append(lines, fmt.Sprintf("Message %d %s: %s", d.ID, who, text))
	}
	return lines
}

// remembered is a value that is asked for again once it is older than its rest. It is safe for concurrent use.
type remembered[T any] struct {
	mu    sync.Mutex
	value T
	until time.Time
}

// get returns the value; ask returns it with how long it is good for.
func (m *remembered[T]) get(ask func(before T) (T, time.Duration)) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := time.Now(); !now.Before(m.until) {
		var rest time.Duration
		m.value, rest = ask(m.value)
		m.until = time.Now().Add(rest)
	}
	return m.value
}

// looks are what the status knows of things that are not asked for each time.
type looks struct {
	room         remembered[control.Disk]
	certificates remembered[[]control.Certificate]
}

// room is how much there is where the journal is; zero where that cannot be told.
func (r *relay) room() control.Disk {
	return r.looks.room.get(func(control.Disk) (control.Disk, time.Duration) {
		folder := filepath.Dir(r.Home.Journal())
		free, err := disk.Free(folder)
		total, sizeErr := disk.Size(folder)
		if err != nil || sizeErr != nil {
			return control.Disk{}, roomRest
		}
		return control.Disk{Free: free, Total: total}, roomRest
	})
}

// certificates are those that somebody has to renew. That of reach.tls tells for itself.
func (r *relay) certificates() []control.Certificate {
	return r.looks.certificates.get(func([]control.Certificate) ([]control.Certificate, time.Duration) {
		web := r.setup().config.Web
		if !web.Enabled || web.CertFile == "" {
			return nil, roomRest
		}
		pair, err := tls.LoadX509KeyPair(web.CertFile, web.KeyFile)
		if err != nil || pair.Leaf == nil {
			return nil, roomRest // the page itself says what is wrong with it
		}
		return []control.Certificate{{Setting: "web.cert_file", Until: pair.Leaf.NotAfter}}, certificateRest
	})
}
