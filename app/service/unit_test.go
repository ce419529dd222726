package service

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the units of packaging/linux anew")

// maxExposure is how much systemd may find exposed of a service of the whole system; its scale ends with 10.
const maxExposure = 3.0

// packaged are the units that packages bring along.
var packaged = map[string]unit{
	"perch.service":        {Plan: Plan{Program: "/usr/bin/perch"}},
	"perch-system.service": {Plan: Plan{Program: "/usr/bin/perch", HomeFlag: SystemHome}, Folder: SystemHome, IsSystem: true},
}

func TestPackagedUnitsAreThoseThatInstallWrites(t *testing.T) {
	for name, u := range packaged {
		path := filepath.Join("../../packaging/linux", name)
		if *update {
			if err := os.WriteFile(path, []byte(u.text()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != u.text() {
			t.Errorf("%s is not what perch service install writes (%v); write it anew: go test ./app/service -update", path, err)
		}
	}
}

func TestOddPathsGetIntoAUnitUnharmed(t *testing.T) {
	const odd = `/srv/a "b" 50% $HOME \x`
	text := unit{Plan: Plan{Program: odd, HomeFlag: odd, Env: []string{"XDG_STATE_HOME=" + odd}}, Folder: odd}.text()
	for _, want := range []string{
		`ExecStart="/srv/a \"b\" 50%% $$HOME \\x" relay --home "/srv/a \"b\" 50%% $$HOME \\x"`, `Environment="XDG_STATE_HOME=/srv/a \"b\" 50%% $HOME \\x"`,
	} {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("no line %s in\n%s", want, text)
		}
	}
	if got := homeIn(text); got != odd {
		t.Errorf("the home is %q, want %q", got, odd)
	}
}

// analyze runs systemd-analyze on a unit of a program that is there.
func analyze(t *testing.T, u unit, args ...string) (string, error) {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	u.Program = "/bin/sh"
	path := filepath.Join(t.TempDir(), unitName)
	if err := os.WriteFile(path, []byte(u.text()), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("systemd-analyze", append(args, path)...)
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir(), "SYSTEMD_PAGER=")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestSystemdReadsTheUnits(t *testing.T) {
	for name, u := range packaged {
		args := []string{"verify", "--man=no"}
		if !u.IsSystem {
			args = append(args, "--user")
		}
		if out, err := analyze(t, u, args...); err != nil || strings.Contains(out, unitName) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestSystemdFindsLittleExposed(t *testing.T) {
	u := packaged["perch-system.service"]
	u.HasCredential = true
	out, err := analyze(t, u, "security", "--offline=true", "--no-pager")
	if err != nil {
		t.Fatal(err, out)
	}
	m := regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatal(out)
	}
	level, err := strconv.ParseFloat(m[1], 64)
	t.Logf("exposure %s", m[1])
	if err != nil || level > maxExposure {
		t.Errorf("exposure %s, want %.1f at most\n%s", m[1], maxExposure, out)
	}
}
