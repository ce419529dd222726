package service

import "perch/app/config"

func platformFor(home config.Home, isSystem bool) (Service, error) {
	return newLaunchd(home, isSystem, thisMac()), nil
}

func platformFind(home config.Home) Service {
	if l := findLaunchd(home, thisMac()); l != nil {
		return l
	}
	return nil
}

func platformSetting(isSystem bool) Setting {
	if isSystem {
		return Setting{Home: thisMac().usualFolder}
	}
	return Setting{ReadsKeyring: true}
}
