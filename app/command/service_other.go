//go:build !windows

package command

import (
	"github.com/spf13/cobra"

	"perch/app/config"
)

// addManaged adds nothing: service managers run perch relay here.
func (p *program) addManaged(*cobra.Command, *serviceFlags) {}

func anyHome() (config.Home, error) { return config.FindHome("") }
