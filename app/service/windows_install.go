package service

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"perch/bridge"
)

// Install implements Service.
func (s *windows) Install(ctx context.Context, plan Plan) (steps []string, err error) {
	found, err := s.check(plan)
	if err != nil {
		return nil, err
	}
	command := commandFor(plan.Program, folderOf(s.home))
	isNew := found == nil
	isSame := !isNew && found.command == command
	notes, err := s.scm.Write(command, isNew) // also where nothing is new: what surrounds the command may have been changed
	if err != nil {
		return nil, s.notWritten(err)
	}
	if err := s.admit(folderOf(s.home)); err != nil {
		return nil, fail(bridge.Operator, "the service's account cannot be let into "+folderOf(s.home), "check that administrators may change the rights on that folder", errors.Join(err, s.restore(found)))
	}
	steps = append(steps, s.written(isNew, isSame), "It may use "+folderOf(s.home)+" and runs with the few rights of its own account, NT SERVICE\\"+windowsName+".", "It starts with the computer.")
	steps = append(steps, notes...)
	if err := plan.makeRoom(ctx); err != nil {
		return steps, err
	}
	if err := s.Do(ctx, verbFor(isNew, isSame)); err != nil {
		return steps, err
	}
	return append(steps, "The relay runs as a service."), nil
}

// restore brings back the service that was there before; nil for none.
func (s *windows) restore(before *scmService) error {
	if before == nil {
		return s.scm.Remove()
	}
	_, err := s.scm.Write(before.command, false)
	return err
}

func (s *windows) written(isNew, isSame bool) string {
	switch {
	case isSame:
		return "The service " + windowsName + " was installed already."
	case isNew:
		return "Made the Windows service " + windowsName + "."
	default:
		return "Brought the Windows service " + windowsName + " up to date."
	}
}

func (s *windows) notWritten(err error) error {
	if errors.Is(err, errNoRights) {
		return s.needsAdministrator("installed")
	}
	return fail(bridge.Operator, "Windows did not make the service", "close Windows' list of services (services.msc) if it is open, restart the computer if it stays so, and try again", err)
}

func (s *windows) needsAdministrator(done string) error {
	return fail(bridge.Operator, "a service is "+done+" by an administrator", asAdministrator(s.perch("service "+strings.TrimSuffix(done, "ed"))), errNoRights)
}

// check refuses what could not work, before anything is changed. It returns the service that there is.
func (s *windows) check(plan Plan) (*scmService, error) {
	found, err := s.scm.Look()
	if err != nil {
		return nil, s.complaint("install", err)
	}
	if found != nil && !s.isFor(found.command) {
		return nil, s.isOther(found)
	}
	if !s.isAdministrator {
		return nil, s.needsAdministrator("installed")
	}
	if strings.ContainsAny(plan.Program+folderOf(s.home), "\"\n\r") {
		return nil, fail(bridge.Invalid, "a path has a quotation mark or a line break in it", "give the folder another name", nil)
	}
	if s.isOfSomebody(plan.Program) {
		return nil, fail(bridge.Invalid, "the program "+plan.Program+" is in a person's own folder, which the service's account does not see",
			"install Perch by its MSI, or move perch.exe to C:\\Program Files\\Perch and call it from there", nil)
	}
	for _, path := range []string{plan.Program, folderOf(s.home)} {
		if s.isRemote(path) {
			return nil, fail(bridge.Invalid, path+" is on another computer, which the service's account does not see", "move it to a disk of this computer", nil)
		}
	}
	if plan.Passphrase != "" {
		return nil, fail(bridge.Invalid, "Windows keeps no passphrase for a service", "let Perch keep it: "+s.perch("secret keep"), nil)
	}
	if isGone(folderOf(s.home)) {
		return nil, fail(bridge.Invalid, "there is no folder "+folderOf(s.home), "begin with: "+s.perch("init"), nil)
	}
	return found, nil
}

// isOther says that the service which is there is not this one.
func (s *windows) isOther(found *scmService) error {
	other := folderIn(found.command)
	if other == "" {
		return fail(bridge.Invalid, "there is a service named "+windowsName+" that Perch did not make ("+found.command+")",
			"it stays as it is; look at it in Windows' list of services (services.msc), and remove it there if it is not needed", nil)
	}
	return fail(bridge.Invalid, "this computer has a service for another folder already, "+other,
		"one is possible; remove it first: perch service uninstall --home \""+other+"\"", nil)
}

// isOfSomebody reports whether a path is below people's own folders.
func (s *windows) isOfSomebody(path string) bool {
	inside := strings.ToLower(s.profiles) + string(os.PathSeparator)
	return s.profiles != "" && strings.HasPrefix(strings.ToLower(filepath.Clean(path)), inside)
}

// Uninstall implements Service.
func (s *windows) Uninstall(ctx context.Context) (steps []string, err error) {
	found, err := s.scm.Look()
	switch {
	case err != nil:
		return nil, s.complaint("remove", err)
	case found == nil:
		return nil, fail(bridge.Invalid, "there is no service "+windowsName+" on this computer", "perch service status says what there is", nil)
	case folderIn(found.command) == "":
		return nil, s.isOther(found)
	case !s.isFor(found.command):
		other := folderIn(found.command)
		return nil, fail(bridge.Invalid, "the service "+windowsName+" is for another folder, "+other, "name that: perch service uninstall --home \""+other+"\"", nil)
	case !s.isAdministrator:
		return nil, s.needsAdministrator("uninstalled")
	}
	if err := s.Do(ctx, Stop); err != nil {
		return nil, err
	}
	if err := s.scm.Remove(); err != nil {
		return nil, fail(bridge.Operator, "Windows did not remove the service", "close Windows' list of services (services.msc) if it is open, and try again", err)
	}
	steps = []string{"Stopped the service and removed it."}
	folder := folderOf(s.home)
	if isGone(folder) {
		return steps, nil
	}
	keepSaid(s.home, "")
	if err := s.dismiss(folder); err != nil {
		steps = append(steps, "The service's account may still use "+folder+": Windows did not let Perch change that.")
	}
	return append(steps, "Everything in "+folder+" is as it was."), nil
}
