package settings

import (
	"context"
	"slices"
	"strings"
	"time"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/format"
	"perch/ui/kit"
)

// checkAfter is how long typing has to rest before the settings are checked.
const checkAfter = 300 * time.Millisecond

// validate asks for what is wrong when typing has come to rest.
func (s *page) validate() {
	s.mark()
	s.edits++
	number, draft := s.edits, form.Clone(s.draft)
	var saved control.Saved
	s.win.Watch.Do(func(ctx context.Context) (err error) {
		select {
		case <-time.After(checkAfter):
		case <-ctx.Done():
			return ctx.Err()
		}
		saved, err = s.win.Settings.SaveSettings(ctx, draft, true)
		return err
	}, func(err error) {
		if number == s.edits && !s.win.ShowError(err) {
			s.problems = saved.Problems
			s.mark()
		}
	})
}

// mark shows each problem at its field, and whether there is something to save.
func (s *page) mark() {
	elsewhere := 0
	for _, place := range s.places {
		kit.ShowProblem(place, "")
	}
	for _, p := range s.problems {
		if place, ok := s.places[p.Field]; ok {
			kit.ShowProblem(place, format.Problem(p.Message, p.Remedy))
		} else {
			elsewhere++
		}
	}
	kit.Pick(s.isDirty(), s.bar.Show, s.bar.Hide)()
	s.saveIt.Enabled(len(s.problems) == 0)
	switch {
	case elsewhere > 0:
		p := s.problems[slices.IndexFunc(s.problems, func(p control.Problem) bool { return s.places[p.Field] == nil })]
		s.barText.Set(strings.TrimSpace(format.Problem(p.Message, p.Remedy)), kit.Bad)
	case len(s.problems) > 0:
		s.barText.Set(s.win.Texts.N("window.settings.problems", len(s.problems)), kit.Bad)
	default:
		s.barText.Set(s.win.T("window.settings.unsaved"), kit.Muted)
	}
}
