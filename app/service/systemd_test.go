package service

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/config"
	"perch/bridge"
	"perch/bridge/sim/tidy"
)

// fakeHost is a computer with a systemd that does what answers say.
type fakeHost struct {
	t      *testing.T
	root   string
	home   config.Home
	folder string
	host   host
	calls  []string
	// fails is what a call prints that fails, by the word that it has in it.
	fails map[string]string
	show  string
	owner map[string]int
}

func newHost(t *testing.T) *fakeHost {
	t.Helper()
	f := &fakeHost{t: t, root: tidy.Folder(t), fails: map[string]string{}, show: "ActiveState=active\nMainPID=7\nUnitFileState=enabled\nStatusText=Running: 0 waiting", owner: map[string]int{}}
	f.folder = filepath.Join(f.root, "home")
	f.home = f.makeHome("home")
	f.host = host{
		run: f.run, userUnits: filepath.Join(f.root, "user"), systemUnits: filepath.Join(f.root, "system"), packaged: filepath.Join(f.root, "lib"),
		linger: filepath.Join(f.root, "linger"), credential: filepath.Join(f.root, "etc/phrase"), userID: os.Getuid(), userName: "ann",
		lookup: func(string) (int, int, error) { return os.Getuid(), os.Getgid(), nil },
		chown:  func(path string, uid, _ int) error { f.owner[path] = uid; return nil },
	}
	return f
}

func (f *fakeHost) makeHome(name string) config.Home {
	f.t.Helper()
	home, err := config.FindHome(filepath.Join(f.root, name))
	if err == nil {
		err = home.Make()
	}
	if err == nil {
		err = os.WriteFile(home.Config(), nil, 0o600)
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return home
}

func (f *fakeHost) run(_ context.Context, _ time.Duration, name string, args ...string) (string, error) {
	call := name + " " + strings.Join(args, " ")
	f.calls = append(f.calls, call)
	for word, says := range f.fails {
		if strings.Contains(call, word) {
			return says, &exec.ExitError{}
		}
	}
	if strings.Contains(call, "--property=ActiveState") {
		return f.show, nil
	}
	return "", nil
}

func (f *fakeHost) called(part string) bool {
	return slices.ContainsFunc(f.calls, func(call string) bool { return strings.Contains(call, part) })
}

func (f *fakeHost) user() *systemd   { return newSystemd(f.home, false, f.host) }
func (f *fakeHost) system() *systemd { return newSystemd(f.home, true, f.host) }

func (f *fakeHost) plan() Plan { return Plan{Program: "/usr/bin/perch", HomeFlag: f.folder} }

func (f *fakeHost) mustInstall(s *systemd) []string {
	f.t.Helper()
	steps, err := s.Install(f.t.Context(), f.plan())
	if err != nil {
		f.t.Fatal(err)
	}
	return steps
}

func (f *fakeHost) write(path, content string) {
	f.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fakeHost) read(path string) string {
	data, _ := os.ReadFile(path)
	return string(data)
}

// wantRefusal makes sure that an error says these words and what to do.
func wantRefusal(t *testing.T, err error, words ...string) {
	t.Helper()
	var e *bridge.Error
	if !errors.As(err, &e) || e.Remedy == "" {
		t.Fatalf("no sentence with what to do: %v", err)
	}
	for _, w := range words {
		if !strings.Contains(e.Message+"; "+e.Remedy, w) {
			t.Errorf("%q does not say %q", e.Message+"; "+e.Remedy, w)
		}
	}
}

func TestInstallIsRepeatedAndUndone(t *testing.T) {
	f := newHost(t)
	if find(f.home, f.host) != nil {
		t.Fatal("a service before there is one")
	}
	f.mustInstall(f.user())
	for _, call := range []string{"--user daemon-reload", "--user --no-ask-password enable perch.service", "--user --no-ask-password start perch.service", "enable-linger ann"} {
		if !f.called(call) {
			t.Errorf("no call %q in %q", call, f.calls)
		}
	}
	if s := find(f.home, f.host); s == nil || s.isSystem {
		t.Fatal("the service is not found")
	}
	if other := f.makeHome("other"); find(other, f.host) != nil {
		t.Error("another home has the service too")
	}
	f.calls = nil
	if steps := f.mustInstall(f.user()); !strings.Contains(steps[0], "installed already") || f.called("restart") {
		t.Errorf("installed again: %q %q", steps, f.calls)
	}
	f.write(f.user().path(), f.read(f.user().path())+"# of an older Perch\n")
	if steps := f.mustInstall(f.user()); !strings.Contains(steps[0], "up to date") || !f.called("restart perch.service") || strings.Contains(f.read(f.user().path()), "older") {
		t.Errorf("brought up to date: %q %q", steps, f.calls)
	}
	if _, err := f.user().Uninstall(t.Context()); err != nil || exists(f.user().path()) || !exists(f.home.Config()) || !f.called("disable --now") {
		t.Errorf("uninstalled: %v %q", err, f.calls)
	}
	_, err := f.user().Uninstall(t.Context())
	wantRefusal(t, err, "no service")
}

func TestAServiceIsRemovedWhereSystemdIsGone(t *testing.T) {
	f := newHost(t)
	s := f.user()
	f.mustInstall(s)
	link := filepath.Join(s.folder(), "default.target.wants", unitName)
	if err := errors.Join(os.MkdirAll(filepath.Dir(link), 0o700), os.Symlink(s.path(), link)); err != nil {
		t.Fatal(err)
	}
	f.fails["disable"] = "Failed to disable unit: Access denied"
	if _, err := s.Uninstall(t.Context()); err == nil || !s.isInstalled() {
		t.Error("removed although it may still run: ", err)
	}
	f.fails = map[string]string{"systemctl": "System has not been booted with systemd as init system (PID 1). Can't operate."}
	err := s.Do(t.Context(), Start)
	if remedy := bridge.AsError(err).Remedy; !strings.Contains(remedy, "perch service uninstall") {
		t.Error("start: ", err, remedy)
	}
	if _, err := s.Uninstall(t.Context()); err != nil || s.isInstalled() {
		t.Error("uninstall: ", err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Error("the link is still there: ", err)
	}
}

func TestNothingIsStoppedForAnInstallationThatFails(t *testing.T) {
	for word, wanted := range map[string]bool{"--property=Version": false, "enable perch": false, "nothing": true} {
		f := newHost(t)
		f.fails[word] = "System has not been booted with systemd as init system (PID 1). Can't operate."
		hasStopped, plan := false, f.plan()
		plan.MakeRoom = func(context.Context) error {
			hasStopped = true
			if f.called("start perch") {
				t.Error("it was started before there was room")
			}
			return nil
		}
		if _, err := f.user().Install(t.Context(), plan); (err == nil) != wanted || hasStopped != wanted {
			t.Errorf("%s: %v, stopped %v", word, err, hasStopped)
		}
	}
}

func TestWhatPerchDidNotWriteStays(t *testing.T) {
	for _, isSystem := range []bool{false, true} {
		f := newHost(t)
		f.host.userID = 0
		s := newSystemd(f.home, isSystem, f.host)
		f.write(s.path(), "[Service]\nExecStart=/usr/bin/other\n")
		_, err := s.Install(t.Context(), f.plan())
		wantRefusal(t, err, s.path(), "did not write")
		_, err = s.Uninstall(t.Context())
		wantRefusal(t, err, s.path(), "did not write")
		if f.read(s.path()) != "[Service]\nExecStart=/usr/bin/other\n" || len(f.calls) != 0 || s.isInstalled() {
			t.Errorf("it was touched: %q", f.calls)
		}
	}
}

func TestTwoServicesAreRefused(t *testing.T) {
	f := newHost(t)
	f.host.userID = 0
	f.mustInstall(f.user())
	_, err := f.system().Install(t.Context(), f.plan())
	wantRefusal(t, err, "has a service already", "perch service uninstall")
	before := f.read(f.user().path())
	other := newSystemd(f.makeHome("other"), false, f.host)
	_, err = other.Install(t.Context(), Plan{Program: "/usr/bin/perch", HomeFlag: filepath.Join(f.root, "other")})
	wantRefusal(t, err, "another folder", f.folder)
	_, err = other.Uninstall(t.Context())
	wantRefusal(t, err, "another folder", f.folder)
	if f.read(f.user().path()) != before || exists(f.system().path()) {
		t.Error("something was changed")
	}
}

func TestAnInstallationThatFailsLeavesThingsAsTheyWere(t *testing.T) {
	for name, c := range map[string]struct {
		call, says string
		words      []string
	}{
		"no bus":       {"--property=Version", "Failed to connect to bus: No medium found", []string{"su or sudo", "log in"}},
		"no systemd":   {"--property=Version", "System has not been booted with systemd as init system (PID 1). Can't operate.", []string{"perch start"}},
		"no rights":    {"enable perch", "Failed to enable unit: Access denied", []string{"may not enable", "type: "}},
		"a bad reload": {"daemon-reload", "Failed to reload daemon: it is broken", []string{"did not work"}},
	} {
		for _, before := range []string{"", marker + "\n" + "X-Perch-Home="} {
			t.Run(name+before, func(t *testing.T) {
				f := newHost(t)
				if before != "" {
					before += f.folder + "\n# old\n"
					f.write(f.user().path(), before)
				}
				f.fails[c.call] = c.says
				_, err := f.user().Install(t.Context(), f.plan())
				wantRefusal(t, err, c.words...)
				if f.read(f.user().path()) != before {
					t.Errorf("the unit is now %q", f.read(f.user().path()))
				}
			})
		}
	}
	f := newHost(t)
	f.write(f.host.userUnits, "a file where the folder should be")
	_, err := f.user().Install(t.Context(), f.plan())
	wantRefusal(t, err, "check that")
}

func TestAServiceOfTheSystemNeedsRootAndItsOwnHome(t *testing.T) {
	f := newHost(t)
	f.host.userID = 1000
	_, err := f.system().Install(t.Context(), f.plan())
	wantRefusal(t, err, "sudo perch service install --system")
	f.host.userID = 0
	plan := f.plan()
	plan.HomeFlag = "/home/ann/perch"
	_, err = f.system().Install(t.Context(), plan)
	wantRefusal(t, err, "does not see /home/ann/perch", SystemHome)
	f.host.lookup = func(string) (int, int, error) { return 4711, 4711, nil }
	_, err = f.system().Install(t.Context(), f.plan())
	wantRefusal(t, err, "does not belong to the account perch", "--home "+f.folder)
	if len(f.owner) != 0 || exists(f.system().path()) {
		t.Fatal("something was changed")
	}
	plan = f.plan()
	plan.TakeOver, plan.Passphrase = true, "correct horse"
	steps, err := f.system().Install(t.Context(), plan)
	if err != nil || f.owner[f.home.Config()] != 4711 || f.owner[f.folder] != 4711 {
		t.Errorf("%v %q %v", err, steps, f.owner)
	}
	info, err := os.Stat(f.host.credential)
	if err != nil || (runtime.GOOS != "windows" && info.Mode().Perm() != 0o600) || f.read(f.host.credential) != "correct horse\n" {
		t.Errorf("the credential: %v %v", info, err)
	}
	text := f.read(f.system().path())
	if !strings.Contains(text, "\nLoadCredential=perch-vault:") || strings.Contains(text, "correct horse") || strings.Contains(strings.Join(steps, ""), "correct horse") {
		t.Error(text, steps)
	}
}

func TestTheAccountIsMadeOnce(t *testing.T) {
	f := newHost(t)
	f.host.userID = 0
	made := false
	f.host.lookup = func(string) (int, int, error) {
		if made {
			return 998, 998, nil
		}
		return 0, 0, errors.New("no such account")
	}
	f.fails["useradd"] = "useradd: cannot lock /etc/passwd"
	plan := f.plan()
	plan.TakeOver = true
	_, err := f.system().Install(t.Context(), plan)
	wantRefusal(t, err, "cannot be made", "useradd")
	delete(f.fails, "useradd")
	f.host.run = func(ctx context.Context, limit time.Duration, name string, args ...string) (string, error) {
		made = made || name == "useradd"
		return f.run(ctx, limit, name, args...)
	}
	if _, err := f.system().Install(t.Context(), plan); err != nil || f.owner[f.folder] != 998 {
		t.Error(err, f.owner)
	}
}

func TestStatusSaysWhyItDoesNotRun(t *testing.T) {
	for name, c := range map[string]struct {
		show string
		want State
	}{
		"running":    {"ActiveState=active\nSubState=running\nMainPID=7\nUnitFileState=enabled\nStatusText=Running: 1 waiting", State{Enabled: true, Running: true, PID: 7, Detail: "Running: 1 waiting"}},
		"stopped":    {"ActiveState=inactive\nSubState=dead\nMainPID=0\nUnitFileState=disabled\nStatusText=Stopping", State{}},
		"again":      {"ActiveState=activating\nSubState=auto-restart\nMainPID=0\nUnitFileState=enabled\nNRestarts=3\nStatusText=a relay runs already; stop it", State{Enabled: true, Detail: "a relay runs already; stop it (it is tried again by itself, 3 times so far)"}},
		"no program": {"ActiveState=activating\nSubState=auto-restart\nUnitFileState=enabled\nNRestarts=2\nExecMainStatus=203\nResult=exit-code", State{Enabled: true, Detail: endings["203"] + " (it is tried again by itself, 2 times so far)"}},
		"watchdog":   {"ActiveState=failed\nSubState=failed\nUnitFileState=enabled\nResult=watchdog", State{Enabled: true, Detail: "it ended (watchdog); look at: journalctl --user -u perch"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newHost(t)
			f.mustInstall(f.user())
			f.show = c.show
			got, err := f.user().Status(t.Context())
			c.want.Kind, c.want.Scope, c.want.Installed, c.want.Unit, c.want.Home = SystemdUser, "user", true, f.user().path(), f.folder
			if err != nil || got != c.want {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, c.want)
			}
		})
	}
}

func TestAHomeThatIsGoneIsTold(t *testing.T) {
	f := newHost(t)
	f.mustInstall(f.user())
	if err := os.RemoveAll(f.folder); err != nil {
		t.Fatal(err)
	}
	state, err := f.user().Status(t.Context())
	if err != nil || !strings.Contains(state.Problem, f.folder+" that the service works on is gone; bring it back") {
		t.Errorf("%v %q", err, state.Problem)
	}
	f.fails["start perch"] = "Job for perch.service failed."
	wantRefusal(t, f.user().Do(t.Context(), Start), "is gone", "bring it back")
}

func TestAStartThatFailsSaysWhatTheRelaySaid(t *testing.T) {
	f := newHost(t)
	f.mustInstall(f.user())
	f.fails["start perch"] = "Job for perch.service failed because the control process exited with error code."
	f.show = "ActiveState=activating\nSubState=auto-restart\nNRestarts=1\nStatusText=start relay: a relay is already running on this folder; stop it with perch stop"
	wantRefusal(t, f.user().Do(t.Context(), Start), "already running on this folder", "stop it with perch stop")
	f.fails["start perch"] = "Failed to start perch.service: Access denied"
	err := f.system().Do(t.Context(), Start)
	wantRefusal(t, err, "type: sudo systemctl start perch")
	if !IsNoRights(err) {
		t.Error("not known for a lack of rights")
	}
}

func TestAPackagesUnitCountsWhereItIsEnabled(t *testing.T) {
	f := newHost(t)
	t.Setenv(config.EnvHome, f.folder) // the usual folders
	f.write(filepath.Join(f.host.packaged, "user", unitName), packaged["perch.service"].text())
	if find(f.home, f.host) != nil {
		t.Error("one that is not enabled counts")
	}
	f.write(filepath.Join(f.host.userUnits, "default.target.wants", unitName), "a link")
	if s := find(f.home, f.host); s == nil {
		t.Fatal("one that is enabled does not count")
	}
	_, err := f.user().Uninstall(t.Context())
	wantRefusal(t, err, "belongs to a package", "systemctl --user disable --now perch")
}

func TestThePlanOfAUser(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("paths are written with slashes here")
	}
	env := map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "relative"}
	plan, err := UserPlan("/p", "", func(name string) string { return env[name] })
	if err != nil || plan.HomeFlag != "" || !slices.Equal(plan.Env, []string{"XDG_CONFIG_HOME=/c"}) {
		t.Errorf("%v %+v", err, plan)
	}
	env[config.EnvHome] = "/srv/perch"
	if plan, err = UserPlan("/p", "", func(name string) string { return env[name] }); err != nil || plan.HomeFlag != "/srv/perch" || plan.Env != nil {
		t.Errorf("%v %+v", err, plan)
	}
}

// A relay that takes its time to start is no failure, and what its last words were is no reason.
func TestAStartThatTakesLongIsNoFailure(t *testing.T) {
	f := newHost(t)
	f.show = "ActiveState=activating\nSubState=start\nStatusText=Starting"
	f.host.run = func(ctx context.Context, limit time.Duration, name string, args ...string) (string, error) {
		if slices.Contains(args, "start") || slices.Contains(args, "restart") {
			return "", errors.Join(context.DeadlineExceeded, &exec.ExitError{})
		}
		return f.run(ctx, limit, name, args...)
	}
	for _, verb := range []Verb{Start, Restart} {
		wantRefusal(t, f.user().Do(t.Context(), verb), "still starting", "is slow", "perch service status")
	}
}
