package window

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// leavePatience is how long Fyne may take to end.
const leavePatience = 2 * time.Second

// Run shows the window and returns when it was closed. It has to be called on the main thread.
func (w *Window) Run() {
	leaving := make(chan os.Signal, 1)
	signal.Notify(leaving, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(leaving)
	go w.leave(leaving)
	w.fyne.SetCloseIntercept(func() {
		w.unlessUnsaved(func() {
			w.remember()
			w.fyne.Close()
			leaving <- os.Interrupt
		})
	})
	w.Watch.Start()
	w.listen()
	w.ReloadSettings()
	w.fyne.ShowAndRun()
	w.Watch.Stop()
}

// leave ends the program when Fyne does not: it may wait for ever for an event of a display that is going away. The
// goroutine ends with the program.
func (w *Window) leave(leaving <-chan os.Signal) {
	<-leaving
	time.Sleep(leavePatience)
	if w.Exit != nil {
		w.Exit(0)
	}
}

// remember writes down what the window begins with the next time.
func (w *Window) remember() {
	size := w.Canvas().Size()
	w.Preferences.Set(prefWidth, size.Width)
	w.Preferences.Set(prefHeight, size.Height)
	_ = w.Preferences.Save() // a window that cannot remember works all the same
}
