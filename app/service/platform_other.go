//go:build !linux && !windows && !darwin

package service

import (
	"perch/app/config"
	"perch/bridge"
)

func platformFor(config.Home, bool) (Service, error) { return nil, unsupported() }

func platformFind(config.Home) Service { return nil }

func unsupported() error {
	return fail(bridge.Invalid, "Perch installs a service under Linux, macOS and Windows only", "on this computer, switch on Start at login in the window's settings or in the tray's menu", nil)
}

func platformSetting(bool) Setting { return Setting{} }
