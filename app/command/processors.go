package command

import (
	"os"
	"runtime"
)

// addProcessor lets the relay have one more thread compute than it has processors: one of them waits for the disk nearly
// always while much comes in, and Go takes a while to notice that such a one does not compute (5 to 7 % more events on
// two processors, measured). Whoever has said how many there may be is obeyed.
func addProcessor() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
	}
}
