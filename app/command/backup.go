package command

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/backup"
	"perch/app/config"
	"perch/app/control"
	"perch/app/service"
)

func (p *program) backupCommand() *cobra.Command {
	cmd := p.withJSON(&cobra.Command{
		Use: "backup [FILE]", Short: "Put journal, settings and secrets into one file, while the relay runs", Args: usage(cobra.MaximumNArgs(1)),
		Long: "Makes one file of the journal, perch.toml and the vault, reads it back, and says what is in it. Put it back with: perch restore.\n" +
			"Without FILE it goes into the folder that perch.toml names ([backup] folder), else into this one. Nothing is overwritten.\n" +
			"Secrets in the keyring are in it only with a passphrase: typed when asked, in the file that " + backup.EnvPassphraseFile + "\n" +
			"names, or with --passphrase-stdin. The file holds customers' messages: keep it where only you can read it.",
		RunE: func(cmd *cobra.Command, args []string) error { return p.backup(cmd.Context(), args) },
	})
	cmd.Flags().BoolVar(&p.phraseOnInput, "passphrase-stdin", false, "read the passphrase for the keyring's secrets from standard input")
	return cmd
}

func (p *program) backup(ctx context.Context, args []string) error {
	home, c, err := p.config()
	if err != nil {
		if _, homeErr := p.home(); homeErr != nil {
			return homeErr
		}
		// A configuration with mistakes is backed up as it is; where the secrets are, nobody knows then.
		if !errors.Is(err, fs.ErrNotExist) {
			p.Say("perch.toml cannot be read, and is backed up as it is: %s\n", sentence(err))
		}
	}
	to, err := backupPath(args, c)
	if err != nil {
		return err
	}
	phrase, err := p.backupPhrase(c)
	if err != nil {
		return err
	}
	made, err := p.makeBackup(ctx, home, c, control.BackupRequest{Path: to, Passphrase: phrase})
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(made)
	}
	p.showBackup(made, c)
	return nil
}

// backupPath is where a backup goes, as a full path: the relay may work in another folder.
func backupPath(args []string, c *config.Config) (string, error) {
	to := backup.Name(time.Now())
	switch {
	case len(args) == 1:
		to = args[0]
		if info, err := os.Stat(to); err == nil && info.IsDir() {
			to = filepath.Join(to, backup.Name(time.Now()))
		}
	case c != nil && c.Backup.Folder != "":
		to = filepath.Join(c.Backup.Folder, to)
	}
	return filepath.Abs(to)
}

// makeBackup lets the relay make it, or makes it where none runs. A service of the whole system has a /tmp of its own, which goes
// with it, and does not see what is in anybody's home: beside such a relay, this process makes it.
func (p *program) makeBackup(ctx context.Context, home config.Home, c *config.Config, r control.BackupRequest) (backup.Made, error) {
	client := control.NewClient(home.Socket())
	defer client.Close()
	if status, err := client.Status(ctx); err != nil || status.Service != service.SystemdSystem {
		made, err := client.Backup(ctx, r)
		if !errors.Is(err, control.ErrNotRunning) {
			return made, err
		}
	}
	o := backup.Options{Home: home, To: r.Path, Passphrase: r.Passphrase}
	if c != nil && c.Secrets == config.SecretsKeyring {
		var err error
		if o.Keyring, err = p.openStore(home, c); err != nil {
			return backup.Made{}, err
		}
		o.Channels = c.ChannelNames()
	}
	return backup.Make(ctx, o)
}

func (p *program) showBackup(made backup.Made, c *config.Config) {
	p.Print("The backup is %s (%s). It was read back whole.\n", made.Path, sizeText(made.Bytes))
	p.showManifest(made.Manifest)
	switch {
	case made.NoSecrets:
		p.Print("The secrets are in this computer's keyring and NOT in the backup. With a passphrase they are: perch backup asks for one in a terminal.\n")
	case made.Manifest.HasSecrets():
		p.Print("The keyring's secrets in it open with the passphrase that you gave: keep it elsewhere, nobody can recover it.\n")
	case made.Manifest.HasVault() && c != nil && c.Secrets == config.SecretsVault:
		p.Print("The vault in it opens with the passphrase that the vault has now: keep it elsewhere, nobody can recover it.\n")
	}
	p.Print("It holds customers' messages that anybody can read who has the file.\nPut it back with: perch restore %s\n", shellWord(made.Path))
}

// showManifest says what is in a backup.
func (p *program) showManifest(m backup.Manifest) {
	p.Print("Made %s on %s by Perch %s.\n", m.Made.Local().Format(time.DateTime), orDash(m.Host), m.Program)
	var names []string
	for _, one := range m.Members {
		names = append(names, one.Name+" ("+sizeText(one.Size)+")")
	}
	p.Print("In it: %s.\n", strings.Join(names, ", "))
	p.Print("Messages: %d. Posts as they came: %d.\n", m.Rows["message"], m.Rows["post"])
	for _, c := range m.Channels {
		p.Print("Channel %s: @%s (account %s)\n", c.Name, c.Handle, c.AccountID)
	}
}
