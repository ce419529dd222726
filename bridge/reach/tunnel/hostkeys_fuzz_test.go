package tunnel

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
		r := &childRun{Cloudflared: NewCloudflared(CloudflaredConfig{Token: token, Log: slog.New(slog.DiscardHandler)}), giveUp: func() {}}
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

// Whatever stands in known_hosts: nothing panics, and nothing makes an unknown key a known one.
func FuzzKnownHosts(f *testing.F) {
	const line = "motion.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJpq5Vq3Ow3qvj7VvX6r6f4o9m4z0cXc0m1r8yKqkq1h"
	for _, text := range []string{line, "@revoked * ssh-rsa AAAA", "|1|x|y ssh-ed25519 AAAA", "@cert-authority *.com ssh-ed25519 AAAA", "\x00", "# only", "host", line + " \xff", strings.Repeat("h,", 500) + "h ssh-rsa A"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		check, err := parseHostKeys(text)
		if err != nil {
			return
		}
		h := &hostKeys{check: check}
		for _, key := range h.known("motion.example.com:22") {
			if key.Key == nil {
				t.Error("a known key that is none")
			}
		}
		if len(h.algorithms("motion.example.com:22")) > 40 {
			t.Error("asks for more kinds of key than there are")
		}
	})
}
