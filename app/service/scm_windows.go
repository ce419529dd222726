package service

import (
	"errors"
	"path/filepath"
	"strings"
	"unsafe"

	win "golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/mgr"
)

// lookRights are what people have on the service who may not change it (acl.ForService).
const lookRights = win.SERVICE_QUERY_CONFIG | win.SERVICE_QUERY_STATUS

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
