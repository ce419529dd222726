package command

import (
	"os/exec"
	"testing"
)

// What perch backup says is to be typed can be typed.
func TestAShellReadsAPathAsItIs(t *testing.T) {
	t.Parallel()
	if got := shellWord("/safe/perch-a_b.backup"); got != "/safe/perch-a_b.backup" {
		t.Errorf("a plain one is %s", got)
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell here")
	}
	for _, path := range []string{"/a b", "/it's", `/"q" $HOME \ *`, "/ünï", "/a;b&c", "/a\tb"} {
		out, err := exec.Command("sh", "-c", "printf %s "+shellWord(path)).Output() //nolint:gosec // the test's own
		if err != nil || string(out) != path {
			t.Errorf("%q becomes %q, %v", path, out, err)
		}
	}
}
