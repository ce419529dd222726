package cloudflared

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/reach/tunnel/link"
)

const (
	// metricsWait bounds one question to cloudflared; maxMetrics its answer, in bytes.
	metricsWait = 5 * time.Second
	maxMetrics  = 1 << 20
)

// ingress is the part of cloudflared's configuration that says where requests go.
type ingress struct {
	Config struct {
		Ingress []struct {
			Hostname string `json:"hostname"`
			Service  string `json:"service"`
		} `json:"ingress"`
	} `json:"config"`
}

// watch asks the program how it is, until ctx ends. One that answered once and then falls silent is replaced.
func (r *childRun) watch(ctx context.Context) {
	ticker := time.NewTicker(r.poll)
	defer ticker.Stop()
	heard := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		at := r.metrics.Load()
		switch {
		case r.failure.Load() != nil:
		case at != nil && r.judge(ctx, *at):
			heard = time.Now()
		case time.Since(heard) < r.silence || ctx.Err() != nil:
		case at == nil:
			r.Down(link.Temporary("cloudflared/silent", "cloudflared runs, but does not say how it is", "update cloudflared", nil), time.Time{})
		default:
			r.failure.Store(link.Temporary("cloudflared/frozen", "cloudflared gave no sign of life for "+r.silence.String(),
				"nothing to do: Perch starts it again", nil))
			r.giveUp()
		}
	}
}

// judge tells how the program is, and reports whether it answered.
func (r *childRun) judge(ctx context.Context, at string) bool {
	var ready struct {
		Connections int `json:"readyConnections"`
	}
	status, err := ask(ctx, "http://"+at+"/ready", &ready)
	if err != nil {
		return false
	}
	if status != http.StatusOK || ready.Connections == 0 {
		r.Down(link.Temporary("cloudflared/offline", "cloudflared has no connection to Cloudflare: "+r.lastWords(),
			"check this computer's network, and that firewalls let it out to port 7844, by UDP and TCP", nil), time.Time{})
		return true
	}
	r.reached(ctx, at, ready.Connections)
	return true
}

// reached tells of a program that is connected, once it is known that it hands on to us.
func (r *childRun) reached(ctx context.Context, at string, connections int) {
	var rules ingress
	status, err := ask(ctx, "http://"+at+"/config", &rules)
	if err != nil || status != http.StatusOK {
		rules = ingress{} // an older program cannot be asked
	}
	host, trouble := route(rules, r.config.Local.Addr())
	if trouble != nil {
		r.Down(trouble, time.Time{})
		return
	}
	publicURL := r.config.PublicURL
	if publicURL == "" && host != "" {
		publicURL = "https://" + host
	}
	r.Up(publicURL, fmt.Sprintf("cloudflared holds %d connections to Cloudflare", connections))
}

// route finds the public host name that hands on to us. Cloudflare's dashboard decides that, so a rule for another port is
// the likeliest mistake.
func route(rules ingress, local net.Addr) (string, *bridge.Error) {
	_, port, err := net.SplitHostPort(local.String())
	if err != nil {
		return "", nil
	}
	var others []string
	for _, rule := range rules.Config.Ingress {
		u, err := url.Parse(rule.Service)
		if err != nil || u.Host == "" {
			continue
		}
		if u.Port() == port {
			return rule.Hostname, nil
		}
		others = append(others, rule.Hostname+" → "+rule.Service)
	}
	if len(rules.Config.Ingress) == 0 {
		return "", nil
	}
	message := "no public host name of the tunnel hands on to Perch"
	if len(others) > 0 {
		message += ", only " + strings.Join(others, ", ")
	}
	return "", link.Operator("cloudflared/route", message,
		"in Cloudflare's dashboard, give the tunnel a public host name with the service http://localhost:"+port, nil)
}

var metricsClient = &http.Client{Timeout: metricsWait, Transport: &http.Transport{DisableKeepAlives: true}}

// ask reads a JSON answer whatever its status.
func ask(ctx context.Context, at string, into any) (int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, http.NoBody)
	if err != nil {
		return 0, err
	}
	answer, err := metricsClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxMetrics))
	if err != nil {
		return 0, err
	}
	if json.Unmarshal(text, into) != nil && answer.StatusCode == http.StatusOK {
		return 0, fmt.Errorf("the answer is no JSON: %.80q", text)
	}
	return answer.StatusCode, nil
}
