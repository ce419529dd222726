package session

import (
	"context"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui/tray"
)

// Relay is what is asked of the relay; control.Client does it.
type Relay interface {
	Status(ctx context.Context) (control.Status, error)
	Limits(ctx context.Context) ([]control.Limit, error)
	URLs(ctx context.Context) ([]control.URLs, error)
	Pause(ctx context.Context) error
	// PauseFor is a pause that ends by itself, and returns when.
	PauseFor(ctx context.Context, d time.Duration) (until time.Time, err error)
	Resume(ctx context.Context) error
	Feed(ctx context.Context, q control.Query, show func(control.Message)) error
}

// Desktop is what is asked of the desktop. Calls come from one goroutine at a time.
type Desktop interface {
	Notify(ctx context.Context, n tray.Notice) error
	// Copy puts a text on the clipboard.
	Copy(ctx context.Context, text string) error
	// Open shows the window at a section, or brings it to the front.
	Open(ctx context.Context, section string) error
}

// Login is the setting "start at login"; desk.Login does it.
type Login interface {
	State() desk.Answer
	Set(on bool, host desk.Answer) error
	// Settle lets the tray start where the relay alone did, because there is a panel now.
	Settle() error
}

// Process is the relay's process as seen from outside.
type Process interface {
	// Do runs "perch start", "perch stop" or "perch restart"; its error is a sentence for people.
	Do(ctx context.Context, command string) error
	// IsConfigured tells whether there is a perch.toml.
	IsConfigured() bool
	// IsHeld tells whether a relay works on the folder, be it that it cannot be asked.
	IsHeld() bool
	// LeftSocket tells whether the relay's socket is still there: one that ends as asked removes it.
	LeftSocket() bool
}

// History keeps what was told while no tray runs.
type History interface {
	Load() tray.History
	Save(m tray.History) error
}
