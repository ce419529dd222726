// Command perch carries messages between X and XCALLY Motion. It needs neither cgo nor a display.
package main

import (
	"os"

	"perch/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], app.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
