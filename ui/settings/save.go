package settings

import (
	"context"
	"slices"
	"strings"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
)

func (s *page) onSave() { s.win.UnlessUnread(s.stored, s.save) }

func (s *page) save() {
	if place := s.draft.Secrets; s.stored.Exists && place != s.stored.Config.Secrets {
		s.onMove(place)
		return
	}
	draft := form.Clone(s.draft)
	var saved control.Saved
	s.saveIt.Enabled(false)
	s.win.Watch.Do(func(ctx context.Context) (err error) {
		saved, err = s.win.Settings.SaveSettings(ctx, draft, false)
		return err
	}, func(err error) {
		s.saveIt.Enabled(true)
		if s.win.ShowError(err) {
			return
		}
		if s.problems = saved.Problems; len(saved.Problems) == 0 {
			s.stored.Config, s.stored.Exists = draft, true
			s.build() // what has been saved has secrets, and keeps its name
			s.win.ReloadSettings()
			s.report("window.settings.saved", "window.settings.used", saved.ReloadResult, &draft)
		}
		s.mark()
	})
}

// onMove takes the secrets along to their new place before the rest is saved. A vault is opened or made first.
func (s *page) onMove(place string) {
	if place == "vault" && !s.win.VaultState.Open {
		s.win.Unlock(func() { s.onMove(place) })
		return
	}
	s.saveIt.Enabled(false)
	s.win.Watch.Do(func(ctx context.Context) error { return s.win.Vault.MoveSecrets(ctx, place) }, func(err error) {
		s.saveIt.Enabled(true)
		if s.win.ShowError(err) {
			return
		}
		s.stored.Config.Secrets = place
		s.save()
	})
}

func (s *page) onStored(isSet bool, taken control.ReloadResult) {
	saved, used := "window.secret.saved", "window.secret.used"
	if !isSet {
		saved, used = "window.secret.gone.saved", "window.secret.gone.used"
	}
	s.report(saved, used, taken, &s.stored.Config)
	s.win.ReloadSettings()
}

// report says what became of something that was saved. saved and used are the words
// when no relay runs and when it uses all of it; c is the configuration that the fields' names are about.
func (s *page) report(saved, used string, t control.ReloadResult, c *control.Config) {
	var reasons []string
	for _, p := range t.Refused {
		if reason := format.Problem(p.Message, p.Remedy); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	about := strings.Join(reasons, " ")
	switch {
	case !s.win.Data.Running:
		s.win.Notify(format.Good, s.win.T(saved), "")
	case len(t.RestartFields) > 0:
		s.win.OfferRestart(s.win.T("window.applied.restart", form.Names(s.win.Texts, t.RestartFields, c)), about)
	case t.Restart:
		s.win.Notify(format.Warn, s.win.T("window.applied.refused"), about)
	default:
		s.win.Notify(format.Good, s.win.T(used), "")
	}
}
