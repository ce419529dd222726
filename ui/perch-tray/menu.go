package main

import (
	"runtime"

	"github.com/getlantern/systray"

	"perch/assets"
	"perch/ui/tray"
)

const (
	// iconSize suits panels at twice the size; those at the usual size halve it.
	iconSize = 48
	// maxClicks is how many clicks on one item may wait; the library drops those for which there is no room.
	maxClicks = 1024
	// firstLine is the ID of the line in words.
	firstLine = "line"
)

// menu puts views on the screen. The library can neither insert nor remove, so every item is made once and then changed
// or hidden. All methods are for one goroutine.
type menu struct {
	click   func(id string)
	icon    string
	tooltip string
	entries map[string]*entry
}

// entry is an item as the library has it.
type entry struct {
	*systray.MenuItem
	shown tray.Item
}

func newMenu(click func(id string)) *menu { return &menu{click: click, entries: map[string]*entry{}} }

// show changes what differs from the last view.
func (m *menu) show(v tray.View) {
	if v.Icon != m.icon {
		m.icon = v.Icon
		systray.SetIcon(iconOf(v.Icon))
	}
	if v.Tooltip != m.tooltip {
		m.tooltip = v.Tooltip
		systray.SetTooltip(v.Tooltip)
	}
	isNew := len(m.entries) == 0
	m.put(nil, tray.Item{ID: firstLine, Title: v.FirstLine})
	for _, item := range v.Items {
		switch {
		case item.ID != tray.Separator:
			m.putAll(item)
		case isNew:
			systray.AddSeparator()
		}
	}
}

// iconOf returns bytes that stay where they are, as the library needs them.
func iconOf(state string) []byte {
	if runtime.GOOS == "windows" {
		return assets.ICO(state)
	}
	return assets.Icon(state, iconSize)
}

// putAll puts an item with its children; those that are no longer there are hidden.
func (m *menu) putAll(item tray.Item) {
	parent := m.put(nil, item)
	present := map[string]bool{}
	for _, child := range item.Children {
		present[child.ID] = true
		m.put(parent, child)
	}
	for _, old := range parent.shown.Children {
		if !present[old.ID] {
			m.put(parent, tray.Item{ID: old.ID, Hidden: true})
			item.Children = append(item.Children, tray.Item{ID: old.ID})
		}
	}
	parent.shown.Children = item.Children
}

func (m *menu) put(parent *entry, item tray.Item) *entry {
	e := m.entries[item.ID]
	if e == nil {
		e = m.add(parent, item)
		m.entries[item.ID] = e
	}
	e.update(item)
	return e
}

// add makes an item that shows and takes clicks. The library offers each click once to whoever waits at the channel, so
// the channel is exchanged for one with room; the update after that makes it known to the library's own thread.
func (m *menu) add(parent *entry, item tray.Item) *entry {
	var e entry
	switch {
	case parent != nil:
		e.MenuItem = parent.AddSubMenuItem(item.Title, "")
	case item.IsCheckable:
		e.MenuItem = systray.AddMenuItemCheckbox(item.Title, "", item.Checked)
	default:
		e.MenuItem = systray.AddMenuItem(item.Title, "")
	}
	e.ClickedCh = make(chan struct{}, maxClicks)
	e.Enable()
	clicks, id := e.ClickedCh, item.ID
	go func() { // as long as the process: items are never removed
		for range clicks {
			m.click(id)
		}
	}()
	e.shown = tray.Item{Title: item.Title, Enabled: true, Checked: item.Checked}
	return &e
}

// update changes what differs. Any change makes a hidden item show, so what is hidden is changed when it shows again;
// and a click ticks a box by itself, so boxes are always set.
func (e *entry) update(item tray.Item) {
	was := &e.shown
	if item.Hidden {
		if !was.Hidden {
			e.Hide()
		}
		was.Hidden = true
		return
	}
	if was.Title != item.Title {
		e.SetTitle(item.Title)
	}
	if was.Enabled != item.Enabled {
		set(item.Enabled, e.Enable, e.Disable)
	}
	if item.IsCheckable {
		set(item.Checked, e.Check, e.Uncheck)
	}
	if was.Hidden {
		e.Show()
	}
	was.Title, was.Enabled, was.Checked, was.Hidden = item.Title, item.Enabled, item.Checked, false
}

func set(on bool, yes, no func()) {
	if on {
		yes()
	} else {
		no()
	}
}
