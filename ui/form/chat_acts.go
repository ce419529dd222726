package form

import (
	"context"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/window"
)

func (c *ChatKeys) onImport() {
	pasted := strings.TrimSpace(c.keys.Text)
	if pasted == "" {
		return
	}
	c.keys.SetText("") // handed over, and forgotten here
	c.act("window.chat.importing", func(ctx context.Context) (control.ChatResult, error) {
		return c.win.Chat.ImportChat(ctx, c.channel, pasted)
	}, nil)
}

// onPIN asks before it spends a guess.
func (c *ChatKeys) onPIN() {
	pin := c.pin.Text
	if pin == "" {
		return
	}
	c.pin.SetText("")
	c.ask("window.chat.pin.sure", c.win.T("window.chat.pin.sure.about"), func() { c.unlock(pin, false) })
}

// unlock makes one attempt. When few guesses are left it stops and asks once more.
func (c *ChatKeys) unlock(pin string, goOn bool) {
	c.act("window.chat.unlocking", func(ctx context.Context) (control.ChatResult, error) {
		return c.win.Chat.UnlockChat(ctx, c.channel, pin, func(int) bool { return goOn })
	}, func(err error) bool {
		if !control.IsFewGuesses(err) {
			return false
		}
		message, remedy := c.win.Explain(err)
		c.ask("window.chat.few", format.Problem(message, remedy), func() { c.unlock(pin, true) })
		return true
	})
}

func (c *ChatKeys) ask(title, about string, yes func()) {
	c.win.Ask(c.win.T(title), kit.NewParagraph(about, kit.TextBody, kit.Muted), kit.NewButton(c.win.T("window.chat.try"), "key", kit.Strong, func() {
		c.win.CloseDialog()
		yes()
	}))
}

func (c *ChatKeys) onTest() {
	c.act("window.check.asking", func(ctx context.Context) (control.ChatResult, error) { return c.win.Chat.CheckChat(ctx, c.channel) }, nil)
}

func (c *ChatKeys) onForget() {
	c.win.Confirm(c.win.T("window.chat.forget.title"), c.win.T("window.chat.forget.about"), c.win.T("window.chat.forget"), func() {
		c.act("window.chat.forgetting", func(ctx context.Context) (control.ChatResult, error) { return c.win.Chat.ForgetChat(ctx, c.channel) }, nil)
	})
}

// onLogin opens X's page in the browser and waits for the person to agree there.
func (c *ChatKeys) onLogin() {
	id := strings.TrimSpace(c.client.Text)
	c.act("window.chat.login.waiting", func(ctx context.Context) (control.ChatResult, error) {
		handle, err := c.win.Login(ctx, c.channel, id, c.visit)
		return control.ChatResult{Account: handle, Message: c.win.T("window.chat.login.done", handle)}, err
	}, nil)
}

// visit opens X's page and offers its address where no browser opens. It is called in the background.
func (c *ChatKeys) visit(address string) {
	c.win.Watch.Do(func(context.Context) error { return nil }, func(error) {
		c.address = address
		c.copy.Show()
		c.outcome.Set("clock", kit.Accent, kit.AccentSoft, c.win.T("window.chat.login.waiting"), c.win.T("window.chat.login.by.hand"))
		c.win.Visit(address)
	})
}

// act does something in the background with the buttons asleep, and shows what came of it. handled, when set, may deal with
// an error in another way.
func (c *ChatKeys) act(doing string, work func(context.Context) (control.ChatResult, error), handled func(error) bool) {
	for _, b := range c.buttons {
		b.Enabled(false)
	}
	c.outcome.Set("clock", kit.Accent, kit.AccentSoft, c.win.T(doing), "")
	var result control.ChatResult
	c.win.Watch.Do(func(ctx context.Context) (err error) {
		result, err = work(ctx)
		return err
	}, func(err error) {
		for _, b := range c.buttons {
			b.Enabled(true)
		}
		c.outcome.Hide()
		c.copy.Hide()
		if err != nil && handled != nil && handled(err) {
			return
		}
		window.ShowResult(c.outcome, c.resultOf(result, err))
		c.win.Watch.Poke()
		c.win.ReloadSettings()
	})
}

// resultOf words what came of an act.
func (c *ChatKeys) resultOf(r control.ChatResult, err error) control.CheckResult {
	if err != nil {
		message, remedy := c.win.Explain(err)
		return control.CheckResult{Message: message, Remedy: remedy}
	}
	return control.CheckResult{OK: true, Message: r.Message, Remedy: r.Remedy}
}
