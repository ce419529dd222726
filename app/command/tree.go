package command

import (
	"io"

	"github.com/spf13/cobra"

	"perch/app/terminal"
)

// Tree returns perch's commands to be read, not run: man pages and completions are made of it.
func Tree() *cobra.Command {
	p := &program{Printer: terminal.Printer{Out: io.Discard, Err: io.Discard}}
	return p.root()
}
