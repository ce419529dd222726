package logs

import (
	"context"
	"regexp"

	"perch/app/logtail"
	"perch/ui/kit"
	"perch/ui/window"
)

// pageSize is how many lines are read at a time, maxLines how many are held.
const pageSize, maxLines = 1000, 20_000

// query is what the page is asked to show.
func (l *page) query() (logtail.Query, error) {
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
func (l *page) restart() {
	q, err := l.query()
	if err != nil {
		l.problem.SetText(l.win.T("window.logs.pattern.bad"))
		return
	}
	l.problem.SetText("")
	l.version++
	l.reader = l.win.OpenLog(l.path, q)
	l.lines, l.rows, l.atStart, l.isBusy = nil, nil, false, false
	l.setPaused(false)
	l.lay()
	l.isAtEnd.SetChecked(true)
	l.older()
}

// read works with the reader in the background; what a later restart has made old is dropped.
func (l *page) read(work func(window.Log) ([]logtail.Line, bool, error), then func(lines []logtail.Line, again bool)) {
	reader, version := l.reader, l.version
	l.isBusy = true
	var lines []logtail.Line
	var again, atStart bool
	l.win.Watch.Do(func(context.Context) (err error) {
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
		if !l.win.ShowError(err) {
			then(lines, again)
		}
		l.describe()
	})
}

func (l *page) older() {
	isFirst := len(l.lines) == 0
	l.read(func(r window.Log) ([]logtail.Line, bool, error) {
		lines, err := r.Older(pageSize)
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
		l.list.ScrollToOffset(offset + float32(len(l.rows)-before)*rowStep)
	})
}

func (l *page) newer() {
	l.read(func(r window.Log) ([]logtail.Line, bool, error) { return r.Newer(pageSize) },
		func(lines []logtail.Line, again bool) {
			if again {
				l.lines = nil
			}
			if len(lines) == 0 && !again {
				return
			}
			l.lines = append(l.lines, lines...)
			if over := len(l.lines) - maxLines; over > 0 {
				l.lines = append([]logtail.Line(nil), l.lines[over:]...)
			}
			l.lay()
			if l.isAtEnd.Checked {
				l.toEnd()
			}
		})
}

// setPaused stops the reading of what is new, or goes on with it.
func (l *page) setPaused(on bool) {
	l.isPaused = on
	if on {
		l.pause.Set(l.win.T("window.logs.resume"), "play", kit.Strong)
		return
	}
	l.pause.Set(l.win.T("window.logs.pause"), "pause", kit.Plain)
	l.isAtEnd.SetChecked(true)
}
