package service

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	win "golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc/mgr"

	"perch/app/acl"
)

// TestWindowsKeepsWhatPerchWrites makes a service named Perch and removes it again, on computers that are for tests.
func TestWindowsKeepsWhatPerchWrites(t *testing.T) {
	if os.Getenv("PERCH_TEST_SERVICE") == "" {
		t.Skip("PERCH_TEST_SERVICE is not set: it makes a service")
	}
	r := realSCM{}
	if found, err := r.Look(); found != nil || err != nil {
		t.Fatalf("there is one already: %+v, %v", found, err)
	}
	if err := r.Ask(Start); !errors.Is(err, win.ERROR_SERVICE_DOES_NOT_EXIST) {
		t.Error("none was started: ", err)
	}
	command := commandFor(`C:\not there\perch.exe`, `C:\ProgramData\Perch è`)
	notes, err := r.Write(command, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("notes: ", notes)
	defer func() {
		if err := r.Remove(); err != nil {
			t.Error(err)
		}
		if found, err := r.Look(); found != nil || err != nil {
			t.Errorf("after it was removed: %+v, %v", found, err)
		}
	}()
	if _, err := r.Write(command, true); err == nil {
		t.Error("a second one was made")
	}
	found, err := r.Look()
	if err != nil || found == nil || found.command != command || !found.isAutomatic || found.state != scmStopped {
		t.Fatalf("%+v, %v", found, err)
	}
	err = r.with(win.SERVICE_ALL_ACCESS, func(s *mgr.Service) error {
		if isWine() {
			return nil // which keeps what follows and shows it to nobody
		}
		actions, err := s.RecoveryActions()
		if err != nil || len(actions) != 1 || actions[0].Type != mgr.ServiceRestart || actions[0].Delay != 5*time.Second {
			t.Errorf("after a crash: %+v, %v", actions, err)
		}
		config, err := configOf(s.Handle)
		if err != nil || win.UTF16PtrToString(config.ServiceStartName) != `NT SERVICE\Perch` {
			t.Errorf("the account: %s, %v", win.UTF16PtrToString(config.ServiceStartName), err)
		}
		list, err := win.GetSecurityInfo(s.Handle, win.SE_SERVICE, win.DACL_SECURITY_INFORMATION)
		if err != nil {
			return err
		}
		t.Log("rights: ", list)
		if !strings.Contains(list.String(), ";;;BA)") {
			t.Errorf("administrators are not in %s", list)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	moved := commandFor(`C:\moved\perch.exe`, `C:\ProgramData\Perch è`)
	if _, err := r.Write(moved, false); err != nil {
		t.Error(err)
	}
	if found, err := r.Look(); err != nil || found.command != moved {
		t.Errorf("%+v, %v", found, err)
	}
	if err := r.Ask(Start); err == nil {
		t.Error("a program that is not there was started")
	}
	if err := r.Ask(Stop); err != nil {
		t.Error("one that does not run: ", err)
	}
}

func isWine() bool {
	return win.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

func TestTheListOfAServiceIsOneThatWindowsReads(t *testing.T) {
	user, err := acl.User()
	if err != nil {
		t.Fatal(err)
	}
	for _, account := range []string{user, "S-1-5-21-1-2-3-1001", acl.System} {
		if _, err := win.SecurityDescriptorFromString(acl.ForService(account)); err != nil {
			t.Errorf("%s: %v", acl.ForService(account), err)
		}
	}
}

func TestAProcessThatHasEndedIsKnown(t *testing.T) {
	if isOver(uint32(os.Getpid())) || isOver(0) || !isOver(0x7ffffff0) {
		t.Error("taken for what it is not")
	}
}

func TestAnotherComputersPathsAreKnown(t *testing.T) {
	for path, want := range map[string]bool{`C:\Perch`: false, `\\server\share\Perch`: true, `\\?\C:\Perch`: false} {
		if isRemote(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
