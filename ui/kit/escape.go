package kit

import "fyne.io/fyne/v2"

func canvasOf(o fyne.CanvasObject) fyne.Canvas {
	if fyne.CurrentApp() == nil {
		return nil
	}
	return fyne.CurrentApp().Driver().CanvasForObject(o)
}

// escape hands the key on to the window and gives up the focus.
func escape(o fyne.CanvasObject) {
	c := canvasOf(o)
	if c == nil {
		return
	}
	c.Unfocus()
	if typed := c.OnTypedKey(); typed != nil {
		typed(&fyne.KeyEvent{Name: fyne.KeyEscape})
	}
}
