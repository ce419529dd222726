package xapi_test

import (
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/xapi"
)

// Only what says that the keys are wrong counts as a refusal of the keys.
func TestWhatSaysThatTheKeysAreWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		fault fault.Fault
		want  bool
	}{
		"wrong token": {fault.Keys(), true}, "wrong kind": {fault.WrongAuth(), true},
		"clock": {fault.Clock(), false}, "credits": {fault.Credits(), false}, "cap": {fault.UsageCap(), false},
		"suspended": {fault.Suspended(), false}, "locked": {fault.Locked(), false}, "outage": {fault.Unavailable(), false},
		"not enrolled": {fault.NotEnrolled(), false}, "calm": {fault.Calm(), false},
	} {
		x, err := sim.StartX(sim.XOptions{})
		if err != nil {
			t.Fatal(err)
		}
		a := x.AddAccount(sim.Account{ID: "1", Handle: "acme"})
		tt.fault.Endpoint, tt.fault.Times = "", 0
		x.Fault(tt.fault)
		c := xapi.New(xapi.Config{
			Profile: "v2", APIBase: x.URL(), Keys: xapi.Keys{
				ConsumerKey: a.ConsumerKey, ConsumerSecret: a.ConsumerSecret, AccessToken: a.AccessToken, AccessTokenSecret: a.AccessTokenSecret,
			},
		})
		_, err = c.Me(t.Context())
		if err == nil || xapi.AreKeysRefused(err) != tt.want {
			t.Errorf("%s: %v counts as %v", name, err, xapi.AreKeysRefused(err))
		}
		c.Close()
		_ = x.Close()
	}
	if xapi.AreKeysRefused(nil) {
		t.Error("no error counts as a refusal")
	}
}
