// Package planted makes secrets of all kinds, for tests that look whether one is left in what is given away. It guarantees that
// the same seed makes the same secrets, and that none of them is anybody's.
package planted

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Secret is a secret, and how a line of a log or a comment in a file holds it.
type Secret struct {
	// Parts are what must not be found, each of it.
	Parts []string
	Text  string
}

// alphabet is what keys of X and most others are made of.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

type maker struct{ *rand.Rand }

func (m maker) of(signs string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = signs[m.IntN(len(signs))]
	}
	return string(b)
}

func (m maker) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(m.IntN(256))
	}
	return b
}

// password is one that a person has chosen.
func (m maker) password() string {
	words := []string{"Sommer", "milano", "Drago", "piazza", "Hund", "calcio", "Perla", "winter"}
	return fmt.Sprintf("%s%s%d", words[m.IntN(len(words))], string("!$%*+?"[m.IntN(6)]), 100+m.IntN(900_000))
}

func one(format, secret string) Secret {
	return Secret{Parts: []string{secret}, Text: fmt.Sprintf(format, secret)}
}

// Secrets makes n secrets, as many of each kind as of any other.
func Secrets(seed uint64, n int) []Secret {
	m := maker{rand.New(rand.NewPCG(seed, seed))} //nolint:gosec // they open nothing
	kinds := m.kinds()
	all := make([]Secret, 0, n)
	for i := range n {
		all = append(all, kinds[i%len(kinds)]())
	}
	return all
}

func (m maker) kinds() []func() Secret {
	key := func(n int) string { return m.of(alphabet, n) }
	return []func() Secret{
		func() Secret { return one("old consumer key %s", key(25)) },
		func() Secret { return one("consumer_secret = %q", key(50)) },
		func() Secret { return one("access_token: 4337869213-%s", key(40)) },
		func() Secret { return one(`{"oauth_token":"%s","a":1}`, key(30)) },
		func() Secret {
			return one(`OAuth oauth_consumer_key="x", oauth_signature="%s", oauth_nonce="1"`, key(28))
		},
		func() Secret { return one("Authorization: Bearer %s", key(110)) },
		func() Secret {
			return one("authorization: Basic %s", base64.StdEncoding.EncodeToString([]byte("admin:"+m.password())))
		},
		func() Secret { return one("Cookie: lang=it; connect.sid=%s; theme=dark", key(32)) },
		func() Secret { return one("Set-Cookie: token=%s; HttpOnly", strings.ToLower(key(12))) },
		func() Secret {
			return one("POST http://10.0.0.5:3002/reply/%s refused", m.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 26))
		},
		func() Secret {
			return one("https://hooks.slack.com/services/T024BE7LD/B01ABCDEFGH/%s says no", key(24))
		},
		func() Secret {
			return one("GET https://motion.example/api/x?apikey=%s&port=3002", strings.ToLower(key(16)))
		},
		func() Secret { return one("https://motion.example/cb?code=%s#top", key(20)) },
		func() Secret { return one("https://admin:%s@motion.example/api", m.password()) },
		func() Secret { return one("the password is %s", m.password()) },
		func() Secret { return one("passphrase: %s horse battery staple", m.of("abcdefghijklmnop", 9)) },
		func() Secret { return one("motion.password = '%s'", m.of("abcdefghijklmnop", 8)) },
		func() Secret { return one("chat keys %s", base64.StdEncoding.EncodeToString(m.bytes(64))) },
		func() Secret { return one("chat_keys=%s", base64.RawURLEncoding.EncodeToString(m.bytes(64))) },
		func() Secret { return one("pin %s", hex.EncodeToString(m.bytes(32))) },
		func() Secret {
			body := base64.StdEncoding.EncodeToString(m.bytes(48))
			return one("-----BEGIN OPENSSH PRIVATE KEY-----\\n%s\\n-----END OPENSSH PRIVATE KEY-----", body)
		},
		func() Secret {
			return one("eyJhbGciOiJIUzI1NiJ9.%s was refused", base64.RawURLEncoding.EncodeToString([]byte(`{"id":1,"exp":`+key(9)))+"."+key(43))
		},
		func() Secret { return one("AGE-SECRET-KEY-1%s", m.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)) },
		func() Secret { return one("ngrok authtoken 2%s", key(26)+"_"+key(21)) },
		func() Secret { return one("run with --token %s", strings.ToLower(key(20))) },
		func() Secret { return one("xoxb-12345-%s", key(24)) },
		func() Secret { return one("X answered 401: {\"detail\":\"bad token %s\"}", key(12)) },
		func() Secret { return one("Motion says: invalid credentials for admin, session=%s", key(32)) },
		func() Secret { return one("crc_token=%s", base64.StdEncoding.EncodeToString(m.bytes(24))) },
		func() Secret {
			return one("x-twitter-webhooks-signature: sha256=%s", base64.StdEncoding.EncodeToString(m.bytes(32)))
		},
		func() Secret { return one("key %s in a comment", base64.StdEncoding.EncodeToString(m.bytes(33))) },
		func() Secret { return one("ghp_%s", key(36)) },
	}
}
