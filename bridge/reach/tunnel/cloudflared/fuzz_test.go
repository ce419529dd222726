package cloudflared

import (
	"encoding/json"
	"log/slog"
	"net"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever cloudflared prints: nothing panics, a line is bounded, and the token is in none.
func FuzzCloudflaredLines(f *testing.F) {
	const token = "a-secret-token"
	for _, text := range []string{
		"2026-11-27T10:00:00Z INF Starting metrics server on 127.0.0.1:20241/metrics\n", "2026-11-27T10:00:00Z ERR Unauthorized: Invalid tunnel secret\n", "\n\n\x00\n",
		"2026-11-27T10:00:00Z ERR a-secret-token\n", strings.Repeat("x", maxLine+7) + "\nTunnel token is not valid", "\xff\xfe\r\n", "INF Starting metrics server on [::1]:99999999/metrics\n",
	} {
		f.Add(text, uint8(5))
	}
	f.Fuzz(func(t *testing.T, text string, piece uint8) {
		r := &childRun{Tunnel: New(Config{Token: token, Log: slog.New(slog.DiscardHandler)}), giveUp: func() {}}
		w := &lineWriter{line: func(line string) {
			if len(line) > maxLine || line == "" || strings.Contains(line, "\n") {
				t.Errorf("a line of %d bytes", len(line))
			}
			r.line(line)
		}}
		for rest := []byte(text); len(rest) > 0; {
			n := min(len(rest), int(piece)%32+1)
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if strings.Contains(r.lastWords(), token) {
			t.Error("the token is in the last words")
		}
		if at := r.metrics.Load(); at != nil && !strings.Contains(text, *at) {
			t.Errorf("took %q for an address", *at)
		}
	})
}

// Whatever cloudflared answers about its routes: nothing panics, and a fault is said in words.
func FuzzIngress(f *testing.F) {
	for _, text := range []string{
		`{"config":{"ingress":[{"hostname":"perch.example.com","service":"http://localhost:3002"}]}}`, `{"config":{"ingress":[{"hostname":"x","service":"http://localhost:1"}]}}`,
		`{"config":{"ingress":[{"service":"http_status:404"}]}}`, `{"config":null}`, `[]`, `{"config":{"ingress":[{"hostname":"\u001b","service":"http://[::1"}]}}`,
	} {
		f.Add([]byte(text))
	}
	local := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 3002}
	f.Fuzz(func(t *testing.T, text []byte) {
		var rules ingress
		if json.Unmarshal(text, &rules) != nil {
			return
		}
		host, e := route(rules, local)
		if host != "" && e != nil {
			t.Errorf("both %q and %v", host, e)
		}
		if e != nil && (e.Message == "" || e.Remedy == "" || !utf8.ValidString(e.Message)) {
			t.Errorf("says %+v", e)
		}
	})
}
