package service

import (
	"errors"
	"time"
	"unsafe"

	win "golang.org/x/sys/windows"
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
)

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
	toEnd := uint32(stopLimit.Milliseconds()) // SERVICE_PRESHUTDOWN_INFO
	again := []mgr.RecoveryAction{{Type: mgr.ServiceRestart, Delay: restartAfter}}
	for _, step := range []struct {
		do   func() error
		note string
	}{
		{func() error {
			return win.ChangeServiceConfig2(s.Handle, win.SERVICE_CONFIG_DESCRIPTION, (*byte)(unsafe.Pointer(&words))) //nolint:gosec // as Windows reads it
		}, "This Windows shows no description of services."},
		{func() error {
			return win.ChangeServiceConfig2(s.Handle, win.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, (*byte)(unsafe.Pointer(&delayed))) //nolint:gosec // as Windows reads it
		}, "This Windows cannot start services a little later than itself."},
		{func() error {
			return win.ChangeServiceConfig2(s.Handle, win.SERVICE_CONFIG_PRESHUTDOWN_INFO, (*byte)(unsafe.Pointer(&toEnd))) //nolint:gosec // as Windows reads it
		}, "This Windows gives services no time of their own when the computer ends."},
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
