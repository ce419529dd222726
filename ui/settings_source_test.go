package ui_test

import (
	"context"
	"errors"
	"testing"

	"perch/app/control"
	"perch/ui"
	"perch/ui/uitest"
)

func TestFirstOf(t *testing.T) {
	local := uitest.NewSettings()
	for _, cause := range []error{control.ErrNotRunning, control.ErrNoSettings} {
		s := ui.FirstOf(failing{cause}, local)
		if got, err := s.Settings(t.Context()); err != nil || !got.Exists {
			t.Errorf("%v: %+v, %v", cause, got, err)
		}
		if _, err := s.SaveSettings(t.Context(), local.Stored.Config, true); err != nil {
			t.Error(err)
		}
		if _, err := s.SetSecret(t.Context(), "a", "b", "c"); err != nil || local.Secrets["a/b"] != "c" {
			t.Error(err)
		}
		if r, err := s.CheckSettings(t.Context(), control.CheckXKeys, control.CheckRequest{}); err != nil || !r.OK {
			t.Error(err)
		}
	}
	other := errors.New("disk full")
	if _, err := ui.FirstOf(failing{other}, local).Settings(t.Context()); !errors.Is(err, other) {
		t.Errorf("another error is hidden: %v", err)
	}
	if s, err := ui.FirstOf(local, failing{other}).Settings(t.Context()); err != nil || !s.Exists {
		t.Errorf("the relay is not asked first: %v", err)
	}
}

// failing are settings of which every call fails.
type failing struct{ err error }

func (f failing) Settings(context.Context) (control.Settings, error) {
	return control.Settings{}, f.err
}

func (f failing) SaveSettings(context.Context, control.Config, bool) (control.Saved, error) {
	return control.Saved{}, f.err
}

func (f failing) SetSecret(context.Context, string, string, string) (control.ReloadResult, error) {
	return control.ReloadResult{}, f.err
}

func (f failing) CheckSettings(context.Context, string, control.CheckRequest) (control.CheckResult, error) {
	return control.CheckResult{}, f.err
}
