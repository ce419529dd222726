package window_test

import (
	"context"
	"errors"
	"testing"

	"perch/app/desk"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// mustShow asks for the window, and lets its thread work meanwhile.
func mustShow(t *testing.T, r *rig.Rig, section string) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- window.Show(t.Context(), r.Window, section) }()
	for {
		select {
		case err := <-done:
			return err
		default:
			r.Step()
		}
	}
}

func TestWhoWouldOpenASecondWindowGetsThisOne(t *testing.T) {
	r := mustWindow(t, nil)
	if err := mustShow(t, r, "limits"); err != nil || r.Current() != "limits" || r.Desktop.Raised() != 1 {
		t.Errorf("%v, %s is open, raised %d times", err, r.Current(), r.Desktop.Raised())
	}
	if err := mustShow(t, r, ""); err != nil || r.Current() != "limits" || r.Desktop.Raised() != 2 {
		t.Errorf("without a section: %v, %s is open, raised %d times", err, r.Current(), r.Desktop.Raised())
	}
	r.Confirm("Really?", "About it.", "Yes", func() {})
	if err := mustShow(t, r, window.Attention); err != nil || r.Current() != "limits" {
		t.Errorf("behind a question: %v, %s is open", err, r.Current())
	}
	r.Desktop.Become(desk.Yes, desk.No, errors.New("look in the list of windows"))
	if err := mustShow(t, r, ""); err == nil || err.Error() != "look in the list of windows" {
		t.Errorf("a desktop that refuses: %v", err)
	}
}

func TestAWindowWhoseThreadHangsSaysSo(t *testing.T) {
	r := mustWindow(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := window.Show(ctx, r.Window, ""); !errors.Is(err, context.Canceled) || r.Desktop.Raised() != 0 {
		t.Errorf("%v, raised %d times", err, r.Desktop.Raised())
	}
}
