package form

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// BackupNow says when the last good backup was made and makes one. It is kept, so that an outcome stays.
type BackupNow struct {
	Content fyne.CanvasObject

	win     *window.Window
	last    *kit.Paragraph
	now     *kit.Button
	outcome *kit.Notice
	isBusy  bool
}

// NewBackupNow returns the block; Render shows how it stands.
func NewBackupNow(win *window.Window) *BackupNow {
	b := &BackupNow{win: win, last: kit.NewParagraph("", kit.TextSmall, kit.Muted), outcome: kit.NewNotice()}
	b.now = kit.NewButton(win.T("window.backup.now"), "check", kit.Plain, b.onNow).Small()
	b.Content = kit.VStack(10, kit.HStack(kit.Gap, b.now), b.last, b.outcome)
	b.Render(win.Data)
	return b
}

// Render shows what the relay says of its backups.
func (b *BackupNow) Render(d snapshot.Data) {
	text := b.win.T("window.backup.none")
	if last := d.Status.Backup.Last; last != nil {
		text = b.win.T("window.backup.last", format.Clock(*last, d.Now, b.win.Texts), d.Status.Backup.File, format.Bytes(d.Status.Backup.Bytes))
	}
	if !d.Running {
		text = b.win.T("window.backup.stopped")
	}
	ink := kit.Muted
	if failed := d.Status.Backup.Error; d.Running && failed != "" {
		text, ink = b.win.T("window.hint.backup")+" "+format.Sentence(failed)+" "+text, kit.Bad
	}
	b.last.Set(text, ink)
	b.now.Enabled(d.Running && !b.isBusy)
}

func (b *BackupNow) onNow() {
	b.isBusy = true
	b.now.Enabled(false)
	b.outcome.Set("clock", kit.Accent, kit.AccentSoft, b.win.T("window.backup.making"), "")
	var made control.BackupMade
	b.win.Watch.Do(func(ctx context.Context) (err error) {
		made, err = b.win.Relay.Backup(ctx, control.BackupRequest{})
		return err
	}, func(err error) {
		b.isBusy = false
		b.now.Enabled(b.win.Data.Running)
		result := control.CheckResult{OK: err == nil}
		if err != nil {
			result.Message, result.Remedy = b.win.Explain(err)
		} else {
			result.Message, result.Remedy = b.win.T("window.backup.made", made.Path), b.about(made)
		}
		window.ShowResult(b.outcome, result)
		b.win.Watch.Poke()
	})
}

func (b *BackupNow) about(made control.BackupMade) string {
	about := []string{b.win.T("window.backup.made.do")}
	if made.NoSecrets {
		about = append(about, b.win.T("window.backup.nosecrets"))
	}
	return strings.Join(about, " ")
}
