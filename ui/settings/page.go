// Package settings is the page on which everything that perch.toml and the store of secrets hold can be set and tried.
//
// It guarantees that nothing is saved that the relay would refuse, that a secret is never shown, and that what was changed
// here and not saved stays when the settings are read anew.
package settings

import (
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/form"
	"perch/ui/kit"
	"perch/ui/window"
)

// page is the form of everything that perch.toml and the store of secrets hold.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about    *kit.Text
	problem  *kit.Notice
	unlock   *kit.Button // opens the vault
	tabs     *fyne.Container
	cards    *fyne.Container
	login    *form.LoginSwitch
	backups  *form.BackupNow
	alerts   *form.Alerts
	chats    map[string]*form.ChatKeys // by channel; kept, so that an outcome stays when the cards are made anew
	bar      *fyne.Container
	barText  *kit.Text
	saveIt   *kit.Button
	stored   control.Settings
	draft    control.Config
	tab      string // "general", "reach", "alerts" or the number of a channel
	problems []control.Problem
	places   map[string]*kit.Paragraph // by the field's full path
	edits    int
	// wasRunning tells that a relay ran when the page was rendered last.
	wasRunning bool
	secrets    map[string]*secretRow // by channel and name; kept, so that what was typed stays when the cards are made anew
}

// Unsaved implements window.Holder.
func (s *page) Unsaved() string {
	for _, row := range s.secrets {
		if row.entry.Text != "" {
			return s.win.T("window.leave.secret", s.win.T("window.field."+form.SecretKey(row.name)))
		}
	}
	return kit.Pick(s.isDirty(), s.win.T("window.leave.settings"), "")
}

func (s *page) isDirty() bool {
	return s.win.IsKnown && !reflect.DeepEqual(form.Clone(s.stored.Config), s.draft)
}

// isStored reports whether a channel was saved before.
func (s *page) isStored(channel int) bool {
	return slices.ContainsFunc(s.stored.Config.Channels, func(c control.ChannelConfig) bool { return c.Name == s.name(channel) })
}

// name is that under which the secrets of a channel are stored.
func (s *page) name(channel int) string {
	if channel < len(s.draft.Channels) {
		return s.draft.Channels[channel].Name
	}
	return ""
}
