//go:build desktop

package main_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// menuItem is an item of the menu as it is on the message bus.
type menuItem struct {
	id               int32
	label            string
	enabled, checked bool
	children         []menuItem
}

type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

const (
	menuPath  = "/org/ayatana/NotificationItem/systray/Menu"
	menuIface = "com.canonical.dbusmenu"
	pidMethod = "org.freedesktop.DBus.GetConnectionUnixProcessID"
	// answerTime bounds a question to the tray. GLib loses one that comes while it opens the bus: it is asked again.
	answerTime = 2 * time.Second
)

// menuObject finds the tray on the message bus by its process.
func (r *rig) menuObject() (dbus.BusObject, error) {
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	var names []string
	if err := r.bus.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListNames", 0).Store(&names); err != nil {
		return nil, err
	}
	for _, name := range names {
		var pid uint32
		if !strings.HasPrefix(name, ":") || r.bus.BusObject().CallWithContext(ctx, pidMethod, 0, name).Store(&pid) != nil {
			continue
		}
		if int(pid) != r.tray.Process.Pid {
			continue
		}
		object := r.bus.Object(name, menuPath)
		if object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, menuIface, "Version").Err == nil {
			return object, nil
		}
	}
	return nil, fmt.Errorf("the tray has no menu on the message bus")
}

// menu returns the items that show, lines excepted.
func (r *rig) menu() ([]menuItem, error) {
	object, err := r.menuObject()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	var revision uint32
	var root layout
	if err := object.CallWithContext(ctx, menuIface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root); err != nil {
		return nil, err
	}
	return itemsOf(root)
}

func itemsOf(parent layout) ([]menuItem, error) {
	var items []menuItem
	for _, child := range parent.Children {
		var l layout
		if err := dbus.Store([]any{child.Value()}, &l); err != nil {
			return nil, err
		}
		item := menuItem{id: l.ID, enabled: true}
		if v, ok := l.Props["visible"].Value().(bool); ok && !v {
			continue
		}
		if v, ok := l.Props["enabled"].Value().(bool); ok {
			item.enabled = v
		}
		if v, ok := l.Props["toggle-state"].Value().(int32); ok {
			item.checked = v == 1
		}
		var err error
		if item.children, err = itemsOf(l); err != nil {
			return nil, err
		}
		if item.label, _ = l.Props["label"].Value().(string); item.label != "" {
			items = append(items, item)
		}
	}
	return items, nil
}

func (r *rig) item(label string) menuItem {
	r.t.Helper()
	var found menuItem
	r.eventually("item "+label, func() string {
		items, err := r.menu()
		if err != nil {
			return err.Error()
		}
		for _, i := range items {
			if i.label == label {
				found = i
				return ""
			}
		}
		return fmt.Sprintf("%+v", items)
	})
	return found
}

// click clicks on an item as a panel does, n times as fast as it can.
func (r *rig) click(label string, n int) {
	r.t.Helper()
	if err := r.tryClick(label, n); err != nil {
		r.t.Fatal(err)
	}
}

// tryClick also serves for Quit, whose click is seldom answered.
func (r *rig) tryClick(label string, n int) error {
	r.t.Helper()
	label, child, isNested := strings.Cut(label, " > ")
	item := r.item(label)
	if isNested {
		i := slices.IndexFunc(item.children, func(c menuItem) bool { return c.label == child })
		if i < 0 {
			return fmt.Errorf("%s has no %s: %+v", label, child, item.children)
		}
		item = item.children[i]
	}
	object, err := r.menuObject()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for range n {
		if err := object.CallWithContext(ctx, menuIface+".Event", 0, item.id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
			return err
		}
	}
	return nil
}

// wantLine waits until the first line of the menu says this.
func (r *rig) wantLine(line string) {
	r.t.Helper()
	r.eventually("first line "+strconv.Quote(line), func() string {
		items, err := r.menu()
		if err != nil {
			return err.Error()
		}
		if len(items) > 0 && items[0].label == line {
			return ""
		}
		return fmt.Sprintf("%+v", items)
	})
}
