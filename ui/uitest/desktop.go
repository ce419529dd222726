package uitest

import (
	"context"
	"sync"

	"perch/app/desk"
)

// Desktop answers as it is told. It is safe for concurrent use; the zero value cannot tell anything.
type Desktop struct {
	mu          sync.Mutex
	host, login desk.Answer
	refusal     error
	set         []desk.Answer
	raised      int
}

// NewDesktop returns a desktop that shows tray icons and starts nothing at login.
func NewDesktop() *Desktop { return &Desktop{host: desk.Yes, login: desk.No} }

// Become changes what the desktop says.
func (d *Desktop) Become(host, login desk.Answer, refusal error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.host, d.login, d.refusal = host, login, refusal
}

// SetFor returns the kinds of desktop that the start at login was set for.
func (d *Desktop) SetFor() []desk.Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]desk.Answer(nil), d.set...)
}

// TrayHost implements window.Desktop.
func (d *Desktop) TrayHost(context.Context) desk.Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.host
}

// Login implements window.Desktop.
func (d *Desktop) Login() desk.Answer {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.login
}

// SetLogin implements window.Desktop.
func (d *Desktop) SetLogin(on bool, host desk.Answer) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.set = append(d.set, host)
	if d.refusal == nil {
		d.login = map[bool]desk.Answer{true: desk.Yes, false: desk.No}[on]
	}
	return d.refusal
}

// Raise implements window.Desktop.
func (d *Desktop) Raise(context.Context, uintptr) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.raised++
	return d.refusal
}

// Raised is how many times the window was brought to the front.
func (d *Desktop) Raised() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.raised
}
