package service

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/app/config"
)

// fakeMac is a Mac whose launchd knows one service at most.
type fakeMac struct {
	*fakeHost
	mac mac
	// job is what launchd knows; nil for nothing.
	job *fakeJob
	// next is what becomes of a relay that is started.
	next fakeJob
	// refusals is what a call says that fails, by its first word; it fails so many times.
	refusals   map[string]refusal
	isDisabled bool
	// late is how many times launchd is asked before what it was told to start has begun.
	late int
}

type fakeJob struct {
	state, exit  string
	pid, runs    int
	isDeaf       bool // it runs and does not answer
	folder       string
	endsAfter    int // it is asked so many times more before it is gone; it was told to end
	isToldToGoOn bool
}

type refusal struct {
	says  string
	times int
}

func newMac(t *testing.T) *fakeMac {
	t.Helper()
	f := &fakeMac{fakeHost: newHost(t), next: fakeJob{state: "running", pid: 7}, refusals: map[string]refusal{}}
	f.mac = mac{
		run: f.run, agents: filepath.Join(f.root, "agents"), daemons: filepath.Join(f.root, "daemons"), userID: 501, userName: "ann",
		account: "ann", accountID: os.Getuid(), accountHome: "/Users/ann", usualFolder: f.folder,
		answers: func(context.Context, config.Home) int {
			if f.job == nil || f.job.isDeaf {
				return 0
			}
			return f.job.pid
		},
	}
	return f
}

func (f *fakeMac) agent() *launchd { return newLaunchd(f.home, false, f.mac) }

// daemon is the service of the whole system, looked at by root.
func (f *fakeMac) daemon() *launchd {
	m := f.mac
	m.userID, m.userName = 0, "root"
	return newLaunchd(f.home, true, m)
}

func (f *fakeMac) run(_ context.Context, _ time.Duration, name string, args ...string) (string, error) {
	f.calls = append(f.calls, name+" "+strings.Join(args, " "))
	if r, ok := f.refusals[args[0]]; ok && r.times > 0 {
		r.times--
		f.refusals[args[0]] = r
		return r.says, &exec.ExitError{}
	}
	isService := strings.HasSuffix(args[1], label)
	switch args[0] {
	case "print-disabled":
		return map[bool]string{true: "\tdisabled services = {\n\t\t\"" + label + "\" => disabled\n\t}", false: "\"com.apple.x\" => disabled"}[f.isDisabled], nil
	case "enable":
		f.isDisabled = false
	case "bootstrap":
		return f.bootstrap(args[2])
	case "print", "kickstart", "bootout":
		if isService && f.job == nil {
			return "Could not find service \"" + label + "\" in domain for user gui: 501", &exec.ExitError{}
		}
	}
	switch {
	case args[0] == "kickstart" && f.job.pid == 0 && f.late == 0:
		f.start(f.job.folder, f.job.runs+1)
	case args[0] == "bootout" && f.job.endsAfter > 0:
		f.job.isToldToGoOn, f.job.state = true, "SIGTERMed"
		return "Boot-out failed: 36: Operation now in progress", &exec.ExitError{}
	case args[0] == "bootout":
		f.job = nil
	case args[0] == "print" && isService:
		if f.late > 0 {
			if f.late--; f.late == 0 {
				defer f.start(f.job.folder, f.job.runs+1)
			}
		}
		return f.print(), nil
	}
	return "", nil
}

func (f *fakeMac) bootstrap(path string) (string, error) {
	switch {
	case f.isDisabled:
		return "Bootstrap failed: 119: Service is disabled\nTry re-running the command as root for richer errors.", &exec.ExitError{}
	case f.job != nil:
		return "Bootstrap failed: 5: Input/output error\nTry re-running the command as root for richer errors.", &exec.ExitError{}
	}
	f.start(folderInPlist(f.read(path)), 1)
	return "", nil
}

func (f *fakeMac) start(folder string, runs int) {
	next := f.next
	next.folder, next.runs = folder, runs
	f.job = &next
}

// print is what launchctl print says (macOS 14), shortened.
func (f *fakeMac) print() string {
	j := f.job
	if j.isToldToGoOn {
		if j.endsAfter--; j.endsAfter == 0 {
			f.job = nil
		}
	}
	text := "gui/501/" + label + " = {\n\tactive count = 1\n\tpath = x\n\ttype = LaunchAgent\n\tstate = " + j.state + "\n\n\tenvironment = {\n\t\tPERCH_SERVICE => launchd-user\n" +
		"\t\t" + envFolder + " => " + j.folder + "\n\t}\n\n\tdomain = gui/501 [100]\n\truns = " + fmt.Sprint(j.runs) + "\n"
	if j.pid != 0 {
		text += "\tpid = " + fmt.Sprint(j.pid) + "\n"
	}
	if j.exit == "" {
		text += "\tlast exit code = (never exited)\n"
	} else {
		text += "\tlast exit code = " + j.exit + "\n"
	}
	return text + "\tresource coalition = {\n\t\tstate = active\n\t\tpid = 99\n\t}\n\tspawn type = daemon (3)\n}\n"
}

// plan of a Mac whose Perch is in Applications.
func (f *fakeMac) plan() Plan { return Plan{Program: "/Applications/Perch.app/Contents/MacOS/perch"} }

func (f *fakeMac) mustInstall(l *launchd) []string {
	f.t.Helper()
	steps, err := l.Install(f.t.Context(), f.plan())
	if err != nil {
		f.t.Fatal(err)
	}
	return steps
}

// order makes sure that these calls came in this order.
func (f *fakeMac) order(calls ...string) {
	f.t.Helper()
	rest := f.calls
	for _, call := range calls {
		i := slices.Index(rest, "launchctl "+call)
		if i < 0 {
			f.t.Fatalf("no %q, in this order, in %q", call, f.calls)
		}
		rest = rest[i+1:]
	}
}

func TestPlistsAreAsTheyWere(t *testing.T) {
	for name, p := range map[string]plist{
		"agent": {Plan: Plan{Program: "/Applications/Perch.app/Contents/MacOS/perch"}, Folder: "/Users/ann/Library/Application Support/Perch"},
		"daemon": {
			Plan:   Plan{Program: "/usr/local/bin/perch", HomeFlag: `/srv/a "b" <c> & d`, Env: []string{"HOME=/Users/ann"}},
			Folder: `/srv/a "b" <c> & d`, UserName: "ann",
		},
	} {
		path := filepath.Join("testdata", name+".plist")
		if *update {
			if err := os.WriteFile(path, []byte(p.text()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != p.text() {
			t.Errorf("%s is not what perch service install writes (%v); write it anew: go test ./app/service -update", path, err)
		}
		if got := folderInPlist(p.text()); got != p.Folder || !isOurPlist(p.text()) {
			t.Errorf("%s: the folder is %q, want %q", name, got, p.Folder)
		}
		decoder := xml.NewDecoder(strings.NewReader(p.text()))
		var err error
		for err == nil {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s is no XML: %v", name, err)
		}
		if _, err := exec.LookPath("plistutil"); err != nil {
			continue
		}
		if out, err := exec.Command("plistutil", "-i", path, "-f", "bin", "-o", os.DevNull).CombinedOutput(); err != nil {
			t.Errorf("plistutil does not read %s: %v %s", path, err, out)
		}
	}
}

func TestAPlistThatWasCutHasNoFolder(t *testing.T) {
	text := plist{Plan: Plan{Program: "/p"}, Folder: "/f"}.text()
	end := strings.Index(text, "<string>/f")
	for cut := range end {
		if got := folderInPlist(text[:cut]); got != "" {
			t.Fatalf("cut after %d: %q", cut, got)
		}
	}
	f := newMac(t)
	f.write(f.agent().path(), text[:end])
	_, err := f.agent().Install(t.Context(), f.plan())
	wantRefusal(t, err, "damaged", "move it away")
	if f.read(f.agent().path()) != text[:end] {
		t.Error("it was changed")
	}
}

func TestAnAgentIsInstalledAgainAndRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		if findLaunchd(f.home, f.mac) != nil {
			t.Fatal("a service before there is one")
		}
		steps := f.mustInstall(f.agent())
		f.order("print gui/501", "enable gui/501/"+label, "bootstrap gui/501 "+f.agent().path())
		if !strings.Contains(strings.Join(steps, " "), "when you log in") {
			t.Errorf("said %q", steps)
		}
		if l := findLaunchd(f.home, f.mac); l == nil || l.isSystem {
			t.Fatal("the service is not found")
		}
		if other := f.makeHome("other"); findLaunchd(other, f.mac) != nil {
			t.Error("another home has the service too")
		}
		f.calls = nil
		if steps := f.mustInstall(f.agent()); !strings.Contains(steps[0], "installed already") || f.called("bootout") || f.job.runs != 1 {
			t.Errorf("installed again: %q %q", steps, f.calls)
		}
		f.job.endsAfter = 20 // it finishes what it has begun
		f.write(f.agent().path(), f.read(f.agent().path())+"<!-- of an older Perch -->\n")
		if steps := f.mustInstall(f.agent()); !strings.Contains(steps[0], "up to date") || strings.Contains(f.read(f.agent().path()), "older") {
			t.Errorf("brought up to date: %q", steps)
		}
		f.order("bootout gui/501/"+label, "print gui/501/"+label, "bootstrap gui/501 "+f.agent().path())
		if _, err := f.agent().Uninstall(t.Context()); err != nil || exists(f.agent().path()) || !exists(f.home.Config()) || f.job != nil {
			t.Errorf("uninstalled: %v %q", err, f.calls)
		}
		_, err := f.agent().Uninstall(t.Context())
		wantRefusal(t, err, "no service")
	})
}

func TestStopAndStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mustInstall(f.agent())
		must := func(verb Verb) {
			t.Helper()
			if err := f.agent().Do(t.Context(), verb); err != nil {
				t.Fatal(verb, err)
			}
		}
		must(Stop)
		if f.job != nil {
			t.Error("launchd would start it again")
		}
		must(Stop) // there is nothing to do
		must(Start)
		must(Start)
		if f.job == nil || f.job.runs != 1 {
			t.Errorf("started twice: %+v", f.job)
		}
		f.job.pid, f.job.state, f.job.exit = 0, "not running", "0" // it was told by the control API
		must(Start)
		f.order("kickstart gui/501/" + label)
		f.refusals["bootstrap"] = refusal{"Bootstrap failed: 5: Input/output error", 9} // launchd needs seconds
		must(Restart)
		if f.job == nil || f.job.pid == 0 {
			t.Error("it does not run")
		}
		f.refusals["bootstrap"] = refusal{"Bootstrap failed: 5: Input/output error", 1 << 20}
		wantRefusal(t, f.agent().Do(t.Context(), Restart), "Login Items", "perch service start")
	})
}

func TestWhatEndedBeforeIsNotTakenForThisStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newMac(t)
		f.mustInstall(f.agent())
		f.write(filepath.Join(f.folder, errorsName), "perch: the folder is full; make room\n")
		f.job.pid, f.job.state, f.job.exit, f.job.runs, f.late = 0, "spawn scheduled", "1", 5, 4
		if err := f.agent().Do(t.Context(), Start); err != nil || f.job.runs != 6 {
			t.Errorf("%v %+v", err, f.job)
		}
		f.job.pid, f.job.state, f.job.exit = 0, "spawn scheduled", "1"
		f.next, f.late = *f.job, 4
		wantRefusal(t, f.agent().Do(t.Context(), Start), "the folder is full", "make room")
	})
}

func TestARelayThatDoesNotStartUnderLaunchdSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			next  fakeJob
			log   string
			words []string
		}{
			"it says so":     {fakeJob{state: "spawn scheduled", exit: "1"}, "perch: an older reason; do this\nperch: start relay: the folder is full; make room\n", []string{"the folder is full", "make room"}},
			"no program":     {fakeJob{state: "spawn scheduled", exit: "78: EX_CONFIG"}, "perch: an older reason; do this\n", []string{"still where it was", "perch service install"}},
			"a crash":        {fakeJob{state: "spawn scheduled", exit: "2"}, "perch: an older reason; do this\npanic: no\n", []string{"it ended (2)", "launchd.log"}},
			"nothing said":   {fakeJob{state: "spawn scheduled", exit: "1"}, "", []string{"it ended (1)"}},
			"it never talks": {fakeJob{state: "running", pid: 7, isDeaf: true}, "", []string{"not answered in time", "perch logs"}},
		} {
			f := newMac(t)
			f.write(filepath.Join(f.folder, errorsName), c.log)
			f.next = c.next
			_, err := f.agent().Install(t.Context(), f.plan())
			wantRefusal(t, err, c.words...)
			if strings.Contains(fmt.Sprint(err), "older reason") {
				t.Errorf("%s: %v", name, err)
			}
			if !f.agent().isInstalled() {
				t.Errorf("%s: what may be mended is gone", name)
			}
		}
	})
}
