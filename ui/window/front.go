package window

import (
	"context"

	"fyne.io/fyne/v2/driver"
)

// listen lets whoever would open a second window have this one instead.
func (w *Window) listen() {
	if w.Caller == nil {
		return
	}
	w.Watch.Do(func(ctx context.Context) error { return w.Caller.Serve(ctx, w.show) }, func(error) {})
}

// show brings the window to the front, at a section unless that is "". It is called in the background, and returns when
// that is done or ctx ends.
func (w *Window) show(ctx context.Context, section string) error {
	handle := make(chan uintptr, 1)
	w.Watch.OnThread(func() {
		w.unlessAsked(func() { w.Open(section) })
		w.fyne.RequestFocus()
		handle <- w.handle()
	})
	select {
	case h := <-handle:
		return w.Desktop.Raise(ctx, h)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handle is the window as the desktop knows it; 0 where it has no name there.
func (w *Window) handle() uintptr {
	native, ok := w.fyne.(driver.NativeWindow)
	if !ok {
		return 0
	}
	var handle uintptr
	native.RunNative(func(of any) {
		switch of := of.(type) {
		case driver.X11WindowContext:
			handle = of.WindowHandle
		case driver.WindowsWindowContext:
			handle = of.HWND
		}
	})
	return handle
}
