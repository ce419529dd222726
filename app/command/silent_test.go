package command_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/command"
	"perch/app/lockfile"
)

// A relay that holds the folder and cannot be asked is never called one that does not run: who believes that takes its files away.
func TestARelayThatIsSilentIsToldOf(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	perch := func(args ...string) (string, int) {
		var out bytes.Buffer
		code := command.Run(t.Context(), append([]string{"--home", home}, args...), command.Streams{In: strings.NewReader(""), Out: &out, Err: &out})
		return out.String(), code
	}
	for _, args := range [][]string{{"init"}, {"status"}, {"stop"}} {
		if out, _ := perch(args...); strings.Contains(out, "does not answer") {
			t.Errorf("nobody holds it: perch %v says: %s", args, out)
		}
	}
	lock, err := lockfile.Take(filepath.Join(home, "perch.lock"))
	if err != nil {
		t.Fatal(err)
	}
	if out, code := perch("status"); code != 3 || !strings.Contains(out, "does not answer") || strings.Contains(out, "perch start") {
		t.Errorf("status: %d %s", code, out)
	}
	if out, code := perch("stop"); code != 1 || !strings.Contains(out, "does not answer") || !strings.Contains(out, "; ") {
		t.Errorf("stop: %d %s", code, out)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if out, code := perch("stop"); code != 0 || !strings.Contains(out, "is not running") {
		t.Errorf("stop, given back: %d %s", code, out)
	}
}
