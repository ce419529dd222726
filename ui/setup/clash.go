package setup

import (
	"strings"

	"perch/app/control"
	"perch/ui/form"
)

// settle brings the draft up to what is set now, and asks where something was answered in one way here and set in another
// way there since. It goes on with then once that is settled.
func (w *page) settle(now control.Settings, then func()) {
	began, answers := form.Clone(w.draft.Began), form.Clone(w.draft.Config)
	take := func(theirs bool) {
		merged, _ := merge(began, answers, now.Config, theirs)
		if at := channelAt(merged.Channels, answers.Channels[0].Name); at > 0 { // the set-up is about the first one
			merged.Channels[0], merged.Channels[at] = merged.Channels[at], merged.Channels[0]
		}
		w.draft.Config, w.draft.Began = merged, form.Clone(now.Config)
		then()
	}
	_, clashes := merge(began, answers, now.Config, false)
	if len(clashes) == 0 || !now.Exists { // defaults are nobody's change
		take(false)
		return
	}
	var lines []string
	for _, path := range clashes {
		lines = append(lines, "·  "+w.clash(path, &answers, now.Config))
	}
	win := w.win
	win.Decide(win.T("window.clash.title"), win.T("window.clash.about", strings.Join(lines, "\n")), win.T("window.clash.theirs"), win.T("window.clash.mine"),
		func() { take(true) }, func() { take(false) })
}

// clash words one field: what it is here, and what it is in perch.toml.
func (w *page) clash(path string, answers *control.Config, now control.Config) string {
	name, mine := form.Name(w.win.Texts, path, answers), form.Get(answers, path)
	number, isOfChannel := strings.CutPrefix(path, "channel.")
	if !isOfChannel {
		return w.win.T("window.clash.field", name, mine, form.Get(&now, path))
	}
	_, field, _ := strings.Cut(number, ".")
	channel := strings.TrimSuffix(path, field) + "name"
	at := channelAt(now.Channels, form.Get(answers, channel))
	if at < 0 {
		return w.win.T("window.clash.channel", mine)
	}
	one := control.Config{Channels: now.Channels[at : at+1]}
	return w.win.T("window.clash.field", name, mine, form.Get(&one, "channel.0."+field))
}
