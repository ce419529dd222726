package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"perch/app/desk"
	"perch/bridge/visible"
)

// noDrawing are what Fyne logs where a display offers no OpenGL. It tells nobody else, and waits for ever for the window.
var noDrawing = [][]byte{[]byte("window creation error"), []byte("failed to initialise GLFW")}

// WatchDrawing returns a writer for the log that hands everything on to next, and calls instead once, on a goroutine of its own,
// when no window can be drawn.
func WatchDrawing(next io.Writer, instead func()) io.Writer {
	return &drawing{next: next, instead: sync.OnceFunc(func() { go instead() })}
}

type drawing struct {
	next    io.Writer
	instead func()
}

// Write implements io.Writer; the log hands over whole lines.
func (d *drawing) Write(line []byte) (int, error) {
	for _, sign := range noDrawing {
		if bytes.Contains(line, sign) {
			d.instead()
		}
	}
	return d.next.Write(line)
}

// setupTime bounds how long the set-up is served in the browser: as long as anybody may be signed in to the page.
const setupTime = 12 * time.Hour

// Page stands in for a window that cannot be drawn: the same window in the browser.
type Page struct {
	Programs desk.Programs
	// Say is told in words what happens.
	Say func(sentence string)
	// Terminal is where the person reads along, who then sees the address too; nil where nobody does.
	Terminal io.Writer
	// Folder is where the words go into a file, for the browser to show them where nobody reads along.
	Folder string
	// T is translation.Texts.T.
	T func(key string, args ...any) string
	// Browse shows an address in the browser.
	Browse func(address string) error
}

// Open opens the page, and returns the exit code for the program. Where the page cannot be opened, the person is told why and
// what to do: in the terminal, or else in the browser. Where Perch is not set up yet, the page is the set-up, which is served
// until ctx ends or the person ends it, for setupTime at the most.
func (p Page) Open(ctx context.Context) int {
	ctx, cancel := context.WithTimeout(ctx, setupTime)
	defer cancel()
	p.Say(undrawn())
	err := p.Programs.Show(ctx, p.Terminal, "web")
	if err == nil {
		return desk.ExitUndrawn
	}
	p.Say(unopened(err))
	if p.Terminal == nil {
		if err := p.explain(err.Error()); err != nil {
			p.Say(unshown(err))
		}
	}
	return desk.ExitUnseen
}

func undrawn() string {
	return "this display offers no OpenGL, which the window is drawn with (a package may be missing; on Debian: apt install libgl1 libegl1); it opens in the browser instead"
}

func unopened(err error) string { return "the page in the browser does not open: " + err.Error() }

func unshown(err error) string { return "the browser cannot show that either: " + err.Error() }

var errNoBrowser = errors.New("no browser opens")

// explainFile is the name of the file with the words.
const explainFile = "no-window.html"

// explain shows in the browser why there is neither window nor page.
func (p Page) explain(why string) error {
	path, err := filepath.Abs(filepath.Join(p.Folder, explainFile))
	if err != nil {
		return err
	}
	text := fmt.Sprintf("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Perch</title>\n<h1>Perch</h1>\n<p>%s</p>\n<p><b>%s</b></p>\n",
		html.EscapeString(p.T("window.undrawn")), html.EscapeString(visible.Line(why)))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	if address.Path[0] != '/' { // C:/…
		address.Path = "/" + address.Path
	}
	if p.Browse(address.String()) != nil {
		return errNoBrowser
	}
	return nil
}
