package command

import (
	"os"
	"os/user"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"perch/bridge"
)

// writing are the commands that make files in the home.
var writing = []string{
	"perch relay", "perch start", "perch restart", "perch init", "perch backup", "perch restore",
	"perch secret set", "perch secret delete", "perch secret move", "perch secret keep",
	"perch chat import", "perch chat unlock", "perch chat forget", "perch x login", "perch x logout",
}

// refuseSudo refuses to make files as root in a home of another account, which could not read them then.
func (p *program) refuseSudo(cmd *cobra.Command, _ []string) error {
	if os.Getuid() != 0 || os.Getenv("SUDO_UID") == "" || !slices.Contains(writing, cmd.CommandPath()) {
		return nil
	}
	home, err := p.home()
	if err != nil {
		return err
	}
	folder, owner := home.Foreign()
	if folder == "" {
		return nil
	}
	name := strconv.Itoa(owner)
	if known, err := user.LookupId(name); err == nil {
		name = known.Username
	} else {
		name = "#" + name // as sudo -u takes it
	}
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: cmd.Name(),
		Message: "the folder " + folder + " belongs to the account " + name + ", which cannot read what root writes there",
		Remedy:  "type the same as that account: sudo -u " + name + " perch --home …, or without sudo",
	}
}
