package service

import (
	"errors"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	win "golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"

	"perch/app/acl"
)

const (
	// restartAfter is the wait before Windows starts a relay anew that has ended by itself (RestartSec of the unit).
	restartAfter = 5 * time.Second
	// forgetAfter is after how many seconds without an end Windows counts from one again.
	forgetAfter = 24 * 60 * 60
	// displayName and description are what people read in Windows' list of services.
	displayName = "Perch"
	description = "Puts X (Twitter) into XCALLY Motion. Made by: perch service install"
	// lookRights are what people have on the service who may not change it (acl.ForService).
	lookRights = win.SERVICE_QUERY_CONFIG | win.SERVICE_QUERY_STATUS
)

// realSCM is the manager of this computer.
type realSCM struct{}

// open opens the service with these rights and no more; nil when there is none.
func (realSCM) open(rights uint32) (*mgr.Service, error) {
	manager, err := win.OpenSCManager(nil, nil, win.SC_MANAGER_CONNECT)
	if err != nil {
		return nil, rightsOf(err)
	}
	defer func() { _ = win.CloseServiceHandle(manager) }() // what was opened by it stays open
	name, err := win.UTF16PtrFromString(windowsName)
	if err != nil {
		return nil, err
	}
	handle, err := win.OpenService(manager, name, rights)
	switch {
	case errors.Is(err, win.ERROR_SERVICE_DOES_NOT_EXIST), errors.Is(err, win.ERROR_SERVICE_MARKED_FOR_DELETE):
		return nil, nil
	case err != nil:
		return nil, rightsOf(err)
	}
	return &mgr.Service{Name: windowsName, Handle: handle}, nil
}

// with opens the service for what is to be done with it.
func (r realSCM) with(rights uint32, do func(*mgr.Service) error) error {
	s, err := r.open(rights)
	if err != nil {
		return err
	}
	if s == nil {
		return win.ERROR_SERVICE_DOES_NOT_EXIST
	}
	return errors.Join(do(s), s.Close())
}

func rightsOf(err error) error {
	if errors.Is(err, win.ERROR_ACCESS_DENIED) {
		return errNoRights
	}
	return err
}

// Look implements scm.
func (r realSCM) Look() (*scmService, error) {
	s, err := r.open(lookRights)
	if err != nil || s == nil {
		return nil, err
	}
	defer func() { _ = s.Close() }() // only read
	status, err := s.Query()
	if err != nil {
		return nil, err
	}
	config, err := configOf(s.Handle)
	if err != nil {
		return nil, err
	}
	found := &scmService{
		command: win.UTF16PtrToString(config.BinaryPathName), isAutomatic: config.StartType == win.SERVICE_AUTO_START,
		state: stateOf(status.State), pid: int(status.ProcessId), exit: status.Win32ExitCode,
	}
	if found.state != scmStopped && isOver(status.ProcessId) {
		found.state, found.exit = scmStopped, uint32(win.ERROR_PROCESS_ABORTED)
	}
	return found, nil
}

// isOver reports whether a process has ended. Windows' service manager knows that by itself; Wine's does not.
func isOver(pid uint32) bool {
	if pid == 0 {
		return false
	}
	handle, err := win.OpenProcess(win.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return errors.Is(err, win.ERROR_INVALID_PARAMETER) // one of another account may be refused
	}
	defer func() { _ = win.CloseHandle(handle) }() // only read
	var code uint32
	err = win.GetExitCodeProcess(handle, &code)
	return err == nil && code != uint32(win.STATUS_PENDING) // as it is called of one that runs
}

// configOf returns what the service is made of. mgr.Service.Config also asks what Wine does not know.
func configOf(handle win.Handle) (*win.QUERY_SERVICE_CONFIG, error) {
	for size := uint32(1 << 10); ; {
		buffer := make([]byte, size)
		config := (*win.QUERY_SERVICE_CONFIG)(unsafe.Pointer(&buffer[0])) //nolint:gosec // as Windows writes it
		err := win.QueryServiceConfig(handle, config, size, &size)
		if err == nil {
			return config, nil
		}
		if !errors.Is(err, win.ERROR_INSUFFICIENT_BUFFER) || int(size) <= len(buffer) {
			return nil, err
		}
	}
}

func stateOf(state svc.State) scmState {
	switch state {
	case svc.Running, svc.Paused, svc.PausePending, svc.ContinuePending:
		return scmRunning
	case svc.StartPending:
		return scmStarting
	case svc.StopPending:
		return scmStopping
	}
	return scmStopped
}

// Write implements scm.
func (r realSCM) Write(command string, isNew bool) (notes []string, err error) {
	if !isNew {
		err := r.with(win.SERVICE_ALL_ACCESS, func(s *mgr.Service) error {
			err := setCommand(s.Handle, command)
			if err == nil {
				notes, err = r.surround(s)
			}
			return err
		})
		return notes, err
	}
	handle, err := r.create(command)
	if err != nil {
		return nil, rightsOf(err)
	}
	s := &mgr.Service{Name: windowsName, Handle: handle}
	if notes, err = r.surround(s); err != nil {
		err = errors.Join(err, s.Delete())
	}
	return notes, errors.Join(err, s.Close())
}

// create makes a service that runs as an account of its own, which Windows makes and gives no rights, and starts with the
// computer.
func (realSCM) create(command string) (win.Handle, error) {
	manager, err := win.OpenSCManager(nil, nil, win.SC_MANAGER_CONNECT|win.SC_MANAGER_CREATE_SERVICE)
	if err != nil {
		return 0, err
	}
	defer func() { _ = win.CloseServiceHandle(manager) }() // what was opened by it stays open
	name, _ := win.UTF16PtrFromString(windowsName)
	display, _ := win.UTF16PtrFromString(displayName)
	account, _ := win.UTF16PtrFromString(`NT SERVICE\` + windowsName)
	path, err := win.UTF16PtrFromString(command)
	if err != nil {
		return 0, err
	}
	return win.CreateService(manager, name, display, win.SERVICE_ALL_ACCESS, win.SERVICE_WIN32_OWN_PROCESS, win.SERVICE_AUTO_START,
		win.SERVICE_ERROR_NORMAL, path, nil, nil, nil, account, nil)
}

func setCommand(handle win.Handle, command string) error {
	path, err := win.UTF16PtrFromString(command)
	if err != nil {
		return err
	}
	return win.ChangeServiceConfig(handle, win.SERVICE_NO_CHANGE, win.SERVICE_AUTO_START, win.SERVICE_NO_CHANGE, path, nil, nil, nil, nil, nil, nil)
}

// surround sets what Windows does with the service: it comes back after a crash and after an end with an error, the one who
// installs it may start and stop it, and it begins after what the computer needs more.
func (r realSCM) surround(s *mgr.Service) (notes []string, err error) {
	delayed := win.SERVICE_DELAYED_AUTO_START_INFO{IsDelayedAutoStartUp: 1}
	text, _ := win.UTF16PtrFromString(description)
	words := win.SERVICE_DESCRIPTION{Description: text}
	again := []mgr.RecoveryAction{{Type: mgr.ServiceRestart, Delay: restartAfter}}
	for _, step := range []struct {
		do   func() error
		note string
	}{
		{func() error {
			return win.ChangeServiceConfig2(s.Handle, win.SERVICE_CONFIG_DESCRIPTION, (*byte)(unsafe.Pointer(&words)))
		}, "This Windows shows no description of services."},
		{func() error {
			return win.ChangeServiceConfig2(s.Handle, win.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, (*byte)(unsafe.Pointer(&delayed)))
		}, "This Windows cannot start services a little later than itself."},
		{func() error { return s.SetRecoveryActions(again, forgetAfter) }, "This Windows starts no service anew that has crashed."},
		{func() error { return s.SetRecoveryActionsOnNonCrashFailures(true) }, "This Windows starts no service anew that has ended with an error."},
		{func() error { return r.share(s) }, "This Windows does not let other accounts start and stop a service."},
	} {
		err := step.do()
		if errors.Is(err, win.ERROR_INVALID_LEVEL) {
			notes = append(notes, step.note)
			continue
		}
		if err != nil {
			return notes, err
		}
	}
	return notes, nil
}

// share lets the person who installs the service start and stop it.
func (realSCM) share(s *mgr.Service) error {
	user, err := acl.User()
	if err != nil {
		return err
	}
	made, err := win.SecurityDescriptorFromString(acl.ForService(user))
	if err != nil {
		return err
	}
	list, _, err := made.DACL()
	if err != nil {
		return err
	}
	return win.SetSecurityInfo(s.Handle, win.SE_SERVICE, win.DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}

// Remove implements scm.
func (r realSCM) Remove() error {
	return r.with(win.DELETE, func(s *mgr.Service) error { return s.Delete() }) //nolint:misspell // Windows' word
}

// Ask implements scm.
func (r realSCM) Ask(verb Verb) error {
	if verb == Stop {
		return r.with(win.SERVICE_STOP|win.SERVICE_QUERY_STATUS, func(s *mgr.Service) error {
			_, err := s.Control(svc.Stop)
			if errors.Is(err, win.ERROR_SERVICE_NOT_ACTIVE) {
				return nil
			}
			return err
		})
	}
	return r.with(win.SERVICE_START, func(s *mgr.Service) error {
		if err := s.Start(); !errors.Is(err, win.ERROR_SERVICE_ALREADY_RUNNING) {
			return err
		}
		return nil
	})
}

// isRemote reports whether a path is on another computer.
func isRemote(path string) bool {
	volume := filepath.VolumeName(path)
	if strings.HasPrefix(volume, `\\`) {
		return !strings.HasPrefix(volume, `\\?\`) && !strings.HasPrefix(volume, `\\.\`)
	}
	root, err := win.UTF16PtrFromString(volume + `\`)
	return err == nil && win.GetDriveType(root) == win.DRIVE_REMOTE
}
