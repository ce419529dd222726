package service

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"perch/bridge"
)

// Install implements Service.
func (l *launchd) Install(ctx context.Context, plan Plan) (steps []string, err error) {
	if l.isSystem {
		plan.Env = append([]string{"HOME=" + l.accountHome}, plan.Env...)
		plan.HomeFlag = folderOf(l.home)
	}
	if err := l.check(ctx, plan); err != nil {
		return nil, err
	}
	did := func(step string) { steps = append(steps, step) }
	before, readErr := os.ReadFile(l.path())
	after := plist{Plan: plan, Folder: folderOf(l.home), UserName: l.account}.text()
	isNew, isSame := readErr != nil, string(before) == after
	if !isSame {
		if err := writeFile(l.path(), after, 0o644); err != nil {
			return nil, err
		}
	}
	runs, err := l.load(ctx, plan, isSame, did)
	if err != nil {
		return steps, errors.Join(err, l.restore(before, isNew))
	}
	did(written(l.path(), isNew, isSame))
	did(map[bool]string{true: "It starts with the computer, and runs as " + l.account + ".", false: "It starts when you log in at this Mac, and runs while you are logged in."}[l.isSystem])
	if err := l.await(ctx, runs); err != nil {
		return steps, err
	}
	did("The relay runs as a service.")
	return steps, nil
}

// load has launchd know the plist that is there now, and run it. It returns what await wants to know.
func (l *launchd) load(ctx context.Context, plan Plan, isSame bool, did func(string)) (runs int, err error) {
	if _, err := l.launchctl(ctx, callTime, "enable", l.target()); err != nil {
		return 0, err
	}
	if err := plan.makeRoom(ctx); err != nil {
		return 0, err
	}
	verb := Restart
	if isSame {
		verb = Start
	}
	if runs, err = l.begin(ctx, verb); err != nil && plan.MakeRoom != nil {
		did("The relay does not run now. Start it by: perch start")
	}
	return runs, err
}

// restore brings back the plist that was there before.
func (l *launchd) restore(before []byte, isNew bool) error {
	if isNew {
		return os.Remove(l.path())
	}
	return writeFile(l.path(), string(before), 0o644)
}

// check refuses what could not work, before anything is changed.
func (l *launchd) check(ctx context.Context, plan Plan) error {
	if err := l.checkAccount(plan); err != nil {
		return err
	}
	if strings.Contains(plan.Program, "/AppTranslocation/") {
		return fail(bridge.Operator, "macOS runs Perch from a place that it will forget, because Perch was not moved after it was downloaded",
			"move Perch to Applications in the Finder, and open it once from there", nil)
	}
	if strings.ContainsFunc(plan.Program+folderOf(l.home)+strings.Join(plan.Env, ""), func(r rune) bool { return r < ' ' }) {
		return fail(bridge.Invalid, "a path has a line break or the like in it", "give the folder another name", nil)
	}
	if err := l.checkFile(); err != nil {
		return err
	}
	if other := newLaunchd(l.home, !l.isSystem, l.mac); other.isInstalled() {
		return fail(bridge.Invalid, "this folder has a service already, "+other.path(), "two on one folder cannot run; remove it first: "+other.perch("service uninstall"), nil)
	}
	if l.isSystem {
		if err := l.checkOwner(); err != nil {
			return err
		}
	}
	if _, err := l.launchctl(ctx, callTime, "print", l.domain()); err != nil {
		return err
	}
	return l.checkLoaded(ctx)
}

// checkAccount makes sure of who installs, and for whom.
func (l *launchd) checkAccount(plan Plan) error {
	switch {
	case l.isSystem && l.userID != 0:
		return fail(bridge.Operator, "a service of the whole system is installed by root", "type: "+l.perch("service install"), errNoRights)
	case l.isSystem && (l.account == "" || l.account == "root"):
		return fail(bridge.Operator, "the service is to run as an account of its own, not as root", "log in as the account that it is to run as, and type: sudo perch service install --system", nil)
	case l.isSystem && plan.Passphrase != "":
		return fail(bridge.Invalid, "under macOS a service takes the passphrase that Perch keeps", "let Perch keep it: perch secret keep", nil)
	case l.isSystem && filepath.Dir(l.home.Socket()) != folderOf(l.home):
		return fail(bridge.Invalid, "the path of "+folderOf(l.home)+" is too long for a service of the whole system", "move what is in it to a folder with a shorter path, at most 80 letters, and name that: --home", nil)
	case !l.isSystem && l.userID == 0:
		return fail(bridge.Operator, "root has no session at the screen in which a service of its own would run", "type it without sudo, or for a service of the whole system: sudo perch service install --system", nil)
	}
	return nil
}

// checkFile refuses a plist that Perch did not write, or that is for another home.
func (l *launchd) checkFile() error {
	data, err := os.ReadFile(l.path())
	text := string(data)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fail(bridge.Operator, "the file "+l.path()+" cannot be read", "check that it belongs to "+l.owner(), err)
	case !isOurPlist(text):
		return fail(bridge.Invalid, "there is a file "+l.path()+" that Perch did not write", "it stays as it is; move it away if it is not needed", nil)
	case folderInPlist(text) == "":
		return fail(bridge.Invalid, "the file "+l.path()+" is damaged", "move it away; then, if there is to be a service: "+l.perch("service install"), nil)
	case folderInPlist(text) != folderOf(l.home):
		return fail(bridge.Invalid, "there is a service for another folder already, "+folderInPlist(text),
			"one of a kind is possible; remove it first: perch service uninstall --home "+quoteShell(folderInPlist(text)), nil)
	}
	return nil
}

// checkOwner makes sure that the account can work on the home.
func (l *launchd) checkOwner() error {
	return eachFile(folderOf(l.home), func(path string, info fs.FileInfo) error {
		if belongsTo(info, l.accountID) || info.Name() == errorsName { // which launchd opens
			return nil
		}
		return fail(bridge.Operator, path+" does not belong to "+l.account+", which the service runs as",
			"give it back: sudo chown -R "+l.account+" "+quoteShell(folderOf(l.home)), nil)
	})
}

// checkLoaded refuses to end a service of another home, whose plist is gone.
func (l *launchd) checkLoaded(ctx context.Context) error {
	j, err := l.print(ctx)
	if errors.Is(err, errNotLoaded) {
		return nil
	}
	if err == nil && j.folder != "" && j.folder != folderOf(l.home) {
		return fail(bridge.Invalid, "launchd still runs a service for another folder, "+j.folder+", though its file is gone",
			"end it first: perch service uninstall --home "+quoteShell(j.folder), nil)
	}
	return err
}

// Uninstall implements Service.
func (l *launchd) Uninstall(ctx context.Context) (steps []string, err error) {
	if l.isSystem && l.userID != 0 {
		return nil, fail(bridge.Operator, "a service of the whole system is removed by root", "type: "+l.perch("service uninstall"), errNoRights)
	}
	if !exists(l.path()) {
		return l.uninstallLost(ctx)
	}
	if err := l.checkFile(); err != nil {
		return nil, err
	}
	if err := l.unload(ctx); err != nil && !errors.Is(err, errNoSession) {
		return nil, err
	}
	if err := os.Remove(l.path()); err != nil {
		return nil, fail(bridge.Operator, "the file "+l.path()+" cannot be removed", "check that its folder belongs to "+l.owner(), err)
	}
	return []string{"Stopped the service and removed " + l.path() + ".", "Everything in " + folderOf(l.home) + " is as it was."}, nil
}

// uninstallLost ends a service that launchd still knows though its plist is gone.
func (l *launchd) uninstallLost(ctx context.Context) ([]string, error) {
	j, err := l.print(ctx)
	if err != nil || (j.folder != "" && j.folder != folderOf(l.home)) {
		return nil, fail(bridge.Invalid, "there is no service "+l.path(), "perch service status says what there is", nil)
	}
	if err := l.unload(ctx); err != nil {
		return nil, err
	}
	return []string{"Stopped the service; " + l.path() + " was gone already.", "Everything in " + folderOf(l.home) + " is as it was."}, nil
}
