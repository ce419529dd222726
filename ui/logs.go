package ui

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"perch/bridge/visible"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/logtail"
	"perch/ui/page"
	"perch/ui/snapshot"
)

const (
	// logPage is how many lines are read at a time, maxLogLines how many are kept.
	logPage, maxLogLines = 1000, 20_000
	logRowHeight         = 18
	logRowStep           = logRowHeight + 4
)

// logsPage shows the relay's log from its end.
type logsPage struct {
	u    *UI
	root fyne.CanvasObject

	about          *kit.Text
	search         *kit.Entry
	level          *kit.Choice
	isPattern      *widget.Check
	isFollowed     *widget.Check
	isWrapped      *widget.Check
	pause          *kit.Button
	isPaused       bool // nothing new is read
	problem        *kit.Text
	list           *kit.List
	none           *kit.Paragraph
	path           string
	lines          []logtail.Line
	rows           []page.LogRow
	columns        int
	typed, version int // count changes of the search and of what is read
	isBusy, isOn   bool
	atStart        bool

	mu     sync.Mutex // one reading at a time
	reader *logtail.Reader
}

func newLogs(u *UI) *logsPage {
	l := &logsPage{u: u, path: u.LogPath, about: kit.CutText("", kit.TextSmall, kit.Muted)}
	l.search = kit.NewEntry(u.t("window.logs.search"))
	l.search.OnChanged = func(string) { l.onTyped() }
	l.level = kit.NewChoice(u.t("window.logs.level"), logtail.Levels()[1:], u.named("window.level."), l.restart)
	check := func(key string, on bool, changed func(bool)) *widget.Check {
		c := widget.NewCheck(u.t(key), nil)
		c.Checked = on
		c.OnChanged = changed
		return c
	}
	l.isPattern = check("window.logs.pattern", false, func(bool) { l.restart() })
	l.isFollowed = check("window.logs.follow", true, func(on bool) {
		if on {
			l.toEnd()
		}
	})
	l.isWrapped = check("window.logs.wrap", false, func(bool) { l.lay() })
	l.pause = kit.NewButton(u.t("window.logs.pause"), "pause", kit.Plain, func() { l.hold(!l.isPaused) }).Small()
	l.problem = kit.NewText("", kit.TextSmall, kit.Bad)
	l.none = kit.NewParagraph("", kit.TextBody, kit.Muted)
	l.list = kit.NewList(func() int { return len(l.rows) }, func() fyne.CanvasObject { return newLogRow() }, l.update)
	l.list.HideSeparators = true
	l.list.OnSelected = func(id widget.ListItemID) {
		l.list.Unselect(id)
		if id < len(l.rows) {
			u.copy(visible.Line(l.lines[l.rows[id].Line].Raw))
		}
	}
	l.root = l.build()
	return l
}

func (l *logsPage) build() fyne.CanvasObject {
	u := l.u
	bar := kit.HStack(kit.Gap, l.level.Content, kit.Middle(l.isPattern), kit.Middle(l.isFollowed), kit.Middle(l.isWrapped), kit.Middle(l.pause), kit.Middle(l.problem))
	top := kit.Header(u.t("window.logs"), l.about, kit.AtLeast(l.search, fyne.NewSize(270, 34)),
		kit.NewButton(u.t("window.copy"), "copy", kit.Plain, func() { u.copy(l.text()) }),
		kit.NewButton(u.t("window.logs.export"), "export", kit.Plain, l.onExport))
	none := container.NewCenter(kit.AtLeast(l.none, fyne.NewSize(420, 0)))
	card := container.NewStack(kit.NewGround(kit.Surface, kit.Border, kit.Radius), kit.Pad(container.NewStack(none, l.list), 6, 8))
	return kit.Filled(top, container.NewBorder(kit.Inset(0, 10, 0, 0, bar), nil, nil, nil, card))
}

func (l *logsPage) content() fyne.CanvasObject { return l.root }
func (l *logsPage) find()                      { l.u.window.Canvas().Focus(l.search) }

func (l *logsPage) escape() bool {
	if l.search.Text == "" {
		return false
	}
	l.search.SetText("")
	return true
}

// shown begins to read when the page comes on screen.
func (l *logsPage) shown(on bool) {
	if l.isOn = on; on && l.reader == nil {
		l.restart()
	}
}

// from says where the log is.
func (l *logsPage) from(path string) {
	if path == "" || path == l.path {
		return
	}
	l.path = path
	l.reader = nil
	if l.isOn {
		l.restart()
	}
}

func (l *logsPage) render(snapshot.Data) {
	if l.isWrapped.Checked && l.columns != l.fitting() {
		l.lay()
	}
	if l.reader == nil || l.isBusy {
		return
	}
	if l.isFollowed.Checked && !l.atEnd() && len(l.rows) > 0 {
		l.isFollowed.Checked = false // somebody has scrolled away to read
		l.isFollowed.Refresh()
	}
	if l.list.GetScrollOffset() < logRowStep*20 && !l.atStart {
		l.older()
		return
	}
	if !l.isPaused {
		l.newer()
	}
}

// hold stops the reading of what is new, or goes on with it.
func (l *logsPage) hold(on bool) {
	l.isPaused = on
	if on {
		l.pause.Set(l.u.t("window.logs.resume"), "play", kit.Strong)
		return
	}
	l.pause.Set(l.u.t("window.logs.pause"), "pause", kit.Plain)
	l.isFollowed.SetChecked(true)
}

func (l *logsPage) atEnd() bool {
	return l.list.GetScrollOffset()+l.list.Size().Height >= float32(len(l.rows))*logRowStep-logRowStep*2
}

func (l *logsPage) toEnd() { l.list.ScrollToBottom() }

func (l *logsPage) onTyped() {
	l.typed++
	number := l.typed
	l.u.watch.Do(func(ctx context.Context) error {
		select {
		case <-time.After(searchAfter):
		case <-ctx.Done():
		}
		return nil
	}, func(error) {
		if number == l.typed {
			l.restart()
		}
	})
}

// query is what the page is asked to show.
func (l *logsPage) query() (logtail.Query, error) {
	q := logtail.Query{Level: l.level.Value()}
	if !l.isPattern.Checked {
		q.Text = l.search.Text
		return q, nil
	}
	var err error
	if l.search.Text != "" {
		q.Pattern, err = regexp.Compile("(?i)" + l.search.Text)
	}
	return q, err
}

// restart reads from the end of the log again.
func (l *logsPage) restart() {
	q, err := l.query()
	if err != nil {
		l.problem.SetText(l.u.t("window.logs.pattern.bad"))
		return
	}
	l.problem.SetText("")
	l.version++
	l.reader = logtail.New(l.path, q)
	l.lines, l.rows, l.atStart, l.isBusy = nil, nil, false, false
	l.hold(false)
	l.lay()
	l.isFollowed.SetChecked(true)
	l.older()
}

// read works with the reader in the background; what a later restart has made old is dropped.
func (l *logsPage) read(work func(*logtail.Reader) ([]logtail.Line, bool, error), then func(lines []logtail.Line, again bool)) {
	reader, version := l.reader, l.version
	l.isBusy = true
	var lines []logtail.Line
	var again, atStart bool
	l.u.watch.Do(func(context.Context) (err error) {
		l.mu.Lock()
		defer l.mu.Unlock()
		lines, again, err = work(reader)
		atStart = reader.AtStart()
		return err
	}, func(err error) {
		if version != l.version {
			return
		}
		l.isBusy, l.atStart = false, atStart
		if !l.u.complain(err) {
			then(lines, again)
		}
		l.describe()
	})
}

func (l *logsPage) older() {
	isFirst := len(l.lines) == 0
	l.read(func(r *logtail.Reader) ([]logtail.Line, bool, error) {
		lines, err := r.Older(logPage)
		return lines, false, err
	}, func(lines []logtail.Line, _ bool) {
		if len(lines) == 0 {
			return
		}
		before := len(l.rows)
		offset := l.list.GetScrollOffset()
		l.lines = append(lines, l.lines...)
		l.lay()
		if isFirst {
			l.toEnd()
			return
		}
		l.list.ScrollToOffset(offset + float32(len(l.rows)-before)*logRowStep)
	})
}

func (l *logsPage) newer() {
	l.read(func(r *logtail.Reader) ([]logtail.Line, bool, error) { return r.Newer(logPage) },
		func(lines []logtail.Line, again bool) {
			if again {
				l.lines = nil
			}
			if len(lines) == 0 && !again {
				return
			}
			l.lines = append(l.lines, lines...)
			if over := len(l.lines) - maxLogLines; over > 0 {
				l.lines = append([]logtail.Line(nil), l.lines[over:]...)
			}
			l.lay()
			if l.isFollowed.Checked {
				l.toEnd()
			}
		})
}

// fitting is how many letters fit into a row.
func (l *logsPage) fitting() int {
	letter := fyne.MeasureText("mmmmmmmmmm", kit.TextSmall, fyne.TextStyle{Monospace: true}).Width / 10
	return max(20, int((l.list.Size().Width-logTextAt-20)/letter))
}

// lay makes rows of the lines.
func (l *logsPage) lay() {
	l.columns = 0
	if l.isWrapped.Checked {
		l.columns = l.fitting()
	}
	l.rows = page.MakeLogRows(l.lines, l.columns)
	l.list.Refresh()
	l.describe()
}

func (l *logsPage) describe() {
	about := l.u.Texts.N("window.logs.count", len(l.lines))
	if !l.atStart {
		about = l.u.Texts.N("window.logs.newest", len(l.lines))
	}
	l.about.SetText(about + " · " + l.path)
	words := ""
	if len(l.rows) == 0 && !l.isBusy {
		words = kit.Pick(l.search.Text == "" && l.level.Value() == "", l.u.t("window.logs.empty"), l.u.t("window.logs.none"))
	}
	l.none.Set(words, kit.Muted)
}

func (l *logsPage) update(id widget.ListItemID, item fyne.CanvasObject) {
	if id < len(l.rows) {
		item.(*logRow).render(l.rows[id]) //nolint:forcetypeassert,errcheck // made by the list
	}
}

// text is everything that is shown.
func (l *logsPage) text() string {
	var b strings.Builder
	for _, line := range l.lines {
		b.WriteString(visible.Line(line.Raw))
		b.WriteByte('\n')
	}
	return b.String()
}

// onExport writes what is shown into the user's downloads.
func (l *logsPage) onExport() {
	text, path := l.text(), exportPath(l.u.Now())
	l.u.watch.Do(func(context.Context) error {
		return os.WriteFile(path, []byte(text), 0o600)
	}, func(err error) {
		if !l.u.complain(err) {
			l.u.say(format.Good, l.u.t("window.logs.exported"), path)
		}
	})
}

// exportPath is a file in the user's downloads or, without such a folder, in their home.
func exportPath(now time.Time) string {
	folder, err := os.UserHomeDir()
	if err != nil {
		folder = os.TempDir()
	}
	if downloads := filepath.Join(folder, "Downloads"); isFolder(downloads) {
		folder = downloads
	}
	return filepath.Join(folder, "perch-"+now.Format("2006-01-02-150405")+".log")
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
