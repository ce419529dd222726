package sshforward

import (
	"os"
	"testing"

	"perch/bridge/sim/tidy"
)

func TestMain(m *testing.M) { os.Exit(tidy.Run(m.Run)) }
