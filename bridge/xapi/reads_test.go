package xapi_test

import (
	"fmt"
	"testing"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/xapi"
)

func TestWhatXGivesIsToldOfByItsIDs(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	var told []string
	c := w.client("v2", func(c *xapi.Config) {
		c.Reads = func(kind bridge.BilledKind, ids ...string) {
			for _, id := range ids {
				told = append(told, fmt.Sprint(kind, " ", id))
			}
		}
	})
	expect := func(what string, want ...string) {
		t.Helper()
		if fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("%s: told of %v, want %v", what, told, want)
		}
		told = nil
	}
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	expect("the account", "own_read 4337869213")
	if _, err := c.UserByHandle(t.Context(), "annlee"); err != nil {
		t.Fatal(err)
	}
	expect("somebody", "user_read "+annID)
	if _, err := c.User(t.Context(), "999"); err == nil {
		t.Fatal("nobody was found")
	}
	expect("nobody")
	id, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	expect("sending")
	if _, err := c.SentDMs(t.Context(), annID); err != nil {
		t.Fatal(err)
	}
	expect("a list", "dm_read "+id)
	w.mustBeStrict(t)
}
