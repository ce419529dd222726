package hostile_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/hostile"
	"perch/bridge/sim/xevents"
)

// What was sent oddly is written down, and happens once.
func TestAnOddityStrikesOnceAndWhatItIsFor(t *testing.T) {
	x, err := sim.StartX(sim.XOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	x.AddAccount(sim.Account{ID: "7", Handle: "acme"})
	var got [][]byte
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		got = append(got, b.Bytes())
	}))
	t.Cleanup(hook.Close)
	x.SetWebhook("7", hook.URL, xevents.XAA)
	x.Hostile(hostile.Oddity{Endpoint: hostile.Events, Kind: hostile.Mark, For: "second"})
	for _, text := range []string{"first", "second", "second again"} {
		x.DM("9", "7", sim.Message{Text: text})
	}
	if err := x.Idle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0][0] != '{' || got[1][0] == '{' || got[2][0] != '{' {
		t.Errorf("posted: %.60q", got)
	}
	if struck := x.Calm(); len(struck) != 1 || struck[0].Kind != hostile.Mark {
		t.Errorf("written down: %+v", struck)
	}
}
