//go:build unix

package command_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/command"
)

// By sudo, root would leave files that the account which runs Perch cannot read: its relay never starts again.
func TestSudoLeavesNothingInTheHomeOfAnother(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	home := filepath.Join(t.TempDir(), "home")
	perch := func(args ...string) (string, int) {
		var out bytes.Buffer
		code := command.Run(t.Context(), append([]string{"--home", home}, args...), command.Streams{In: strings.NewReader("x"), Out: &out, Err: &out})
		return out.String(), code
	}
	t.Setenv("SUDO_UID", "1234")
	if out, code := perch("init"); code != 0 { // a folder that is to be given away later
		t.Fatalf("%d %s", code, out)
	}
	if err := os.Lchown(home, 54321, 54321); err != nil {
		t.Skip(err)
	}
	for _, args := range [][]string{
		{"start"},
		{"restart"},
		{"relay"},
		{"init"},
		{"backup"},
		{"restore", "x"},
		{"secret", "set", "x.consumer_key"},
		{"secret", "delete", "x.consumer_key"},
		{"secret", "keep"},
		{"secret", "move", "vault"},
		{"chat", "import"},
		{"chat", "unlock"},
		{"chat", "forget"},
		{"x", "login"},
		{"x", "logout"},
	} {
		if out, code := perch(args...); code != 1 || !strings.Contains(out, "belongs to the account #54321") || !strings.Contains(out, "sudo -u #54321") {
			t.Errorf("perch %v: %d %s", args, code, out)
		}
	}
	if files, err := os.ReadDir(home); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if out, code := perch("status"); code != 3 {
		t.Errorf("what writes nothing: %d %s", code, out)
	}
	t.Setenv("SUDO_UID", "")
	if out, _ := perch("backup"); strings.Contains(out, "belongs to the account") {
		t.Errorf("root without sudo, as in a container: %s", out)
	}
}
