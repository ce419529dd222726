package form

import (
	"cmp"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// ChatKeys is the block about a channel's encrypted chat: how it is, and what can be done with its keys. Neither keys nor
// PIN are shown or kept.
type ChatKeys struct {
	// Content is the block without a card.
	Content fyne.CanvasObject

	win     *window.Window
	channel string

	pill          *kit.Pill
	detail, print *kit.Paragraph
	keys, pin     *kit.Entry
	client        *kit.Entry
	buttons       []*kit.Button
	test, forget  *kit.Button
	outcome       *kit.Notice
	address       string      // of X's page for the login that is under way
	copy          *kit.Button // copies it, for a browser that has to be opened by hand
}

// NewChatKeys returns the block of a channel that is saved; Render shows how it stands.
func NewChatKeys(win *window.Window, channel string) *ChatKeys {
	c := &ChatKeys{win: win, channel: channel, pill: kit.NewPill("", kit.Idle, kit.IdleSoft)}
	c.copy = kit.NewButton(win.T("window.chat.login.copy"), "copy", kit.Plain, func() { win.Copy(c.address) }).Small()
	c.outcome = kit.NewNotice(c.copy)
	c.copy.Hide()
	c.detail, c.print = kit.NewParagraph("", kit.TextSmall, kit.Muted), kit.NewParagraph("", kit.TextSmall, kit.Muted)
	c.keys, c.pin = kit.NewSecretEntry(win.T("window.chat.keys.paste")), kit.NewSecretEntry(win.T("window.chat.pin.type"))
	c.keys.OnSubmitted = func(string) { c.onImport() }
	c.pin.OnSubmitted = func(string) { c.onPIN() }
	c.test = c.button("window.chat.test", "check", kit.Plain, c.onTest)
	c.forget = c.button("window.chat.forget", "trash", kit.Quiet, c.onForget)
	column := kit.VStack(14,
		kit.NewParagraph(win.T("window.chat.honest"), kit.TextSmall, kit.Muted),
		kit.HStack(kit.Gap, kit.Middle(c.pill), c.test, c.forget), c.outcome, c.detail, c.print,
		kit.FormRow(win.T("window.chat.keys"), win.T("window.chat.keys.help"), c.field(c.keys, "window.chat.import", c.onImport), nil),
		kit.FormRow(win.T("window.chat.pin"), win.T("window.chat.pin.help"), c.field(c.pin, "window.chat.unlock", c.onPIN), nil),
	)
	if win.Login != nil {
		c.client = kit.NewEntry(win.T("window.chat.client.type"))
		column.Add(kit.FormRow(win.T("window.chat.login"), win.T("window.chat.login.help"), c.field(c.client, "window.chat.login.go", c.onLogin), nil))
	}
	c.Content = column
	c.Render(win.Data)
	return c
}

func (c *ChatKeys) button(key, icon string, emphasis kit.Emphasis, tapped func()) *kit.Button {
	b := kit.NewButton(c.win.T(key), icon, emphasis, tapped).Small()
	c.buttons = append(c.buttons, b)
	return b
}

// field is an entry with the button that takes what is in it.
func (c *ChatKeys) field(entry *kit.Entry, key string, tapped func()) fyne.CanvasObject {
	return container.NewBorder(nil, nil, nil, kit.Middle(c.button(key, "key", kit.Plain, tapped)), entry)
}

// Render shows how the channel's encrypted chat is.
func (c *ChatKeys) Render(d snapshot.Data) {
	now := control.Chat{State: "off"}
	isKnown := false
	for _, ch := range d.Status.Channels {
		if ch.Name == c.channel && d.Running {
			now, isKnown = ch.Chat, true
		}
	}
	if !isKnown && c.win.Stored.Has(c.channel, "x.chat_keys") {
		now.State = "stopped"
	}
	now.State = cmp.Or(now.State, "off") // a relay of an earlier version says nothing
	tones := map[string]format.Tone{
		"ready": format.Good, "read_only": format.Warn, "wrong_keys": format.Bad, "no_record": format.Bad, "needs_login": format.Warn, "degraded": format.Warn,
	}
	ink, soft := window.Colors(tones[now.State])
	c.pill.Set(c.win.T("window.chat.state."+now.State), ink, soft)
	show(c.detail, format.Sentence(now.Detail))
	show(c.print, c.fingerprint(now))
	kit.Pick(now.IsOff(), c.test.Hide, c.test.Show)()
	kit.Pick(now.IsOff(), c.forget.Hide, c.forget.Show)()
}

func (c *ChatKeys) fingerprint(now control.Chat) string {
	if now.Fingerprint == "" {
		return ""
	}
	return c.win.T("window.chat.fingerprint", now.Fingerprint) + "\n" + c.win.T("window.chat.counts", now.Conversations, now.Unreadable)
}

func show(p *kit.Paragraph, text string) {
	p.Set(text, kit.Muted)
	kit.Pick(text == "", p.Hide, p.Show)()
}
