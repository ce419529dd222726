package service

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"perch/app/config"
	"perch/bridge"
)

// Install implements Service.
func (s *systemd) Install(ctx context.Context, plan Plan) (steps []string, err error) {
	if err := s.check(ctx, plan); err != nil {
		return nil, err
	}
	did := func(step string) { steps = append(steps, step) }
	if s.isSystem { // gives the files of the home to another account: nobody may work on them
		if err := plan.makeRoom(ctx); err != nil {
			return nil, err
		}
		if err := s.prepareSystem(ctx, plan, did); err != nil {
			return steps, err
		}
	}
	before, readErr := os.ReadFile(s.path())
	u := unit{Plan: plan, Folder: folderOf(s.home), IsSystem: s.isSystem, HasCredential: s.isSystem && exists(s.credential)}
	after := u.text()
	isNew, isSame := readErr != nil, string(before) == after
	if !isSame {
		if err := writeFile(s.path(), after, 0o644); err != nil {
			return steps, err
		}
	}
	if err := s.enable(ctx); err != nil {
		if restoreErr := s.restore(ctx, before, isNew); restoreErr != nil {
			err = errors.Join(err, restoreErr)
		}
		return steps, err
	}
	did(written(s.path(), isNew, isSame))
	did("It starts with the computer.")
	s.makeLinger(ctx, did)
	if !s.isSystem {
		if err := plan.makeRoom(ctx); err != nil {
			return steps, err
		}
	}
	if err := s.Do(ctx, verbFor(isNew, isSame)); err != nil {
		return steps, err
	}
	did("The relay runs as a service.")
	return steps, nil
}

// verbFor is what has a service run as it is written now: one that was changed has to begin anew.
func verbFor(isNew, isSame bool) Verb {
	if isNew || isSame {
		return Start
	}
	return Restart
}

// written says what became of the service's file.
func written(path string, isNew, isSame bool) string {
	switch {
	case isSame:
		return "The service was installed already, as " + path + "."
	case isNew:
		return "Wrote " + path + "."
	default:
		return "Brought " + path + " up to date."
	}
}

func (p Plan) makeRoom(ctx context.Context) error {
	if p.MakeRoom == nil {
		return nil
	}
	return p.MakeRoom(ctx)
}

// check refuses what could not work, before anything is changed.
func (s *systemd) check(ctx context.Context, plan Plan) error {
	if s.isSystem && s.userID != 0 {
		return fail(bridge.Operator, "a service of the whole system is installed by root", "type: sudo perch service install --system", errNoRights)
	}
	if strings.ContainsAny(plan.Program+plan.HomeFlag+folderOf(s.home)+strings.Join(plan.Env, ""), "\n\r") {
		return fail(bridge.Invalid, "a path has a line break in it", "give the folder another name", nil)
	}
	if data, err := os.ReadFile(s.path()); err == nil {
		if !isOurs(string(data)) {
			return fail(bridge.Invalid, "there is a unit "+s.path()+" that Perch did not write", "it stays as it is; move it away first, then: "+s.perch("service install"), nil)
		}
		if !s.isFor(string(data)) {
			return fail(bridge.Invalid, "there is a service for another folder already, "+homeIn(string(data)),
				"one of a kind is possible; remove it first: perch service uninstall --home "+homeIn(string(data)), nil)
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return fail(bridge.Operator, "the file "+s.path()+" cannot be read", "check that it belongs to you", err)
	}
	if other := newSystemd(s.home, !s.isSystem, s.host); other.isInstalled() {
		return fail(bridge.Invalid, "this folder has a service already, "+other.path(), "two on one folder cannot run; remove it first: "+other.perch("service uninstall"), nil)
	}
	if s.isSystem {
		if err := s.checkSystem(plan); err != nil {
			return err
		}
	}
	_, err := s.systemctl(ctx, callTime, "show", "--property=Version")
	return err
}

func (s *systemd) enable(ctx context.Context) error {
	if _, err := s.systemctl(ctx, callTime, "daemon-reload"); err != nil {
		return err
	}
	_, err := s.systemctl(ctx, callTime, "--no-ask-password", "enable", unitName)
	return err
}

// restore brings back what was there before.
func (s *systemd) restore(ctx context.Context, before []byte, isNew bool) error {
	var err error
	if isNew {
		err = os.Remove(s.path())
	} else {
		err = writeFile(s.path(), string(before), 0o644)
	}
	_, _ = s.systemctl(ctx, callTime, "daemon-reload") // what did not work is told already
	return err
}

// makeLinger lets a user's service run while he is not logged in. Not every system lets users do that.
func (s *systemd) makeLinger(ctx context.Context, did func(string)) {
	if s.isSystem || exists(filepath.Join(s.linger, s.userName)) {
		return
	}
	if _, err := s.run(ctx, callTime, "loginctl", "--no-ask-password", "enable-linger", s.userName); err != nil {
		did("It runs only while you are logged in. So that it always runs, type: sudo loginctl enable-linger " + s.userName)
		return
	}
	did("It also runs while you are not logged in (lingering).")
}

// Uninstall implements Service.
func (s *systemd) Uninstall(ctx context.Context) (steps []string, err error) {
	path, text := s.unit()
	data, err := os.ReadFile(s.path())
	switch {
	case errors.Is(err, os.ErrNotExist) && isOurs(text) && s.isFor(text):
		return nil, fail(bridge.Invalid, "the unit "+path+" belongs to a package", "switch the service off with: "+s.command("disable", "--now", "perch"), nil)
	case errors.Is(err, os.ErrNotExist):
		return nil, fail(bridge.Invalid, "there is no service "+s.path(), "perch service status says what there is", nil)
	case err != nil:
		return nil, fail(bridge.Operator, "the file "+s.path()+" cannot be read", "check that it belongs to you", err)
	case !isOurs(string(data)):
		return nil, fail(bridge.Invalid, "Perch did not write the unit "+s.path(), "it stays as it is; remove it by hand if it is not needed", nil)
	case !s.isFor(string(data)):
		return nil, fail(bridge.Invalid, "the service "+s.path()+" is for another folder, "+homeIn(string(data)), "name that: perch service uninstall --home "+homeIn(string(data)), nil)
	case s.isSystem && s.userID != 0:
		return nil, fail(bridge.Operator, "a service of the whole system is removed by root", "type: "+s.perch("service uninstall"), errNoRights)
	}
	if err := s.disable(ctx); err != nil {
		return nil, err
	}
	if err := os.Remove(s.path()); err != nil {
		return nil, fail(bridge.Operator, "the file "+s.path()+" cannot be removed", "check that its folder belongs to you", err)
	}
	if _, err = s.systemctl(ctx, callTime, "daemon-reload"); errors.Is(err, errNoSystemd) {
		err = nil
	}
	steps = []string{"Stopped the service and removed " + s.path() + ".", "Everything in " + folderOf(s.home) + " is as it was."}
	switch {
	case s.isSystem:
		steps = append(steps, "The account "+Account+" stays, because the folder belongs to it.")
	case exists(filepath.Join(s.linger, s.userName)):
		steps = append(steps, "Lingering stays on. If nothing else needs it: loginctl disable-linger")
	}
	return steps, err
}

// disable stops the service and keeps it from starting by itself. Where systemd does not run the computer (any more), only a
// link is left of it.
func (s *systemd) disable(ctx context.Context) error {
	_, err := s.systemctl(ctx, doTime, "--no-ask-password", "disable", "--now", unitName)
	if !errors.Is(err, errNoSystemd) {
		return err
	}
	link := filepath.Join(s.folder(), s.target()+".wants", unitName)
	if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(bridge.Operator, "the file "+link+" cannot be removed", "check that its folder belongs to you", err)
	}
	return nil
}

// writeFile writes a file as a whole or not at all.
func writeFile(path, content string, mode os.FileMode) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755) //nolint:gosec // as systemd's own folders are
	next := path + ".new"
	if err == nil {
		err = os.WriteFile(next, []byte(content), mode)
	}
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		_ = os.Remove(next)
		return fail(bridge.Operator, "the file "+path+" cannot be written", "check that there is room on the disk and that its folder belongs to you", err)
	}
	return nil
}

// UserPlan is the plan of a user's service on a home: the value of --home, and this process's variables.
func UserPlan(program, homeFlag string, env func(string) string) (Plan, error) {
	plan := Plan{Program: program, HomeFlag: homeFlag}
	if plan.HomeFlag == "" {
		plan.HomeFlag = env(config.EnvHome)
	}
	if plan.HomeFlag != "" {
		var err error
		plan.HomeFlag, err = filepath.Abs(plan.HomeFlag)
		return plan, err
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME"} {
		if value := env(name); filepath.IsAbs(value) {
			plan.Env = append(plan.Env, name+"="+value)
		}
	}
	return plan, nil
}
