package juicebox_test

import "testing"

// BenchmarkRecover is a whole recovery from realms as X has them; nearly all of it is the hash of the PIN.
func BenchmarkRecover(b *testing.B) {
	s := asX(b)
	s.set.Fast = false
	s.set.Register(user, pin, s.secret, 20)
	s.attach(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.recover(pin); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecoverWithoutHash is what remains of it.
func BenchmarkRecoverWithoutHash(b *testing.B) {
	s := asX(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.recover(pin); err != nil {
			b.Fatal(err)
		}
	}
}
