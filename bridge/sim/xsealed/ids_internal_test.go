package xsealed

import (
	"testing"

	"perch/bridge/sim/xevents"
	"perch/bridge/sim/xstate"
)

func TestConversationsAreFoundByWhatXTakes(t *testing.T) {
	t.Parallel()
	x := New(xevents.NewEvents(xstate.NewState(xstate.Options{}, func() string { return "" }), nil), nil)
	for path, want := range map[string]string{
		"9": "9:10", "9-10": "9:10", "10-9": "9:10", "9:10": "", "g17": "", "9-11": "", "": "", "a": "", "9-10-11": "", "10": "10:10", "12345678901234567890": "",
	} {
		if got, refused := x.Resolve("10", path); got != want || (refused == nil) != (want != "") {
			t.Errorf("%q: %q, %+v", path, got, refused)
		}
	}
	for path, want := range map[string]string{"9-10": "9:10", "9": "", "9:10": ""} {
		if got, _ := x.ResolveSide("10", path); got != want {
			t.Errorf("beside a path, %q: %q", path, got)
		}
	}
	x.options.MediaColon = true
	for path, want := range map[string]string{"9:10": "9:10", "9-10": ""} {
		if got, _ := x.ResolveSide("10", path); got != want {
			t.Errorf("with a colon, %q: %q", path, got)
		}
	}
}

func TestSwappedFilesDiffer(t *testing.T) {
	t.Parallel()
	sealed := make([]byte, 24+3*1041)
	for i := range sealed {
		sealed[i] = byte(i / 7)
	}
	if got := swapped(sealed); len(got) != len(sealed) || string(got) == string(sealed) || string(got[:24]) != string(sealed[:24]) {
		t.Errorf("%d bytes of %d", len(got), len(sealed))
	}
}
