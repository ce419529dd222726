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

// mac is what launchd's services are made on; tests have one of their own.
type mac struct {
	run runner
	// agents and daemons are where plists are written to.
	agents, daemons string
	userID          int
	userName        string
	// account is who a service of the whole system runs as: whoever called sudo; "" for nobody.
	account string
	// accountID is his number, accountHome his own folder.
	accountID   int
	accountHome string
	// usualFolder is where Perch's files are when no folder is named.
	usualFolder string
	// answers returns the process of the relay that answers on a home; 0 for none.
	answers func(ctx context.Context, home config.Home) int
}

func thisMac() mac {
	m := mac{run: run, daemons: "/Library/LaunchDaemons", userID: os.Getuid(), userName: strconv.Itoa(os.Getuid()), answers: answers}
	if u, err := user.Current(); err == nil {
		m.userName, m.accountHome = u.Username, u.HomeDir
		m.agents = filepath.Join(u.HomeDir, "Library/LaunchAgents")
	}
	if u, err := user.Lookup(os.Getenv("SUDO_USER")); err == nil && m.userID == 0 {
		m.account, m.accountHome = u.Username, u.HomeDir
		m.accountID, _ = strconv.Atoi(u.Uid)
	}
	m.usualFolder = filepath.Join(m.accountHome, "Library/Application Support/Perch")
	return m
}

func (m mac) userNumber() string { return strconv.Itoa(m.userID) }

func answers(ctx context.Context, home config.Home) int {
	client := control.NewClient(home.Socket())
	defer client.Close()
	status, err := client.Status(ctx)
	if err != nil {
		return 0
	}
	return status.PID
}
