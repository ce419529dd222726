package overview

import (
	"perch/ui/kit"
	"perch/ui/snapshot"
)

func (o *page) buttons(m summary, d snapshot.Data) {
	show := func(b *kit.Button, on bool) {
		if on != b.Visible() {
			kit.Pick(on, b.Show, b.Hide)()
		}
	}
	show(o.start, !d.Running && d.Problem == nil)
	for _, b := range []*kit.Button{o.pause, o.pauseMenu, o.restart, o.stop} {
		show(b, d.Running || d.Problem != nil)
	}
	o.start.Enabled(m.CanStart)
	o.stop.Enabled(m.CanStop || (d.Problem != nil && !m.IsDemo))
	o.restart.Enabled(m.CanStop || (d.Problem != nil && !m.IsDemo))
	o.pause.Enabled(m.CanPause)
	o.pauseMenu.Enabled(m.CanPause)
	if m.IsPaused {
		o.pause.Set(o.win.T("window.do.resume"), "play", kit.Strong)
	} else {
		o.pause.Set(o.win.T("window.do.pause"), "pause", kit.Plain)
	}
}
