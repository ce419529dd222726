package ui

import (
	"context"
	"errors"

	"perch/app/control"
	"perch/app/desk"
)

// Command runs the program perch. It implements window.Process.
type Command struct{ Programs desk.Programs }

// Run implements window.Process. Its errors are what perch said, taken apart into why and what to do.
func (c *Command) Run(ctx context.Context, what string) error {
	err := c.Programs.Perch(ctx, what)
	if err == nil || errors.Is(err, desk.ErrMissing) {
		return err
	}
	return control.Said(err.Error())
}

// Demo implements window.Process. The demo has a home of its own.
func (c *Command) Demo(ctx context.Context) error {
	programs := c.Programs
	programs.Home = ""
	cmd, err := programs.Start(ctx, desk.Perch, "demo")
	if err != nil {
		return err
	}
	go func() { _ = cmd.Wait() }() // ends with the child or with this process
	return nil
}
