package service

import (
	"os"
	"path/filepath"

	win "golang.org/x/sys/windows"

	"perch/app/acl"
	"perch/app/config"
)

func platformFor(home config.Home, _ bool) (Service, error) {
	return &windows{thisComputer(), home}, nil
}

func platformFind(home config.Home) Service {
	if s := (&windows{thisComputer(), home}); s.isInstalled() {
		return s
	}
	return nil
}

func thisComputer() windowsHost {
	account := acl.Service(windowsName)
	profiles, err := win.KnownFolderPath(win.FOLDERID_UserProfiles, 0)
	if err != nil {
		profiles = filepath.Dir(os.Getenv("USERPROFILE"))
	}
	return windowsHost{
		scm: realSCM{}, isAdministrator: IsAdministrator(), profiles: profiles, isRemote: isRemote,
		admit:   func(folder string) error { return acl.Admit(folder, account) },
		dismiss: func(folder string) error { return acl.Dismiss(folder, account) },
	}
}

// IsAdministrator reports whether this process may make a service of the whole system.
func IsAdministrator() bool { return win.GetCurrentProcessToken().IsElevated() }

// platformSetting is the same for both scopes but for the home: every service of Windows is one of the whole system.
func platformSetting(isSystem bool) Setting {
	if isSystem {
		return Setting{Home: homeOfSystem()}
	}
	return Setting{}
}

func homeOfSystem() string {
	base, err := win.KnownFolderPath(win.FOLDERID_ProgramData, 0)
	if err != nil {
		base = `C:\ProgramData`
	}
	return filepath.Join(base, "Perch")
}

// Folder is the home of the service of this computer; "" where Perch has made none.
func Folder() string {
	found, err := realSCM{}.Look()
	if err != nil || found == nil {
		return ""
	}
	return folderIn(found.command)
}
