package window

import (
	"context"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
)

// editRows is how many lines of a reply are seen while it is changed.
const editRows = 6

// edit lets somebody change a reply that failed, and send it.
func (w *Window) edit(id int64) {
	var detail control.Detail
	w.Watch.Do(func(ctx context.Context) (err error) {
		detail, err = w.Relay.Message(ctx, id)
		return err
	}, func(err error) {
		if !w.ShowError(err) {
			w.showEdit(&detail.Message, detail.Text)
		}
	})
}

// showEdit asks for the new text. One that could not be sent is not lost: it is asked for again, as it was typed.
func (w *Window) showEdit(m *control.Message, text string) {
	entry := kit.NewTextArea(text, editRows)
	count := kit.NewText("", kit.TextSmall, kit.Muted)
	send := kit.NewButton(w.T("window.edit.send"), "up", kit.Strong, nil)
	look := func(text string) {
		n, most := control.LengthOf(m.Kind, strings.TrimSpace(text))
		count.Set(w.T("window.edit.count", n, most), kit.Pick(n > most, kit.Bad, kit.Muted))
		send.Enabled(n > 0 && n <= most)
	}
	entry.OnChanged = look
	look(text)
	send.OnTapped = func() {
		w.CloseDialog()
		w.sendEdit(m, entry.Text)
	}
	about := kit.VStack(10, kit.NewParagraph(w.T("window.edit.about", format.Handle(m.To)), kit.TextBody, kit.Muted), entry, count)
	w.Ask(w.T("window.edit.title"), about, send)
	w.Canvas().Focus(entry)
}

func (w *Window) sendEdit(m *control.Message, text string) {
	w.Watch.Do(func(ctx context.Context) error { return w.Relay.Edit(ctx, m.ID, text) }, func(err error) {
		w.Watch.Poke()
		if w.ShowError(err) {
			w.showEdit(m, text)
			return
		}
		w.Notify(format.Good, w.T("window.acted.edit", m.ID), "")
	})
}
