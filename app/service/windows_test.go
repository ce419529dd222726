package service

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/config"
)

// fakeSCM is a Windows that has one service at most.
type fakeSCM struct {
	mu      sync.Mutex
	service *scmService
	// startsAs is what becomes of a service that is started, after takes; exit is what it ends with.
	startsAs scmState
	takes    time.Duration
	exit     uint32
	// fails is the error of a call, by its name.
	fails map[string]error
	calls []string
}

func (f *fakeSCM) call(name string) error {
	f.calls = append(f.calls, name)
	return f.fails[name]
}

func (f *fakeSCM) Look() (*scmService, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.service == nil || f.fails["look"] != nil {
		return nil, f.fails["look"]
	}
	copied := *f.service
	return &copied, nil
}

func (f *fakeSCM) Write(command string, isNew bool) ([]string, error) {
	if err := f.call("write"); err != nil {
		return nil, err
	}
	if isNew {
		f.service = &scmService{isAutomatic: true}
	}
	f.service.command = command
	return []string{"This Windows does without."}, nil
}

func (f *fakeSCM) Remove() error {
	err := f.call("remove")
	if err == nil {
		f.service = nil
	}
	return err
}

func (f *fakeSCM) Ask(verb Verb) error {
	if err := f.call(string(verb)); err != nil {
		return err
	}
	f.set(map[Verb]scmState{Start: scmStarting, Stop: scmStopping}[verb])
	time.AfterFunc(f.takes, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.service.state, f.service.pid, f.service.exit = f.startsAs, 7, f.exit
		if verb == Stop {
			f.service.state = scmStopped
		}
	})
	return nil
}

func (f *fakeSCM) set(state scmState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.service.state = state
}

// onWindows is a test on a computer with Windows: time is as in a bubble.
func onWindows(t *testing.T, test func(t *testing.T, f *fakeSCM, s *windows, plan Plan)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		home, err := config.FindHome(folder)
		if err != nil {
			t.Fatal(err)
		}
		f := &fakeSCM{startsAs: scmRunning, takes: 3 * time.Second, fails: map[string]error{}}
		s := &windows{windowsHost{
			scm: f, isAdministrator: true, profiles: filepath.FromSlash("/Users"), isRemote: func(path string) bool { return strings.HasPrefix(path, "/remote") },
			admit: func(string) error { return f.call("admit") }, dismiss: func(string) error { return f.call("dismiss") },
		}, home}
		test(t, f, s, Plan{Program: filepath.FromSlash("/Program Files/Perch/perch.exe")})
	})
}

func (f *fakeSCM) wantCalls(t *testing.T, want string) {
	t.Helper()
	if got := strings.Join(f.calls, " "); got != want {
		t.Errorf("calls %q, want %q", got, want)
	}
	f.calls = nil
}

func TestAWindowsServiceIsMadeRepeatedMovedAndRemoved(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, plan Plan) {
		if s.isInstalled() {
			t.Error("a service before there is one")
		}
		steps, err := s.Install(t.Context(), plan)
		if err != nil || !strings.Contains(strings.Join(steps, " "), "This Windows does without.") || !s.isInstalled() {
			t.Errorf("%v %q", err, steps)
		}
		f.wantCalls(t, "write admit start")
		if steps, err = s.Install(t.Context(), plan); err != nil || !strings.Contains(steps[0], "already") {
			t.Errorf("%v %q", err, steps)
		}
		f.wantCalls(t, "write admit start")
		plan.Program = filepath.FromSlash("/elsewhere/perch.exe")
		if steps, err = s.Install(t.Context(), plan); err != nil || !strings.Contains(steps[0], "up to date") {
			t.Errorf("%v %q", err, steps)
		}
		f.wantCalls(t, "write admit stop start")
		state, err := s.Status(t.Context())
		if want := (State{Kind: Windows, Scope: "system", Installed: true, Enabled: true, Running: true, PID: 7, Unit: "Perch", Home: folderOf(s.home), Lingering: true}); err != nil || state != want {
			t.Errorf("%v\n got %+v\nwant %+v", err, state, want)
		}
		if _, err = s.Uninstall(t.Context()); err != nil || s.isInstalled() {
			t.Error(err)
		}
		f.wantCalls(t, "stop remove dismiss")
		_, err = s.Uninstall(t.Context())
		wantRefusal(t, err, "there is no service Perch")
	})
}

func TestWindowsPathsGetIntoACommandUnharmed(t *testing.T) {
	for _, home := range []string{`C:\ProgramData\Perch`, `D:\`, `C:\Users\Anna Rossi è\AppData\Local\Perch`, `\\?\C:\x`} {
		command := commandFor(`C:\Program Files\Perch\perch.exe`, home)
		if got := folderIn(command); got != home {
			t.Errorf("%s: the home is %q", command, got)
		}
	}
	for _, command := range []string{"", `C:\other.exe`, `"C:\perch.exe" relay --home "C:\x"`, `"C:\perch.exe" service run --home ""`} {
		if got := folderIn(command); got != "" {
			t.Errorf("%s: taken for ours, with %q", command, got)
		}
	}
}

func TestWhatCannotWorkIsRefusedBeforeAnythingIsChanged(t *testing.T) {
	ours := func(home string) *scmService { return &scmService{command: commandFor("/p/perch.exe", home)} }
	for name, c := range map[string]struct {
		change func(f *fakeSCM, s *windows, plan *Plan)
		words  []string
	}{
		"no rights":       {func(_ *fakeSCM, s *windows, _ *Plan) { s.isAdministrator = false }, []string{"by an administrator", "Run as administrator", "perch service install --home"}},
		"another program": {func(f *fakeSCM, _ *windows, _ *Plan) { f.service = &scmService{command: `C:\bird.exe`} }, []string{"did not make", "bird.exe", "stays as it is"}},
		"another folder":  {func(f *fakeSCM, _ *windows, _ *Plan) { f.service = ours("/other") }, []string{"another folder already, /other", `perch service uninstall --home "/other"`}},
		"a user's folder": {func(_ *fakeSCM, _ *windows, p *Plan) { p.Program = filepath.FromSlash("/users/anna/perch.exe") }, []string{"own folder", "MSI"}},
		"remote":          {func(_ *fakeSCM, _ *windows, p *Plan) { p.Program = "/remote/perch.exe" }, []string{"another computer"}},
		"a passphrase":    {func(_ *fakeSCM, _ *windows, p *Plan) { p.Passphrase = "correct horse" }, []string{"perch secret keep"}},
		"a line break":    {func(_ *fakeSCM, _ *windows, p *Plan) { p.Program += "\n" }, []string{"line break"}},
		"no home":         {func(_ *fakeSCM, s *windows, _ *Plan) { _ = os.RemoveAll(folderOf(s.home)) }, []string{"there is no folder", "init"}},
		"a silent system": {func(f *fakeSCM, _ *windows, _ *Plan) { f.fails["look"] = errors.New("RPC") }, []string{"services.msc"}},
	} {
		t.Run(name, func(t *testing.T) {
			onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, plan Plan) {
				plan.MakeRoom = func(context.Context) error { return f.call("make room") }
				c.change(f, s, &plan)
				_, err := s.Install(t.Context(), plan)
				wantRefusal(t, err, c.words...)
				f.wantCalls(t, "")
			})
		})
	}
}

func TestAWindowsServiceThatCannotBeMadeLeavesNothing(t *testing.T) {
	for call, c := range map[string]struct {
		err   error
		words []string
		calls string
	}{
		"write": {errors.New("marked for deletion"), []string{"Windows did not make the service", "services.msc"}, "write"},
		"admit": {errors.New("Access is denied."), []string{"cannot be let into", "administrators"}, "write admit remove"},
	} {
		onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, plan Plan) {
			plan.MakeRoom = func(context.Context) error { return f.call("make room") }
			f.fails[call] = c.err
			_, err := s.Install(t.Context(), plan)
			wantRefusal(t, err, c.words...)
			f.wantCalls(t, c.calls)
			if f.service != nil {
				t.Error("a service is left")
			}
		})
	}
}

func TestAWindowsServiceThatCannotBeMovedStays(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, plan Plan) {
		before := commandFor("/before/perch.exe", folderOf(s.home))
		f.service = &scmService{command: before, state: scmRunning}
		f.fails["admit"] = errors.New("Access is denied.")
		_, err := s.Install(t.Context(), plan)
		wantRefusal(t, err, "cannot be let into")
		if f.service.command != before || f.service.state != scmRunning {
			t.Errorf("now it is %+v", f.service)
		}
	})
}

func TestAWindowsServiceOfSomebodyElseStays(t *testing.T) {
	for command, words := range map[string][]string{
		`C:\bird.exe`:                    {"did not make"},
		commandFor("/p", "/other"):       {"another folder, /other", `--home "/other"`},
		commandFor("/p", `C:\not\here2`): {"another folder"},
	} {
		onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
			f.service = &scmService{command: command, state: scmRunning}
			_, err := s.Uninstall(t.Context())
			wantRefusal(t, err, words...)
			f.wantCalls(t, "")
			if s.isInstalled() {
				t.Error("taken for this home's")
			}
		})
	}
}

func TestWhoMayNotStartAWindowsServiceIsTold(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
		f.service = &scmService{command: commandFor("/p", folderOf(s.home)), state: scmRunning}
		f.fails["stop"], f.fails["start"] = errNoRights, errNoRights
		for _, verb := range []Verb{Stop, Restart} {
			err := s.Do(t.Context(), verb)
			wantRefusal(t, err, "may not stop the service", "as administrator", "perch stop --home")
			if !IsNoRights(err) {
				t.Error("not known for a lack of rights")
			}
		}
		f.service.state = scmStopped
		wantRefusal(t, s.Do(t.Context(), Start), "may not start", "perch start --home")
		s.isAdministrator = false
		_, err := s.Uninstall(t.Context())
		wantRefusal(t, err, "uninstalled by an administrator", "perch service uninstall --home")
	})
}

func TestAWindowsServiceThatDoesNotStartSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		said  string
		exit  uint32
		words []string
	}{
		"the relay said":   {"start relay: a relay is already running on this folder; stop it with perch stop", 1066, []string{"already running on this folder", "stop it with perch stop"}},
		"it said nothing":  {"", 1067, []string{"before it could say why", "logs"}},
		"no program":       {"from before", 2, []string{"not where it was", "install the service again"}},
		"a log on refused": {"from before", 1069, []string{"log on as a service"}},
		"much too long":    {strings.Repeat("è", maxSaid), 1066, []string{"before it could say why"}},
	} {
		t.Run(name, func(t *testing.T) {
			onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
				keepSaid(s.home, c.said)
				f.service = &scmService{command: commandFor("/p", folderOf(s.home))}
				f.startsAs, f.exit = scmStopped, c.exit
				wantRefusal(t, s.Do(t.Context(), Start), c.words...)
				state, err := s.Status(t.Context())
				if err != nil || state.Running || state.PID != 0 || !strings.HasSuffix(state.Detail, "(it is tried again by itself)") {
					t.Errorf("%v %+v", err, state)
				}
			})
		})
	}
}

func TestAWindowsServiceIsWaitedFor(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
		f.service = &scmService{command: commandFor("/p", folderOf(s.home)), state: scmStarting}
		time.AfterFunc(10*time.Second, func() { f.set(scmRunning) })
		if err := s.Do(t.Context(), Stop); err != nil || f.service.state != scmStopped {
			t.Error("one that starts was not stopped: ", err)
		}
		f.wantCalls(t, "stop")
		if err := s.Do(t.Context(), Stop); err != nil {
			t.Error("one that has stopped: ", err)
		}
		f.wantCalls(t, "")
		f.takes = time.Hour
		began := time.Now()
		wantRefusal(t, s.Do(t.Context(), Start), "longer than usual to start", "service status")
		if time.Since(began) > doTime+time.Second {
			t.Errorf("waited %v", time.Since(began))
		}
		time.Sleep(time.Hour)
	})
}

func TestAWindowsServiceThatHasNotRunYetDidNotFail(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
		f.service = &scmService{command: commandFor("/p", folderOf(s.home)), exit: neverStarted}
		keepSaid(s.home, "from before")
		if state, err := s.Status(t.Context()); err != nil || state.Detail != "" || state.Running {
			t.Errorf("%v %+v", err, state)
		}
	})
}

func TestAWindowsHomeThatIsGoneIsTold(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
		f.service = &scmService{command: commandFor("/p", folderOf(s.home))}
		if err := os.RemoveAll(folderOf(s.home)); err != nil {
			t.Fatal(err)
		}
		wantRefusal(t, s.Do(t.Context(), Start), "is gone", "bring it back")
		f.wantCalls(t, "")
		if state, err := s.Status(t.Context()); err != nil || !strings.Contains(state.Problem, "is gone; bring it back") {
			t.Errorf("%v %q", err, state.Problem)
		}
		if steps, err := s.Uninstall(t.Context()); err != nil || len(steps) != 1 {
			t.Errorf("%v %q", err, steps)
		}
	})
}

func TestAWindowsServiceForAnotherFolderIsNamed(t *testing.T) {
	onWindows(t, func(t *testing.T, f *fakeSCM, s *windows, _ Plan) {
		f.service = &scmService{command: commandFor("/p", "/other"), state: scmRunning}
		state, err := s.Status(t.Context())
		if err != nil || state.Installed || state.Running || !strings.Contains(state.Problem, `for another folder, /other; look at it with: perch service status --home "/other"`) {
			t.Errorf("%v %+v", err, state)
		}
	})
}
