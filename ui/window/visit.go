package window

import "net/url"

// Visit opens an address in the browser of the desktop. It may be called from anywhere.
func (w *Window) Visit(address string) {
	if u, err := url.Parse(address); err == nil {
		_ = w.App.OpenURL(u) // without a browser the page cannot be shown; the wait for it ends by itself
	}
}
