//go:build !windows

package command

import "github.com/spf13/cobra"

// underManager are the commands that a service manager runs: perch relay is enough for those here.
func (p *program) underManager() []*cobra.Command { return nil }
