package desk

import (
	"os"
	"slices"
)

// envHome is where people may name a home instead of --home.
const envHome = "PERCH_HOME"

// Login is the setting "start at login": one entry, in the place where the desktop looks when the user logs in. Tray,
// window and command line change the same one, so that none of them ever shows what another has undone.
//
// What the entry starts depends on the desktop: the tray, which keeps the relay running; where nothing shows its icon,
// the relay alone ("perch start").
type Login struct{ Programs Programs }

// State tells whether something starts at login. It is Unknown where Perch cannot have that.
func (l Login) State() Answer {
	_, answer := readLogin()
	return answer
}

// Set makes the entry or removes it. host is what TrayHost says. The error is a sentence.
func (l Login) Set(on bool, host Answer) error {
	if !on {
		return removeLogin()
	}
	return writeLogin(l.command(host))
}

// Settle lets the tray start at login where Set had the relay alone started, because there is a panel now. An entry that
// somebody else wrote, or that is for another home, stays as it is. It is never done the other way round: a panel that is
// away for a while must not cost the tray.
func (l Login) Settle() error {
	wanted, before := l.command(Yes), l.command(No)
	if entry, state := readLogin(); state != Yes || entry != loginEntry(before) || slices.Equal(wanted, before) {
		return nil
	}
	return writeLogin(wanted)
}

// command is what starts at login. The tray where that cannot be told: it waits for a panel.
func (l Login) command(host Answer) []string {
	first, second := []string{Tray}, []string{Perch, "start"}
	if host == No {
		first, second = second, first
	}
	programs := l.Programs
	if programs.Home == "" {
		programs.Home = os.Getenv(envHome) // which nobody sets at login
	}
	for _, command := range [][]string{first, second} {
		if path, err := programs.Find(command[0]); err == nil {
			return programs.withHome(append([]string{path}, command[1:]...))
		}
	}
	return programs.withHome(first)
}
