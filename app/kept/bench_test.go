package kept_test

import (
	"testing"

	"perch/app/kept"
)

// BenchmarkStatus is what a window costs each second while the relay is stopped.
func BenchmarkStatus(b *testing.B) {
	home := mustHome(b)
	for b.Loop() {
		if _, err := kept.Of(home).Status(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
