package ui

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/assets"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/watch"
)

// The sections, in the order of their shortcuts.
const (
	sectionOverview  = "overview"
	sectionTraffic   = "traffic"
	sectionAttention = "attention"
	sectionLimits    = "limits"
	sectionLogs      = "logs"
	sectionSettings  = "settings"
	sectionWizard    = "wizard"
)

// Sections returns the names that Options.Section takes.
func Sections() []string {
	return []string{
		sectionOverview, sectionTraffic, sectionAttention, sectionLimits, sectionLogs, sectionSettings, sectionWizard,
	}
}

const (
	defaultWidth, defaultHeight = 1180, 760
	leastWidth, leastHeight     = 900, 560
	navigationWidth             = 226
	// sayFor is how long a word about an action stays.
	sayFor = 8 * time.Second
	// offerFor is how long a word stays that offers a restart.
	offerFor = 5 * time.Minute
	// leavePatience is how long Fyne may take to end.
	leavePatience = 2 * time.Second
)

// section is one page of the window.
type section interface {
	// content returns the page; it is made once.
	content() fyne.CanvasObject
	// render shows a snapshot.
	render(d snapshot.Data)
	// shown is called when the page comes on screen or leaves it.
	shown(on bool)
	// find puts the focus where something can be searched; pages without a search ignore it.
	find()
	// escape closes what is open on the page and reports whether there was anything.
	escape() bool
}

// UI is the window. It belongs to Fyne's thread.
type UI struct {
	Options
	window   fyne.Window
	watch    *watch.Watcher
	memory   memory
	sections map[string]section
	current  string
	data     snapshot.Data
	settings control.Settings
	vault    control.VaultState
	isKnown  bool // settings were read

	page   *fyne.Container // body, and said below it
	body   *fyne.Container
	items  map[string]*navItem
	state  *navState
	head   *fyne.Container // the logo
	isDemo bool            // the window says that this is the demo
	said   *kit.Notice
	again  *kit.Button   // the restart that said offers
	until  time.Time     // when said goes away
	dialog *widget.PopUp // the question that is open; nil for none
}

// New returns a window that is not shown yet.
func New(o Options) *UI {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Downloads == "" {
		o.Downloads = downloads(os.Getenv, os.UserHomeDir)
	}
	u := &UI{Options: o, memory: recall(o.Memory), items: map[string]*navItem{}}
	if o.Theme != "" {
		u.memory.Theme = o.Theme
	}
	o.App.Settings().SetTheme(kit.Theme{Mode: u.memory.Theme})
	u.watch = watch.New(watch.Options{Relay: o.Relay, Desktop: o.Desktop, Now: o.Now, Render: u.render, Post: o.Post})
	u.sections = map[string]section{
		sectionOverview: newOverview(u), sectionTraffic: newTraffic(u), sectionAttention: newAttention(u),
		sectionLimits: newLimits(u), sectionLogs: newLogs(u), sectionSettings: newSettings(u), sectionWizard: newWizard(u),
	}
	u.window = o.App.NewWindow("Perch")
	u.window.SetIcon(fyne.NewStaticResource("perch.png", assets.Icon(assets.App, 256)))
	u.window.SetPadded(false)
	u.window.SetContent(u.frame())
	u.window.Resize(fyne.NewSize(max(u.memory.Width, leastWidth), max(u.memory.Height, leastHeight)))
	if u.memory.Width == 0 {
		u.window.Resize(fyne.NewSize(defaultWidth, defaultHeight))
	}
	u.shortcuts()
	u.open(u.first())
	return u
}

// first is the section to begin with.
func (u *UI) first() string {
	for _, name := range []string{u.Section, u.memory.Section} {
		if slices.Contains(Sections(), name) {
			return name
		}
	}
	return sectionOverview
}

// Run shows the window and returns when it was closed. It has to be called on the main thread.
func (u *UI) Run() {
	leaving := make(chan os.Signal, 1)
	signal.Notify(leaving, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(leaving)
	go u.leave(leaving)
	u.window.SetCloseIntercept(func() {
		u.remember()
		u.window.Close()
		leaving <- os.Interrupt
	})
	u.watch.Start()
	u.reloadSettings()
	u.window.ShowAndRun()
	u.watch.Stop()
}

// leave ends the program when Fyne does not: it may wait for ever for an event of a display that is going away. The
// goroutine ends with the program.
func (u *UI) leave(leaving <-chan os.Signal) {
	<-leaving
	time.Sleep(leavePatience)
	if u.Exit != nil {
		u.Exit(0)
	}
}

func (u *UI) remember() {
	size := u.window.Canvas().Size()
	u.memory.Width, u.memory.Height = size.Width, size.Height
	_ = u.memory.save(u.Memory) // a window that cannot remember works all the same
}

// t returns a text.
func (u *UI) t(key string, args ...any) string { return u.Texts.T(key, args...) }

// named returns what words a value by its key.
func (u *UI) named(prefix string) func(string) string {
	return func(value string) string { return u.t(prefix + value) }
}

// frame is the navigation and the place for a page.
func (u *UI) frame() fyne.CanvasObject {
	u.body = container.NewStack()
	u.again = kit.NewButton(u.t("window.do.restart"), "restart", kit.Strong, func() { u.run("restart") }).Small()
	u.again.Hide()
	u.said = kit.NewNotice(u.again, kit.NewIconButton("close", u.t("window.close"), u.hush))
	u.page = container.NewBorder(nil, kit.Inset(0, 16, 24, 24, u.said), nil, nil, u.body)
	return kit.AtLeast(container.New(besides{}, u.navigation(), u.page), fyne.NewSize(leastWidth, leastHeight))
}

func (u *UI) navigation() fyne.CanvasObject {
	logo := container.NewStack(fixedImage(assets.Icon(assets.App, 64), 30))
	u.head = kit.HStack(10, kit.Middle(logo), kit.Middle(kit.Heading("Perch", 18)))
	list := kit.VStack(2)
	for _, name := range Sections() {
		item := newNavItem(name, u.t("window."+name), func() { u.open(name) })
		u.items[name] = item
		list.Add(item)
	}
	u.state = newNavState(u)
	column := container.NewBorder(kit.Pad(u.head, 14, 10), u.state.content, nil, nil, kit.Pad(list, 6, 0))
	ground := container.NewStack(kit.NewGround(kit.Sidebar, "", 0), kit.Pad(column, 10, 12))
	edged := container.NewStack(kit.NewGround(kit.Border, "", 0), kit.Inset(0, 0, 0, 1, ground))
	return kit.AtLeast(edged, fyne.NewSize(navigationWidth, 0))
}

// open brings a section on screen.
func (u *UI) open(name string) {
	if u.current == name {
		return
	}
	if before, ok := u.sections[u.current]; ok {
		before.shown(false)
	}
	u.current = name
	u.memory.Section = name
	s := u.sections[name]
	u.body.Objects = []fyne.CanvasObject{s.content()}
	u.body.Refresh()
	for key, item := range u.items {
		item.choose(key == name)
	}
	u.watch.ShowTraffic(name == sectionTraffic)
	s.shown(true)
	s.render(u.data)
}

// render shows a snapshot: the navigation and the page that is on screen.
func (u *UI) render(d snapshot.Data) {
	u.data = d
	isRewrapped := kit.Rewrapped()
	if kit.SetScale(u.window.Canvas().Scale()) || isRewrapped {
		u.window.Content().Refresh()
	}
	u.items[sectionAttention].count(d.NeedYou())
	u.state.render(d)
	u.markDemo(d)
	if !u.until.IsZero() && d.Now.After(u.until) {
		u.hush()
	}
	u.sections[u.current].render(d)
}

// say shows the outcome of an action for a while.
func (u *UI) say(tone format.Tone, title, about string) {
	ink, soft := inks(tone)
	icons := map[format.Tone]string{format.Good: "check", format.Bad: "attention", format.Warn: "attention"}
	icon := icons[tone]
	if icon == "" {
		icon = "info"
	}
	u.said.Set(icon, ink, soft, title, about)
	u.page.Refresh() // where nothing else changes, it would be laid out with the next movement of the mouse
	u.until = u.Now().Add(sayFor)
	u.again.Hide()
}

func (u *UI) hush() {
	u.until = time.Time{}
	u.said.Hide()
	u.page.Refresh()
}

// complain shows an error; nil shows nothing. It reports whether there was one.
func (u *UI) complain(err error) bool {
	if err == nil {
		return false
	}
	message, remedy := control.Words(err)
	u.say(format.Bad, format.Sentence(message), format.Advice(remedy, u.Texts))
	return true
}

// shortcuts makes the keyboard reach everything.
func (u *UI) shortcuts() {
	c := u.window.Canvas()
	add := func(key fyne.KeyName, work func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) { u.unlessAsked(work) })
	}
	for i, name := range Sections() {
		add(fyne.KeyName(strconv.Itoa(i+1)), func() { u.open(name) })
	}
	add(fyne.KeyF, func() { u.sections[u.current].find() })
	c.SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape && !u.closeDialog() && !u.sections[u.current].escape() {
			u.hush()
		}
	})
}

// unlessAsked works, but not while a question is open, which has to be answered first.
func (u *UI) unlessAsked(work func()) {
	if u.dialog == nil {
		work()
	}
}

// switchTheme goes from the system's look to light, to dark and back.
func (u *UI) switchTheme() {
	next := map[string]string{kit.ModeSystem: kit.ModeLight, kit.ModeLight: kit.ModeDark, kit.ModeDark: kit.ModeSystem}
	u.memory.Theme = next[u.memory.Theme]
	u.App.Settings().SetTheme(kit.Theme{Mode: u.memory.Theme})
	_ = u.memory.save(u.Memory)
	u.state.render(u.data)
}

// reloadSettings reads the settings in the background and tells the pages that show them.
func (u *UI) reloadSettings() {
	var settings control.Settings
	var vault control.VaultState
	u.watch.Do(func(ctx context.Context) (err error) {
		vault = u.Vault.VaultState(ctx)
		settings, err = u.Settings.Settings(ctx)
		return err
	}, func(err error) {
		u.vault = vault
		if !u.complain(err) {
			u.onSettings(settings)
		}
	})
}

func (u *UI) onSettings(s control.Settings) {
	first := !u.isKnown
	u.settings, u.isKnown = s, true
	u.sections[sectionSettings].(*settingsPage).load(s) //nolint:forcetypeassert,errcheck // made in New
	u.sections[sectionLogs].(*logsPage).from(s.LogPath) //nolint:forcetypeassert,errcheck // made in New
	if first && !s.Exists && u.Section == "" {
		u.open(sectionWizard)
	}
}

// inks returns the colours of a tone: for text and for a ground.
func inks(tone format.Tone) (ink, soft fyne.ThemeColorName) {
	switch tone {
	case format.Good:
		return kit.Good, kit.GoodSoft
	case format.Warn:
		return kit.Warn, kit.WarnSoft
	case format.Bad:
		return kit.Bad, kit.BadSoft
	case format.Busy:
		return kit.Accent, kit.AccentSoft
	}
	return kit.Idle, kit.IdleSoft
}

// besides puts the second object into what the first one leaves at its right.
type besides struct{}

// Layout implements fyne.Layout.
func (besides) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := o[0].MinSize().Width
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left, 0))
	o[1].Resize(fyne.NewSize(size.Width-left, size.Height))
}

// MinSize implements fyne.Layout.
func (besides) MinSize(o []fyne.CanvasObject) fyne.Size {
	a, b := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(a.Width+b.Width, max(a.Height, b.Height))
}
