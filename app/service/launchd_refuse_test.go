package service

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatLaunchctlRefuses(t *testing.T) {
	const root = "\nTry re-running the command as root for richer errors."
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			call, says string
			words      []string
		}{
			"by ssh, nobody at the screen":         {"print", "Could not find domain for user gui: 501", []string{"Mac's own screen", "sudo perch service install --system"}},
			"by ssh, an older macOS":               {"bootstrap", "Bootstrap failed: 125: Domain does not support specified action" + root, []string{"Mac's own screen"}},
			"no rights":                            {"enable", "Could not enable service: 1: Operation not permitted", []string{"may not install", "log in"}},
			"others could change it":               {"bootstrap", "Bootstrap failed: 122: Path had bad ownership/permissions" + root, []string{"others could change it", "belong to ann"}},
			"something new":                        {"bootstrap", "Bootstrap failed: 999: Who knows" + root, []string{"did not work", "launchctl print gui/501"}},
			"switched off in the settings":         {"bootstrap", "Bootstrap failed: 5: Input/output error" + root, []string{"Login Items"}},
			"the old one does not end":             {"bootout", "Boot-out failed: 1: Operation not permitted", []string{"may not stop"}},
			"switched off between the two of them": {"bootstrap", "Bootstrap failed: 119: Service is disabled" + root, []string{"told not to start", "perch service install"}},
		} {
			for _, before := range []string{"", plist{Plan: Plan{Program: "/old"}, Folder: "/FOLDER"}.text()} {
				f := newMac(t)
				if before = strings.ReplaceAll(before, "/FOLDER", f.folder); before != "" {
					f.write(f.agent().path(), before)
				}
				if c.call == "bootout" {
					f.job = &fakeJob{state: "running", pid: 3, folder: f.folder}
				}
				f.refusals[c.call] = refusal{c.says, 1 << 20}
				_, err := f.agent().Install(t.Context(), f.plan())
				wantRefusal(t, err, c.words...)
				if strings.Contains(err.Error(), "richer errors") {
					t.Errorf("%s: %v", name, err)
				}
				if f.read(f.agent().path()) != before {
					t.Errorf("%s: the plist is now %q", name, f.read(f.agent().path()))
				}
			}
		}
	})
}

func TestNothingOfAMacIsChangedByWhatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		make  func(f *fakeMac) (*launchd, Plan)
		words []string
	}{
		"no rights": {func(f *fakeMac) (*launchd, Plan) { return newLaunchd(f.home, true, f.mac), f.plan() }, []string{"by root", "sudo perch service install --system"}},
		"root itself": {func(f *fakeMac) (*launchd, Plan) {
			f.mac.account = ""
			return f.daemon(), f.plan()
		}, []string{"not as root", "log in as the account"}},
		"an agent of root": {func(f *fakeMac) (*launchd, Plan) {
			f.mac.userID = 0
			return f.agent(), f.plan()
		}, []string{"without sudo"}},
		"somebody else's files": {func(f *fakeMac) (*launchd, Plan) {
			f.mac.accountID = 4711
			return f.daemon(), f.plan()
		}, []string{"does not belong to ann", "sudo chown -R ann"}},
		"a passphrase that nothing would keep": {func(f *fakeMac) (*launchd, Plan) {
			return f.daemon(), Plan{Program: "/p", Passphrase: "correct horse"}
		}, []string{"perch secret keep"}},
		"a program that macOS will forget": {func(f *fakeMac) (*launchd, Plan) {
			return f.agent(), Plan{Program: "/private/var/folders/x/AppTranslocation/1/d/Perch.app/Contents/MacOS/perch"}
		}, []string{"move Perch to Applications"}},
		"a line break": {func(f *fakeMac) (*launchd, Plan) { return f.agent(), Plan{Program: "/a\nb"} }, []string{"line break"}},
		"a path too long for a socket": {func(f *fakeMac) (*launchd, Plan) {
			f.t.Setenv("TMPDIR", f.root) // where its socket's folder is made
			f.home = f.makeHome(strings.Repeat("long", 30))
			return f.daemon(), f.plan()
		}, []string{"too long", "shorter path"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newMac(t)
			l, plan := c.make(f)
			steps, err := l.Install(t.Context(), plan)
			wantRefusal(t, err, c.words...)
			if len(steps) != 0 || exists(l.path()) || f.called("bootstrap") || f.called("enable") {
				t.Errorf("something was changed: %q %q", steps, f.calls)
			}
			if strings.Contains(err.Error(), "correct horse") {
				t.Error("the passphrase is told")
			}
		})
	}
}

func TestAPlistThatPerchDidNotWriteStays(t *testing.T) {
	for _, text := range []string{"", "<plist><dict/></plist>", "bplist00\x00"} {
		f := newMac(t)
		for _, l := range []*launchd{f.agent(), f.daemon()} {
			f.write(l.path(), text)
			_, err := l.Install(t.Context(), f.plan())
			wantRefusal(t, err, l.path(), "did not write")
			_, err = l.Uninstall(t.Context())
			wantRefusal(t, err, l.path(), "did not write")
			if f.read(l.path()) != text || len(f.calls) != 0 || l.isInstalled() {
				t.Errorf("it was touched: %q", f.calls)
			}
		}
	}
}

func TestOneServiceForOneFolderOfAMac(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mustInstall(f.agent())
		before := f.read(f.agent().path())
		asRoot := f.mac
		f.calls = nil
		asRoot.userID, asRoot.accountID = 0, 501
		if state, err := newLaunchd(f.home, false, asRoot).Status(t.Context()); err != nil || !state.Running || !f.called("print gui/501/"+label) {
			t.Errorf("root does not see who called it: %v %+v", err, state)
		}
		_, err := f.daemon().Install(t.Context(), f.plan())
		wantRefusal(t, err, "has a service already", "perch service uninstall")
		other := newLaunchd(f.makeHome("an other"), false, f.mac)
		_, err = other.Install(t.Context(), f.plan())
		wantRefusal(t, err, "another folder", "--home "+f.folder)
		_, err = other.Uninstall(t.Context())
		wantRefusal(t, err, "another folder", f.folder)
		if f.read(f.agent().path()) != before || exists(f.daemon().path()) || f.job == nil {
			t.Error("something was changed")
		}
	})
}

func TestADaemonRunsAsWhoInstallsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mac.usualFolder = "/elsewhere"
		steps := f.mustInstall(f.daemon())
		f.order("print system", "enable system/"+label, "bootstrap system "+f.daemon().path())
		text := f.read(f.daemon().path())
		for _, want := range []string{"<key>UserName</key>\n\t<string>ann<", "<string>--home</string>\n\t\t<string>" + f.folder, "<key>HOME</key>\n\t\t<string>/Users/ann<", "launchd-system"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in %s", want, text)
			}
		}
		if !strings.Contains(strings.Join(steps, " "), "runs as ann") {
			t.Errorf("said %q", steps)
		}
		f.refusals["bootout"] = refusal{"Boot-out failed: 5: Input/output error", 1 << 20} // what it says to others than root
		asUser := newLaunchd(f.home, true, f.mac)
		err := asUser.Do(t.Context(), Stop)
		wantRefusal(t, err, "sudo perch service stop --system --home "+f.folder)
		if !IsNoRights(err) {
			t.Error("not known for a lack of rights")
		}
		_, err = asUser.Uninstall(t.Context())
		wantRefusal(t, err, "sudo perch service uninstall --system")
		state, err := asUser.Status(t.Context())
		if err != nil || !state.Running || !state.Lingering || !state.Enabled || state.Kind != LaunchdSystem {
			t.Errorf("%v %+v", err, state)
		}
	})
}

func TestStatusUnderLaunchd(t *testing.T) {
	for name, c := range map[string]struct {
		job        *fakeJob
		isDisabled bool
		session    bool
		want       State
	}{
		"running":      {job: &fakeJob{state: "running", pid: 7, runs: 1}, want: State{Enabled: true, Running: true, PID: 7}},
		"ending":       {job: &fakeJob{state: "SIGTERMed", pid: 7, runs: 1}, want: State{Enabled: true, PID: 7}},
		"stopped":      {want: State{Enabled: true}},
		"ended itself": {job: &fakeJob{state: "not running", exit: "0", runs: 1}, want: State{Enabled: true}},
		"again":        {job: &fakeJob{state: "spawn scheduled", exit: "1", runs: 4}, want: State{Enabled: true, Detail: "it does not; mend it (it is tried again by itself, 3 times so far)"}},
		"switched off": {isDisabled: true, want: State{Problem: "macOS was told not to start the service (launchctl disable); switch it on again: perch service install"}},
		"by ssh":       {session: true, want: State{Enabled: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newMac(t)
				f.mustInstall(f.agent())
				f.write(filepath.Join(f.folder, errorsName), "perch: it does not; mend it\n")
				f.job, f.isDisabled = c.job, c.isDisabled
				if c.session {
					f.refusals["print"] = refusal{"Could not find domain for user gui: 501", 9}
				}
				got, err := f.agent().Status(t.Context())
				c.want.Kind, c.want.Scope, c.want.Installed, c.want.Unit, c.want.Home = LaunchdUser, "user", true, f.agent().path(), f.folder
				if err != nil || got != c.want {
					t.Errorf("%v\n got %+v\nwant %+v", err, got, c.want)
				}
			})
		})
	}
}

func TestAServiceWhosePlistIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mustInstall(f.agent())
		if err := os.Remove(f.agent().path()); err != nil {
			t.Fatal(err)
		}
		state, err := f.agent().Status(t.Context())
		if err != nil || state.Installed || !state.Running || !strings.Contains(state.Problem, "perch service uninstall") {
			t.Errorf("%v %+v", err, state)
		}
		other := newLaunchd(f.makeHome("other"), false, f.mac)
		_, err = other.Install(t.Context(), f.plan())
		wantRefusal(t, err, "another folder", "--home "+f.folder)
		_, err = other.Uninstall(t.Context())
		wantRefusal(t, err, "no service")
		if f.job == nil {
			t.Fatal("the service of another folder was ended")
		}
		f.mustInstall(f.agent())
		f.order("bootout gui/501/"+label, "bootstrap gui/501 "+f.agent().path())
		if err := os.Remove(f.agent().path()); err != nil {
			t.Fatal(err)
		}
		if steps, err := f.agent().Uninstall(t.Context()); err != nil || f.job != nil {
			t.Error(steps, err)
		}
	})
}

func TestAHomeOfAMacThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mustInstall(f.agent())
		if err := os.RemoveAll(f.folder); err != nil {
			t.Fatal(err)
		}
		state, err := f.agent().Status(t.Context())
		if err != nil || !strings.Contains(state.Problem, f.folder+" that the service works on is gone; bring it back") {
			t.Errorf("%v %q", err, state.Problem)
		}
		wantRefusal(t, f.agent().Do(t.Context(), Start), "is gone", "bring it back")
		if _, err := f.agent().Uninstall(t.Context()); err != nil || exists(f.agent().path()) {
			t.Error("it cannot be removed: ", err)
		}
	})
}

func TestWithoutRoomOrLaunchctl(t *testing.T) {
	f := newMac(t)
	f.write(f.mac.agents, "a file where the folder should be")
	_, err := f.agent().Install(t.Context(), f.plan())
	wantRefusal(t, err, "check that")
	for _, c := range []struct {
		err  error
		word string
	}{{exec.ErrNotFound, "no launchctl"}, {context.DeadlineExceeded, "not ended in time"}} {
		f = newMac(t)
		f.mac.run = func(context.Context, time.Duration, string, ...string) (string, error) { return "", c.err }
		_, err := f.agent().Install(t.Context(), f.plan())
		wantRefusal(t, err, c.word)
	}
}

func TestTheFileOfComplaintsStaysSmall(t *testing.T) {
	f := newMac(t)
	path := filepath.Join(f.folder, errorsName)
	if err := trim(path); err != nil {
		t.Fatal("none is there: ", err)
	}
	f.write(path, "perch: short\n")
	if err := trim(path); err != nil || f.read(path) != "perch: short\n" {
		t.Error(err, f.read(path))
	}
	f.write(path, strings.Repeat("x", maxErrors)+"\nperch: the last\n")
	if got := lastError(f.folder); got != "the last" {
		t.Errorf("%q", got)
	}
	t.Setenv(EnvService, SystemdUser)
	if err := Trim(f.home); err != nil || len(f.read(path)) < maxErrors {
		t.Error("trimmed by a relay that launchd does not run: ", err)
	}
	t.Setenv(EnvService, LaunchdUser)
	if err := Trim(f.home); err != nil || f.read(path) != "" {
		t.Error(err)
	}
}
