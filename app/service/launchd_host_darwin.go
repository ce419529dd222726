package service

import (
	"context"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"perch/app/config"
	"perch/app/control"
)

func thisMac() mac {
	m := mac{run: run, daemons: "/Library/LaunchDaemons", userID: os.Getuid(), userName: strconv.Itoa(os.Getuid()), answers: answers}
	if u, err := user.Current(); err == nil {
		m.userName, m.accountHome = u.Username, u.HomeDir
		m.agents = filepath.Join(u.HomeDir, "Library/LaunchAgents")
	}
	if u, err := user.Lookup(os.Getenv("SUDO_USER")); err == nil && m.userID == 0 {
		m.account, m.accountHome = u.Username, u.HomeDir
		m.accountID, _ = strconv.Atoi(u.Uid)
		m.agents = filepath.Join(u.HomeDir, "Library/LaunchAgents")
	}
	m.usualFolder = filepath.Join(m.accountHome, "Library/Application Support/Perch")
	return m
}

func answers(ctx context.Context, home config.Home) int {
	client := control.NewClient(home.Socket())
	defer client.Close()
	status, err := client.Status(ctx)
	if err != nil {
		return 0
	}
	return status.PID
}
