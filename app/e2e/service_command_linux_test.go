package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/app/service"
)

// fakeSystemd puts programs before the real ones that write down what they are called with; "show" prints the file show.
func (b *box) fakeSystemd() (calls func() string) {
	b.t.Helper()
	folder := filepath.Join(b.home, "bin")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		b.t.Fatal(err)
	}
	for _, name := range []string{"systemctl", "loginctl"} {
		script := "#!/bin/sh\ncd '" + folder + "'\necho " + name + " $* >> calls\ncase \"$*\" in *ActiveState*) cat show;; *\"$(cat fails)\"*) cat says; exit 1;; esac\n"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o700); err != nil {
			b.t.Fatal(err)
		}
	}
	b.write(filepath.Join(folder, "fails"), "nothing")
	b.write(filepath.Join(folder, "show"), "ActiveState=inactive\nMainPID=0\n")
	b.env = append(b.env, "PATH="+folder+":"+os.Getenv("PATH"), "HOME="+b.home, "XDG_CONFIG_HOME="+filepath.Join(b.home, "config"))
	return func() string {
		text, _ := os.ReadFile(filepath.Join(folder, "calls"))
		_ = os.Remove(filepath.Join(folder, "calls"))
		return string(text)
	}
}

func (b *box) refused(words string, args ...string) {
	b.t.Helper()
	stdout, stderr, code := b.perch(args...)
	if code != 1 || !strings.Contains(stderr, words) {
		b.t.Errorf("perch %v: exit code %d, %s %s; want %q", args, code, stdout, stderr, words)
	}
}

func TestTheRelayIsStartedAndStoppedByItsService(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	calls := b.fakeSystemd()
	unit := filepath.Join(b.home, "config/systemd/user/perch.service")

	b.env = append(b.env, "SUDO_USER=ann")
	if os.Getuid() == 0 {
		b.refused("this would be a service of root", "service", "install")
	}
	b.env = append(b.env, "SUDO_USER=")
	b.refused("nobody is there to type its passphrase; let Perch keep it: perch secret keep", "service", "install")
	if _, stderr, code := b.perchWith(boxPhrase, "secret", "keep", "--passphrase-stdin"); code != 0 {
		t.Fatal(stderr)
	}
	b.edit(`secrets = "vault"`, `secrets = "keyring"`)
	b.refused("move them: perch secret move vault", "service", "install")
	b.edit(`secrets = "keyring"`, `secrets = "vault"`)
	b.start()
	b.refused("a relay runs already that was started by itself", "service", "install")
	if made := calls(); made != "" {
		t.Errorf("refused, and yet: %s", made)
	}
	if _, err := os.Stat(unit); err == nil {
		t.Error("refused, and yet there is a unit")
	}
	b.must("service", "install", "--now")
	if err := b.relay.Wait(); err != nil {
		t.Error("the relay that was started by itself ended with ", err)
	}
	b.relay = nil
	text, err := os.ReadFile(unit)
	if err != nil || !strings.Contains(string(text), `relay --home "`+b.home+`"`) || !strings.Contains(calls(), "start perch.service") {
		t.Errorf("%v %s", err, text)
	}

	for _, c := range []struct{ show, command, call string }{
		{"inactive", "start", "start perch.service"}, {"active", "stop", "stop perch.service"}, {"active", "restart", "restart perch.service"},
	} {
		b.write(filepath.Join(b.home, "bin/show"), "ActiveState="+c.show+"\nMainPID=0\nUnitFileState=enabled\n")
		b.must(c.command)
		if made := calls(); !strings.Contains(made, "systemctl --user --no-ask-password "+c.call) {
			t.Errorf("perch %s called %s", c.command, made)
		}
	}
	stdout, _, code := b.perch("status", "--json")
	if code != 3 || !strings.Contains(stdout, `"service":"`+service.SystemdUser+`"`) {
		t.Errorf("perch status: exit code %d, %s", code, stdout)
	}
	var state service.State
	if err := json.Unmarshal([]byte(b.must("service", "status", "--json")), &state); err != nil || !state.Running || !state.Enabled || state.Unit != unit {
		t.Errorf("%v %+v", err, state)
	}

	b.write(filepath.Join(b.home, "bin/fails"), "--user")
	b.write(filepath.Join(b.home, "bin/says"), "Failed to connect to bus: No medium found")
	b.refused("log in as it directly, by SSH for example", "start")
	b.refused("log in as it directly", "service", "uninstall")
	b.write(filepath.Join(b.home, "bin/fails"), "nothing")
	b.must("service", "uninstall")
	b.refused("no service is installed", "service", "start")
	b.start() // with no service left, perch works as ever
}
