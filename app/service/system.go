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

// checkSystem refuses homes that a service of the whole system cannot work on.
func (s *systemd) checkSystem(plan Plan) error {
	for _, hidden := range []string{"/home/", "/root/", "/run/user/"} {
		if strings.HasPrefix(plan.HomeFlag+"/", hidden) {
			return fail(bridge.Invalid, "a service of the whole system does not see "+plan.HomeFlag+", because it is in a user's own folder",
				"move what is in it to "+SystemHome+" first, then: sudo perch service install --system --home "+SystemHome, nil)
		}
	}
	uid, _, err := s.lookup(Account)
	if err == nil && uid == 0 {
		return fail(bridge.Invalid, "the account "+Account+" is root", "give it an id of its own", nil)
	}
	if plan.TakeOver {
		return nil
	}
	return eachFile(folderOf(s.home), func(path string, info fs.FileInfo) error {
		if err != nil || !belongsTo(info, uid) {
			return fail(bridge.Operator, path+" does not belong to the account "+Account+", which the service runs as",
				"if the service is to take the folder over: sudo perch service install --system --home "+plan.HomeFlag, nil)
		}
		return nil
	})
}

// eachFile calls fn with every folder and file of a home. Links are not followed.
func eachFile(folder string, fn func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fail(bridge.Operator, path+" cannot be read", "check the folder", err)
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone in the meantime
		}
		if err != nil {
			return fail(bridge.Operator, path+" cannot be read", "check the folder", err)
		}
		return fn(path, info)
	})
}

// prepareSystem makes the account, gives it the home, and keeps the passphrase for it.
func (s *systemd) prepareSystem(ctx context.Context, plan Plan, did func(string)) error {
	uid, gid, err := s.lookup(Account)
	if err != nil {
		out, err := s.run(ctx, callTime, "useradd", "--system", "--user-group", "--home-dir", SystemHome, "--shell", "/usr/sbin/nologin", Account)
		if err != nil {
			return fail(bridge.Operator, "the account "+Account+" cannot be made", "make it by hand: sudo useradd --system --user-group "+Account, errors.New(lastLine(out, err)))
		}
		if uid, gid, err = s.lookup(Account); err != nil {
			return fail(bridge.Operator, "the account "+Account+" is not there although it was made", "make it by hand: sudo useradd --system --user-group "+Account, err)
		}
		did("Made the account " + Account + ".")
	}
	if plan.TakeOver {
		given := 0
		err := eachFile(folderOf(s.home), func(path string, info fs.FileInfo) error {
			if belongsTo(info, uid) {
				return nil
			}
			given++
			return s.chown(path, uid, gid)
		})
		if err != nil {
			return fail(bridge.Operator, "the folder "+folderOf(s.home)+" cannot be given to the account "+Account, "check the disk that it is on", err)
		}
		if given > 0 {
			did("The folder " + folderOf(s.home) + " belongs to the account " + Account + " now.")
		}
	}
	if plan.Passphrase == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.credential), 0o700); err != nil {
		return fail(bridge.Operator, "the folder of "+s.credential+" cannot be made", "check the disk", err)
	}
	if err := writeFile(s.credential, plan.Passphrase+"\n", 0o600); err != nil {
		return err
	}
	did("The vault's passphrase is in " + s.credential + ", which root alone can read.")
	return nil
}
