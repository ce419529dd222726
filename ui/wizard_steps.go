package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/app/control"
	"perch/bridge/visible"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/page"
)

// stepHead is the title of a step and what it is about.
func (w *wizard) stepHead(key string) fyne.CanvasObject {
	return kit.VStack(4, kit.Heading(w.u.t("window.wizard."+key+".title"), 19), kit.NewParagraph(w.u.t("window.wizard."+key+".about"), kit.TextBody, kit.Muted))
}

// tile is a large button with an icon, a title and a sentence.
func tile(icon, title, about string, isChosen bool, tapped func()) *kit.Area {
	frame, soft, ink := kit.Border, kit.IdleSoft, kit.Muted
	if isChosen {
		frame, soft, ink = kit.Accent, kit.AccentSoft, kit.Accent
	}
	name := kit.NewParagraph(title, kit.TextBody, kit.Ink)
	name.Bold = true
	sign := container.NewStack(kit.AtLeast(kit.NewGround(soft, "", 10), fyne.NewSize(40, 40)), container.NewCenter(kit.NewIcon(icon, ink, 22)))
	words := kit.VStack(2, name, kit.NewParagraph(about, kit.TextSmall, kit.Muted))
	row := container.NewBorder(nil, nil, kit.Inset(2, 0, 0, 14, container.NewVBox(sign)), nil, words)
	return kit.NewArea(container.NewStack(kit.NewGround(kit.Surface, frame, kit.Radius), kit.Pad(row, 14, 16)), title, tapped)
}

func (w *wizard) startStep() fyne.CanvasObject {
	u := w.u
	connect := tile("hub", u.t("window.wizard.connect"), u.t("window.wizard.connect.about"), true, func() { w.goTo(page.StepX) })
	w.first = connect
	demo := tile("play", u.t("window.wizard.demo"), u.t("window.wizard.demo.about"), false, w.onDemo)
	if w.isDemo = u.data.Status.Demo; w.isDemo {
		demo = tile("info", u.t("window.wizard.demo.here"), u.t("window.wizard.demo.here.about"), false, func() { u.open(sectionOverview) })
	}
	return kit.VStack(16, w.stepHead("start"), connect, demo,
		kit.NewParagraph(u.t("window.wizard.start.note"), kit.TextSmall, kit.Muted))
}

func (w *wizard) onDemo() {
	w.busy(w.u.Process.Demo, func(err error) {
		if !w.tell(err) {
			w.u.say(format.Good, w.u.t("window.wizard.demo.started"), "")
		}
	})
}

func (w *wizard) xStep() fyne.CanvasObject {
	u := w.u
	column := kit.VStack(12, w.stepHead("x"))
	form := kit.VStack(10)
	for i, name := range page.XSecrets() {
		form.Add(w.secretEntry(name, string(rune('1'+i))+"  "+u.t("window.field."+name)))
	}
	column.Add(container.New(kit.Columns{Gap: 24, Least: 300}, container.NewVBox(form), container.NewVBox(newPortal(u))))
	column.Add(kit.NewParagraph(u.t("window.wizard.x.note"), kit.TextSmall, kit.Muted))
	return column
}

// vaultStep comes before the first secret where there is no keyring.
func (w *wizard) vaultStep() fyne.CanvasObject {
	isNew := !w.u.vault.Exists
	w.vault = newVaultForm(w.u, isNew, w.onNext)
	w.first = w.vault.phrase
	return kit.VStack(16, w.stepHead(kit.Pick(isNew, "vault", "unlock")), w.vault.content)
}

// secretEntry is a labelled entry that shows dots. One that is stored says so and can be left empty.
func (w *wizard) secretEntry(name, label string) fyne.CanvasObject {
	stored := w.u.settings.Has(w.channel().Name, name)
	e := kit.NewSecretEntry(kit.Pick(stored, w.u.t("window.wizard.stored"), w.u.t("window.secret.paste")))
	e.SetText(w.typed[name])
	e.OnChanged = func(text string) {
		w.typed[name] = text
		w.uncheck()
	}
	e.OnSubmitted = func(string) { w.onNext() }
	if w.first == nil {
		w.first = e
	}
	if label == "" {
		return e
	}
	title := kit.NewText(label, kit.TextSmall, kit.Ink)
	title.Bold = true
	return kit.VStack(3, title, e)
}

// uncheck makes the next button try again, because something was changed.
func (w *wizard) uncheck() {
	if w.checked {
		w.checked = false
		w.outcome.Hide()
		w.label()
	}
}

// checkX stores the keys and asks X whose they are and what they may do.
func (w *wizard) checkX() {
	if !page.HasXKeys(w.u.settings, w.channel().Name, w.typed) {
		showResult(w.outcome, control.CheckResult{Message: w.u.t("window.wizard.x.missing"), Remedy: w.u.t("window.wizard.x.missing.do")})
		return
	}
	c, channel, values := page.Clone(w.draft.Config), w.channel().Name, w.taken(page.XSecrets()...)
	var taken control.Taken
	var who, may control.CheckResult
	var settings control.Settings
	w.busy(func(ctx context.Context) (err error) {
		if taken, err = w.store(ctx, values, channel); err != nil {
			return err
		}
		request := control.CheckRequest{Channel: channel, Config: &c}
		if who, err = w.u.Settings.CheckSettings(ctx, control.CheckXKeys, request); err != nil || !who.OK {
			return err
		}
		if may, err = w.u.Settings.CheckSettings(ctx, control.CheckXPermissions, request); err != nil {
			return err
		}
		settings, err = w.refresh(ctx)
		return err
	}, func(err error) {
		switch {
		case w.tell(err):
		case !who.OK:
			showResult(w.outcome, w.inWindow(who, "window.wizard.x.refused.do"))
		case !may.OK:
			showResult(w.outcome, may)
		case len(taken.Refused) > 0: // by the running relay: they are another account's, for example
			showResult(w.outcome, control.CheckResult{Message: taken.Refused[0].Message, Remedy: taken.Refused[0].Remedy})
		default:
			for _, name := range page.XSecrets() {
				delete(w.typed, name)
			}
			w.u.settings, w.draft.Account, w.checked = settings, who.Account, true
			w.keep()
			showResult(w.outcome, control.CheckResult{OK: true, Message: w.u.t("window.wizard.x.you", who.Account), Remedy: w.u.t("window.wizard.x.you.do")})
			w.label()
		}
	})
}

func (w *wizard) motionStep() fyne.CanvasObject {
	u, m := w.u, &w.channel().Motion
	address := kit.NewEntry("https://motion.example.com")
	address.SetText(page.MotionAddress(*m))
	user := kit.NewEntry("admin")
	user.SetText(m.User)
	column := kit.VStack(16, w.stepHead("motion"))
	w.first = address
	place := kit.VStack(16)
	address.OnChanged = func(text string) {
		page.SetMotionAddress(m, text)
		w.uncheck()
	}
	user.OnChanged = func(text string) { m.User = trimmed(text); w.uncheck() }
	address.OnSubmitted = func(string) { w.onNext() }
	user.OnSubmitted = address.OnSubmitted
	place.Add(kit.FormRow(u.t("window.wizard.motion.address"), u.t("window.wizard.motion.address.help"), address, nil))
	place.Add(kit.FormRow(u.t("window.field.motion.user"), u.t("window.help.motion.user"), user, nil))
	place.Add(kit.FormRow(u.t("window.field.motion.password"), u.t("window.wizard.motion.password.help"), w.secretEntry("motion.password", ""), nil))
	place.Add(kit.FormRow(u.t("window.field.motion.api_key"), u.t("window.wizard.motion.api_key.help"), w.secretEntry("motion.api_key", ""), nil))
	column.Add(place)
	return column
}

// checkMotion stores the credentials and asks Motion for its accounts.
func (w *wizard) checkMotion() {
	c, channel := page.Clone(w.draft.Config), w.channel().Name
	if page.MotionAddress(c.Channels[0].Motion) == "" {
		showResult(w.outcome, control.CheckResult{Message: w.u.t("window.wizard.motion.missing"), Remedy: w.u.t("window.wizard.motion.missing.do")})
		return
	}
	if !page.IsMotionAddress(c.Channels[0].Motion) {
		showResult(w.outcome, control.CheckResult{Message: w.u.t("window.wizard.motion.address.wrong"), Remedy: w.u.t("window.wizard.motion.missing.do")})
		return
	}
	values := w.taken("motion.password", "motion.api_key")
	var result control.CheckResult
	var settings control.Settings
	w.busy(func(ctx context.Context) (err error) {
		if _, err = w.store(ctx, values, channel); err != nil {
			return err
		}
		if settings, err = w.refresh(ctx); err != nil {
			return err
		}
		what := control.CheckMotionURL // without credentials messages go through, files do not
		if settings.Has(channel, "motion.password") || settings.Has(channel, "motion.api_key") {
			what = control.CheckMotionCredentials
		}
		result, err = w.u.Settings.CheckSettings(ctx, what, control.CheckRequest{Channel: channel, Config: &c})
		return err
	}, func(err error) {
		if w.tell(err) {
			return
		}
		w.u.settings = settings
		if !result.OK {
			showResult(w.outcome, w.inWindow(result, "window.wizard.motion.refused.do"))
			return
		}
		delete(w.typed, "motion.password")
		delete(w.typed, "motion.api_key")
		w.offerAccounts(result)
	})
}

// inWindow replaces advice that is about commands and files: here the fields are at hand.
func (w *wizard) inWindow(r control.CheckResult, key string) control.CheckResult {
	if strings.Contains(r.Remedy, "perch ") || strings.Contains(r.Remedy, "perch.toml") {
		r.Remedy = w.u.t(key)
	}
	return r
}

// offerAccounts lets the Open Channel account be picked, where Motion told its list and none is known yet.
func (w *wizard) offerAccounts(result control.CheckResult) {
	m := &w.channel().Motion
	showResult(w.outcome, result)
	if m.ReceiveURL == "" && len(result.Accounts) == 0 {
		showResult(w.outcome, control.CheckResult{Message: w.u.t("window.wizard.motion.paste"), Remedy: w.u.t("window.wizard.motion.paste.do")})
		return
	}
	if len(result.Accounts) > 0 {
		var names []string
		chosen := 0
		for i, a := range result.Accounts {
			names = append(names, visible.Line(kit.Pick(a.Name == "", a.ReceiveURL, a.Name+"  ·  "+a.ID)))
			if a.ReceiveURL == m.ReceiveURL {
				chosen = i
			}
		}
		s := widget.NewSelect(names, nil)
		take := func() {
			a := result.Accounts[s.SelectedIndex()]
			m.ReceiveURL, m.MapKey = a.ReceiveURL, a.MapKey
			w.keep()
		}
		s.SetSelectedIndex(chosen)
		s.OnChanged = func(string) { take() }
		take()
		row := kit.FormRow(w.u.t("window.wizard.motion.account"), w.u.t("window.wizard.motion.account.help"), kit.Framed(s, 0), nil)
		w.place.Objects = []fyne.CanvasObject{kit.VStack(16, w.place.Objects[0], kit.Rule(), row)}
		w.place.Refresh()
	}
	w.checked = true
	w.keep()
	w.label()
	w.scroll.ScrollToBottom()
}

func (w *wizard) reachStep() fyne.CanvasObject {
	u, r := w.u, &w.draft.Config.Reach
	column := kit.VStack(12, w.stepHead("reach"))
	for _, way := range []struct{ mode, icon string }{{"stream", "traffic"}, {"webhook", "door"}, {"poll", "clock"}} {
		column.Add(tile(way.icon, u.t("window.wizard.reach."+way.mode), u.t("window.wizard.reach."+way.mode+".about"), r.Mode == way.mode, func() {
			r.Mode = way.mode
			w.keep()
			w.build()
		}))
	}
	if r.Mode == "webhook" {
		w.addFields(column, func(_ page.FieldGroup, f page.Field) bool { return f.Path != "reach.mode" })
	}
	return column
}

// addFields adds the fields of the way in that are wanted and matter now.
func (w *wizard) addFields(column *fyne.Container, isWanted func(page.FieldGroup, page.Field) bool) {
	for _, g := range page.FieldGroups() {
		if g.Tab != "reach" {
			continue
		}
		for _, f := range g.Fields {
			if f.Kind == page.FieldSecret || !isWanted(g, f) || !f.IsShown(&w.draft.Config, g.Tab, 0) {
				continue
			}
			input := w.u.input(f, page.Get(&w.draft.Config, f.Path), func(value string) {
				page.Set(&w.draft.Config, f.Path, value)
				w.keep()
				if f.Kind == page.FieldChoice {
					w.build()
				}
			})
			column.Add(kit.FormRow(w.u.t("window.field."+f.Path), w.u.t("window.help."+f.Path), input, nil))
		}
	}
}

// repliesStep asks where Perch is seen from Motion: agents' answers come to it.
func (w *wizard) repliesStep() fyne.CanvasObject {
	u, c := w.u, &w.draft.Config
	column := kit.VStack(12, w.stepHead("replies"))
	icons := map[string]string{page.ReplyHere: "hub", page.ReplyNetwork: "traffic", page.ReplyTunnel: "door"}
	now := page.ReplyWay(c)
	for _, way := range page.ReplyWays(c) {
		column.Add(tile(icons[way], u.t("window.wizard.replies."+way), u.t("window.wizard.replies."+way+".about"), now == way, func() {
			page.SetReplyWay(c, way)
			w.keep()
			w.build()
		}))
	}
	switch now {
	case page.ReplyTunnel:
		w.addFields(column, func(g page.FieldGroup, _ page.Field) bool { return g.Key == "ssh" })
	case page.ReplyNetwork:
		column.Add(kit.NewParagraph(u.t("window.wizard.replies.network.note"), kit.TextSmall, kit.Muted))
	}
	return column
}
