package service

import "perch/app/config"

func platformFor(home config.Home, isSystem bool) (Service, error) {
	return newSystemd(home, isSystem, machine()), nil
}

func platformFind(home config.Home) Service {
	if s := find(home, machine()); s != nil {
		return s
	}
	return nil
}

func platformSetting(isSystem bool) Setting {
	if isSystem {
		return Setting{Home: SystemHome, HasAccount: true}
	}
	return Setting{}
}
