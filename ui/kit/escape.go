package kit

import "fyne.io/fyne/v2"

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	if fyne.CurrentApp() == nil {
		return nil
	}
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// Pass gives the window the keys that it acts upon wherever the focus is.
func Pass(from fyne.CanvasObject, k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		escape(from)
	case fyne.KeyF1:
		handOn(from, k)
	}
}

// escape hands the key on to the window and gives up the focus.
func escape(o fyne.CanvasObject) {
	if c := canvasOf(o); c != nil {
		c.Unfocus()
	}
	handOn(o, &fyne.KeyEvent{Name: fyne.KeyEscape})
}

// handOn hands a key on to the window.
func handOn(o fyne.CanvasObject, k *fyne.KeyEvent) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	if typed := c.OnTypedKey(); typed != nil {
		typed(k)
	}
}
