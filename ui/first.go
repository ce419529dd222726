//go:build !js

package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"perch/app/config"
	"perch/app/single"
	"perch/bridge/visible"
	"perch/ui/window"
)

// Caller is window.Caller for as long as the window is open.
type Caller interface {
	window.Caller
	Close() error
}

// First makes this the one window of a home on this desktop. It returns nil where another is, which has come to the front
// at the section; and a Caller that nobody can call where that cannot be settled, as on a full disk: a person who needs the
// window then gets it. What is of note is written to complaints.
func First(ctx context.Context, home config.Home, section string, complaints io.Writer) (Caller, error) {
	if err := home.Enter(); err != nil {
		note(complaints, err)
		return alone{}, nil
	}
	first, err := single.At(filepath.Dir(home.Socket()), os.Getenv).Take(ctx, section)
	switch {
	case err == nil:
		return first, nil
	case errors.Is(err, single.ErrShown):
		note(complaints, err)
		return nil, nil
	case errors.Is(err, single.ErrUnkept):
		note(complaints, err)
		return alone{}, nil
	}
	return nil, err
}

func note(complaints io.Writer, err error) {
	_, _ = fmt.Fprintln(complaints, "perch-window:", visible.Line(err.Error()))
}

// alone is a window of which nobody else knows.
type alone struct{}

// Serve implements window.Caller.
func (alone) Serve(context.Context, func(context.Context, string) error) error { return nil }

// Close implements Caller.
func (alone) Close() error { return nil }
