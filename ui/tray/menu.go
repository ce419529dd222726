package tray

import (
	"perch/app/control"
	"perch/app/desk"
	"perch/ui/pause"
)

// items returns the menu below the first line.
func items(s Snapshot, tr T) []Item {
	up := s.Phase == PhaseUp
	alive := up || s.Phase == PhaseSilent
	paused := up && s.Status.State == control.StatePaused
	n := 0
	if up {
		n = NeedsYou(s.Status)
	}
	canControl := !s.Status.Demo // a demo's relay ends with it and cannot be started
	list := append(details(s, tr), []Item{
		{ID: Separator},
		{ID: ItemOpen, Title: tr("tray.open"), Enabled: true},
		{ID: Separator},
		{ID: ItemStart, Title: tr("tray.start"), Enabled: s.Phase == PhaseDown && s.IsConfigured && canControl, Hidden: alive},
		{ID: ItemStop, Title: tr("tray.stop"), Enabled: alive && canControl, Hidden: !alive},
		{ID: ItemRestart, Title: tr("tray.restart"), Enabled: alive && canControl},
		{ID: ItemPause, Title: tr("tray.pause"), Enabled: up, Hidden: paused},
		{ID: ItemPauseMenu, Title: tr("tray.pause.while"), Enabled: up, Hidden: paused, Children: pauses(up, tr)},
		{ID: ItemResume, Title: tr("tray.resume"), Enabled: up, Hidden: !paused},
		{ID: ItemAttention, Title: tr("tray.attention", n), Enabled: n > 0},
		{ID: Separator},
	}...)
	list = append(list, copyItems(ItemCopyWebhook, ItemWebhookMenu, tr("tray.copy.webhook"), s)...)
	list = append(list, copyItems(ItemCopyReply, ItemReplyMenu, tr("tray.copy.reply"), s)...)
	return append(list, Item{ID: Separator}, login(s.Login, tr), Item{ID: ItemQuit, Title: quitTitle(alive, tr), Enabled: true})
}

// pauses are the lengths of a pause that ends by itself.
func pauses(up bool, tr T) (items []Item) {
	for _, l := range pause.Lengths() {
		items = append(items, Item{ID: ItemPause + "/" + l.For.String(), Title: tr(l.Key), Enabled: up})
	}
	return items
}

// copyItems are a plain item for one channel, or a menu with an item for each.
func copyItems(id, menuID, title string, s Snapshot) []Item {
	up, several := s.Phase == PhaseUp, len(s.Status.Channels) > 1
	plain := Item{ID: id, Title: title, Enabled: up, Hidden: several}
	menu := Item{ID: menuID, Title: title, Enabled: up, Hidden: !several}
	for _, c := range s.Status.Channels {
		if several {
			menu.Children = append(menu.Children, Item{ID: id + "/" + c.Name, Title: c.Name, Enabled: up})
		}
	}
	return []Item{plain, menu}
}

func login(l desk.Answer, tr T) Item {
	item := Item{ID: ItemLogin, Title: tr("tray.login"), Enabled: l != desk.Unknown, IsCheckable: true, Checked: l == desk.Yes}
	if l == desk.Unknown {
		item.Title = tr("tray.login.unsupported")
	}
	return item
}

func quitTitle(alive bool, tr T) string {
	if alive {
		return tr("tray.quit.running")
	}
	return tr("tray.quit")
}
