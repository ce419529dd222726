//go:build !linux

package postgres

import "os/exec"

func asNobody(name string, args ...string) *exec.Cmd { return exec.Command(name, args...) }

func own(string) error { return nil }
