package service

import (
	"context"
	"strconv"

	"perch/app/config"
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

// userNumber is that of the user whose agent it is: by sudo, of whoever called it.
func (m mac) userNumber() string {
	if m.userID == 0 && m.account != "" {
		return strconv.Itoa(m.accountID)
	}
	return strconv.Itoa(m.userID)
}
