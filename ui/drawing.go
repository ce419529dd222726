package ui

import (
	"bytes"
	"context"
	"io"
	"sync"

	"perch/app/desk"
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

// OpenPage opens the page in the browser in place of a window that cannot be drawn, and returns what to tell the person.
func OpenPage(ctx context.Context, programs desk.Programs) string {
	const why = "this display offers no OpenGL, which the window is drawn with"
	if err := programs.Perch(ctx, "web"); err != nil {
		return why + "; the same window can be opened in a browser, but: " + err.Error()
	}
	return why + "; the same window opens in the browser instead"
}
