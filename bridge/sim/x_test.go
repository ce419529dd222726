package sim_test

import (
	"net/http"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
)

func TestX_GoesDownAndUpAgain(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	before := w.URL()
	w.Down()
	if _, err := w.Client.Try(http.MethodGet, "/2/users/me", "", nil); err == nil {
		t.Error("X answered although it is down")
	}
	if err := w.Up(); err != nil {
		t.Fatal(err)
	}
	if r := w.Client.Get("/2/users/me"); r.Status != 200 || w.URL() != before {
		t.Errorf("up again: %d at %s, before %s", r.Status, w.URL(), before)
	}
	for range 2 {
		if err := w.Close(); err != nil {
			t.Error("closing twice is an error:", err)
		}
	}
}
