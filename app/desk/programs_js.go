package desk

import "os/exec"

// Quiet does nothing: a browser runs no programs.
func Quiet(*exec.Cmd) {}

// Detach does nothing: a browser runs no programs.
func Detach(*exec.Cmd) {}
