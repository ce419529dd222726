package setup

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/window"
)

func (w *page) reachStep() fyne.CanvasObject {
	win, r := w.win, &w.draft.Config.Reach
	column := kit.VStack(12, w.stepHead("reach"))
	for _, c := range []struct{ mode, icon string }{{"stream", "traffic"}, {"webhook", "door"}, {"poll", "clock"}} {
		column.Add(tile(c.icon, win.T("window.wizard.reach."+c.mode), win.T("window.wizard.reach."+c.mode+".about"), r.Mode == c.mode, func() {
			r.Mode = c.mode
			w.saveDraft()
			w.build()
		}))
	}
	if r.Mode == "webhook" {
		w.addFields(column, func(_ form.Group, f form.Field) bool { return f.Path != "reach.mode" })
	}
	return column
}

// addFields adds the fields on how events and answers come in that are wanted and matter now.
func (w *page) addFields(column *fyne.Container, isWanted func(form.Group, form.Field) bool) {
	for _, g := range form.Groups() {
		if g.Tab != "reach" {
			continue
		}
		for _, f := range g.Fields {
			if f.Kind == form.Secret || !isWanted(g, f) || !f.IsShown(&w.draft.Config, g.Tab, 0) {
				continue
			}
			input := form.Input(w.win, f, f.Path, form.Get(&w.draft.Config, f.Path), func(value string) {
				form.Set(&w.draft.Config, f.Path, value)
				w.saveDraft()
				if f.Kind == form.Choice {
					w.build()
				}
			})
			column.Add(kit.FormRow(w.win.T("window.field."+f.Path), w.win.T("window.help."+f.Path), input, nil))
		}
	}
}

// repliesStep asks where Perch is seen from Motion: agents' answers come to it.
func (w *page) repliesStep() fyne.CanvasObject {
	win, c := w.win, &w.draft.Config
	column := kit.VStack(12, w.stepHead("replies"))
	icons := map[string]string{replyHere: "hub", replyNetwork: "traffic", replyTunnel: "door"}
	now := replyRoute(c)
	for _, route := range replyRoutes(c) {
		column.Add(tile(icons[route], win.T("window.wizard.replies."+route), win.T("window.wizard.replies."+route+".about"), now == route, func() {
			setReplyRoute(c, route)
			w.saveDraft()
			w.build()
		}))
	}
	switch now {
	case replyTunnel:
		w.addFields(column, func(g form.Group, _ form.Field) bool { return g.Key == "ssh" })
	case replyNetwork:
		column.Add(kit.NewParagraph(win.T("window.wizard.replies.network.note"), kit.TextSmall, kit.Muted))
	}
	return column
}

// checkReach goes on when all is there that the choice needs.
func (w *page) checkReach() {
	c := form.Clone(w.draft.Config)
	var saved control.Saved
	w.busy(func(ctx context.Context) (err error) {
		saved, err = w.win.Settings.SaveSettings(ctx, c, true)
		return err
	}, func(err error) {
		if w.showError(err) {
			return
		}
		for _, p := range saved.Problems {
			if strings.HasPrefix(p.Field, "reach.") || p.Field == "listen" {
				window.ShowResult(w.outcome, control.CheckResult{Message: form.Name(w.win.Texts, p.Field, &c) + ": " + p.Message, Remedy: p.Remedy})
				w.scroll.ScrollToBottom()
				return
			}
		}
		w.goOn()
	})
}
