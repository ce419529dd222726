package settings

import (
	"slices"
	"strconv"

	"perch/ui/form"
	"perch/ui/kit"
)

// build makes the tabs and the cards of the one that is open.
func (s *page) build() {
	s.tabs.RemoveAll()
	tab := func(key, name, icon string) {
		emphasis := kit.Pick(s.tab == key, kit.Strong, kit.Plain)
		s.tabs.Add(kit.NewButton(name, icon, emphasis, func() { s.choose(key) }).Small())
	}
	tab("general", s.win.T("window.tab.general"), "settings")
	tab("reach", s.win.T("window.tab.reach"), "door")
	tab("alerts", s.win.T("window.alert"), "bell")
	for i, c := range s.draft.Channels {
		tab(strconv.Itoa(i), kit.Pick(c.Name == "", s.win.T("window.tab.channel"), c.Name), "at")
	}
	s.tabs.Add(kit.NewButton(s.win.T("window.tab.add"), "", kit.Quiet, s.onAdd).Small())
	s.cards.RemoveAll()
	clear(s.places)
	kind, channel := s.tab, 0
	if n, err := strconv.Atoi(s.tab); err == nil {
		kind, channel = "channel", n
	}
	if kind == "general" {
		s.cards.Add(s.login.Card)
	}
	for _, g := range form.Groups() {
		if g.Tab == kind {
			s.addGroup(g, channel, s.onEdit)
		}
	}
	if kind == "alerts" {
		s.addAlerts()
	}
	if kind == "channel" && s.isStored(channel) {
		s.cards.Add(kit.Card(kit.VStack(16, kit.Heading(s.win.T("window.chat"), kit.TextHeading), s.chatOf(s.name(channel)).Content)))
	}
	if kind == "channel" && len(s.draft.Channels) > 1 {
		s.cards.Add(kit.HStack(0, kit.Space(), kit.NewButton(s.win.T("window.channel.remove"), "trash", kit.Danger, func() { s.onRemove(channel) })))
	}
	s.tabs.Refresh()
	s.cards.Refresh()
	s.mark()
}

// chatOf is the block about a channel's encrypted chat.
func (s *page) chatOf(channel string) *form.ChatKeys {
	if s.chats[channel] == nil {
		s.chats[channel] = form.NewChatKeys(s.win, channel)
	}
	return s.chats[channel]
}

func (s *page) choose(tab string) {
	if s.tab != tab {
		s.tab = tab
		s.build()
	}
}

func (s *page) onEdit(f form.Field, full, value string) {
	form.Set(&s.draft, full, value)
	if f.Kind == form.Choice {
		s.dropURL(full, value)
		s.build() // other fields may matter now
	}
	s.validate()
}

func (s *page) onUndo() {
	s.draft, s.problems = form.Clone(s.stored.Config), nil
	s.edits++
	if n, err := strconv.Atoi(s.tab); err == nil && n >= len(s.draft.Channels) {
		s.tab = "general"
	}
	s.build()
}

func (s *page) onAdd() {
	s.draft.Channels = append(s.draft.Channels, form.NewChannel(""))
	s.tab = strconv.Itoa(len(s.draft.Channels) - 1)
	s.build()
	s.validate()
}

func (s *page) onRemove(channel int) {
	s.win.Confirm(s.win.T("window.channel.remove.title"), s.win.T("window.channel.remove.about", s.name(channel)), s.win.T("window.channel.remove"), func() {
		s.draft.Channels = slices.Delete(s.draft.Channels, channel, channel+1)
		s.tab = "general"
		s.build()
		s.validate()
	})
}
