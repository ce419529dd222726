package sshforward

import (
	"strings"
	"testing"
)

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
