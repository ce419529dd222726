package ui_test

import (
	"bytes"
	"testing"
	"time"

	"perch/ui"
)

func TestAWindowThatCannotBeDrawnIsNoticed(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"2026/11/28 15:58:40 Fyne error:  window creation error\n":       true,
		"2026/11/28 15:58:40 Fyne error:  failed to initialise GLFW\n":   true,
		"2026/11/28 15:58:40 Fyne error:  Failed to encode SVG icon\n":   false,
		"2026/11/28 15:58:40   At: fyne.io/fyne/v2/driver/driver.go:1\n": false,
	} {
		called := make(chan bool, 2)
		var out bytes.Buffer
		w := ui.WatchDrawing(&out, func() { called <- true })
		for range 2 {
			if n, err := w.Write([]byte(line)); n != len(line) || err != nil {
				t.Errorf("%q: %d, %v", line, n, err)
			}
		}
		if out.String() != line+line {
			t.Errorf("handed on: %q", out.String())
		}
		if want {
			<-called
		}
		select {
		case <-called:
			t.Errorf("%q: called (again)", line)
		case <-time.After(0):
		}
	}
}
