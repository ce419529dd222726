package motionsim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"net"
	"net/http"
	"time"

	"perch/bridge/sim/serve"
)

const (
	// maxBadLogins wrong passwords in a row lock the user for lockout.
	maxBadLogins = 5
	lockout      = time.Minute
)

// IsLocked reports whether the user is locked because of too many wrong passwords.
func (m *Motion) IsLocked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.options.Now().Before(m.lockedUntil)
}

// checkCredentials takes Basic or an API key in the query; nil when they are good. A request to a public endpoint may
// come without any. The caller holds mu.
func (m *Motion) checkCredentials(in *request, isPublic bool) *serve.Answer {
	user, password, isBasic := in.BasicAuth()
	keys := in.URL.Query()["apikey"]
	switch {
	case len(keys) == 0 && !isBasic && isPublic:
		return nil
	case len(keys) == 0 && !isBasic:
		if in.Header.Get("Authorization") != "" {
			in.malformed(0, "its Authorization header is not Basic")
		}
		return unauthorized()
	case len(keys) > 0:
		if len(keys) > 1 || keys[0] != m.options.APIKey {
			return unauthorized()
		}
		return nil
	case m.options.Now().Before(m.lockedUntil):
		return unauthorized()
	case user == m.options.User && password == m.options.Password:
		m.badLogins = 0
		return nil
	}
	if m.badLogins++; m.badLogins >= maxBadLogins {
		m.badLogins, m.lockedUntil = 0, m.options.Now().Add(lockout)
	}
	return unauthorized()
}

func unauthorized() *serve.Answer {
	a := serve.JSON(http.StatusUnauthorized, map[string]any{"message": "Unauthorized"})
	a.Header().Set("WWW-Authenticate", `Basic realm="Motion"`)
	return a
}

// selfSigned makes a certificate for 127.0.0.1 that nobody vouches for, as many a Motion has.
func selfSigned() (*tls.Config, string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "motion.simulated"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 0, 1),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, DNSNames: []string{"localhost"},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(raw)
	certificate := tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, hex.EncodeToString(sum[:]), nil
}
