package tunnel

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"perch/bridge/sim/freeport"
)

// patience bounds every wait; the race detector and a busy machine make opening a key with a passphrase take long.
const patience = 90 * time.Second

func freePort(t *testing.T) int {
	t.Helper()
	n, err := freeport.Next()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// peerCertificate returns the certificate that is shown for a name, trusted or not.
func peerCertificate(t *testing.T, at, name string) *x509.Certificate {
	t.Helper()
	conn, err := tls.Dial("tcp", at, &tls.Config{ServerName: name, InsecureSkipVerify: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0]
}
