package ui_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/desk"
	"perch/ui"
)

func TestCommand(t *testing.T) {
	folder := t.TempDir()
	script := filepath.Join(folder, "perch")
	text := "#!/bin/sh\nif [ \"$1\" = stop ]; then echo 'warming up' >&2; echo 'perch: stop: it is busy; wait a little' >&2; exit 1; fi\necho \"$@\" > \"$0.args\"\ncat > \"$0.in\"\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	phrase := ""
	c := &ui.Command{desk.Programs{Home: "/h", Beside: folder, Passphrase: func() string { return phrase }}}
	if err := c.Run(t.Context(), "start"); err != nil {
		t.Skip("no shell here:", err)
	}
	if got, _ := os.ReadFile(script + ".args"); string(got) != "start --home /h\n" {
		t.Errorf("called with %q", got)
	}
	phrase = "hush"
	if err := c.Run(t.Context(), "restart"); err != nil {
		t.Error(err)
	}
	args, _ := os.ReadFile(script + ".args")
	if in, _ := os.ReadFile(script + ".in"); string(in) != "hush\n" || string(args) != "restart --passphrase-stdin --home /h\n" {
		t.Errorf("called with %q and given %q", args, in)
	}
	if err := c.Run(t.Context(), "stop"); err == nil {
		t.Error("stop has worked")
	} else if message, remedy := control.Explain(err); message != "it is busy" || remedy != "wait a little" {
		t.Errorf("stop: %q, %q", message, remedy)
	}
	if err := c.Demo(t.Context()); err != nil {
		t.Error(err)
	}
	for end := time.Now().Add(40 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		args, _ := os.ReadFile(script + ".args")
		if in, _ := os.ReadFile(script + ".in"); string(args) == "demo\n" && len(in) == 0 { // which it writes last
			break
		}
	}
	if got, _ := os.ReadFile(script + ".args"); string(got) != "demo\n" { // with a home of its own
		t.Errorf("the demo is called with %q", got)
	}
	t.Setenv("PATH", "")
	c.Programs.Beside = t.TempDir()
	if err := c.Run(t.Context(), "start"); !errors.Is(err, desk.ErrMissing) {
		t.Errorf("without perch: %v", err)
	}
}
