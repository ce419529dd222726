// Package app is the program perch, put together: the command line of package command with this process's signals.
//
// It guarantees that an interrupt or a request to end lets every command finish what it has begun.
package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"perch/app/command"
)

// Streams are the standard streams of a run.
type Streams = command.Streams

// Main runs perch with the arguments after the program's name and returns its exit code.
func Main(args []string, streams Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return command.Run(ctx, args, streams)
}
