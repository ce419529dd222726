package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"perch/app/backup"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
)

// restoring is what a person wants of a restore.
type restoring struct {
	isList, isYes bool
	backup.RestoreOptions
}

func (p *program) restoreCommand() *cobra.Command {
	var r restoring
	cmd := p.withJSON(&cobra.Command{
		Use: "restore FILE", Short: "Put a backup back; the relay must not run, and starts paused afterwards", Args: usage(cobra.ExactArgs(1)),
		Long: "Reads the backup whole, says what would be replaced and which messages may go out twice, and asks. What it replaces is kept in a\n" +
			"folder before-restore-… beside the journal. Afterwards the relay starts paused: look, discard what has gone out, then perch resume.",
		RunE: func(cmd *cobra.Command, args []string) error {
			r.Path = args[0]
			return p.restore(cmd.Context(), r)
		},
	})
	f := cmd.Flags()
	f.BoolVar(&r.isList, "list", false, "only say what is in the file")
	f.BoolVar(&r.isYes, "yes", false, "do not ask")
	f.BoolVar(&r.OnlyJournal, "only-journal", false, "leave perch.toml and the secrets as they are")
	f.BoolVar(&r.WithoutSecrets, "without-secrets", false, "leave the secrets in the keyring as they are")
	f.BoolVar(&r.OtherAccount, "other-account", false, "restore although the backup is of another account at X")
	f.BoolVar(&p.phraseOnInput, "passphrase-stdin", false, "read the passphrase of the secrets in the backup from standard input")
	return cmd
}

func (p *program) restore(ctx context.Context, r restoring) error {
	if r.isList {
		return p.listBackup(ctx, r.Path)
	}
	if err := p.notInDemo("restore"); err != nil {
		return err
	}
	home, err := p.home()
	if err != nil {
		return err
	}
	r.Home, r.Passphrase = home, p.restorePhrase
	r.Keyring = func() (secret.Store, error) {
		return p.openStore(home, &config.Config{Secrets: config.SecretsKeyring})
	}
	r.Accounts = func(ctx context.Context) []backup.Channel { return configured(ctx, home, p.startLog()) }
	plan, err := backup.Prepare(ctx, r.RestoreOptions)
	if err != nil {
		return err
	}
	defer plan.Close()
	if !p.json {
		p.showPlan(plan)
	}
	if err := p.agree(plan, r.isYes); err != nil {
		return err
	}
	done, err := plan.Commit(ctx)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(restoredJSON{
			plan.Manifest, done.Kept, orEmpty(plan.Waiting), plan.Unread, orEmpty(plan.Lost), plan.Again, orEmpty(plan.Remarks),
		})
	}
	p.showRestored(plan, done)
	return nil
}

// restoredJSON is what scripts are told of a restore.
type restoredJSON struct {
	Manifest backup.Manifest  `json:"manifest"`
	Kept     string           `json:"kept"`
	Waiting  []backup.Waiting `json:"waiting"`
	Unread   int              `json:"unread"`
	Lost     []backup.Waiting `json:"lost"`
	Again    int              `json:"again"`
	Remarks  []string         `json:"remarks"`
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (p *program) listBackup(ctx context.Context, path string) error {
	m, err := backup.List(ctx, path)
	if err != nil {
		return err
	}
	if p.json {
		return p.JSON(m)
	}
	p.Print("%s is whole.\n", path)
	p.showManifest(m)
	return nil
}

// agree returns nil when a person agrees to what is replaced.
func (p *program) agree(plan *backup.Restore, isYes bool) error {
	what := plan.Replaces()
	if isYes || what == "" {
		return nil
	}
	return p.confirm("restore", fmt.Sprintf("This replaces %s; what is there now is kept. Go on?", what))
}

// finishRestore ends a restore that was interrupted, before anything is read that it replaces.
func (p *program) finishRestore() error {
	home, err := p.home()
	if err != nil {
		return err
	}
	finished, err := backup.Finish(home)
	if err != nil || finished == nil {
		return err
	}
	p.Say("A restore that was interrupted is finished now; %s.\n", finished.Sentence())
	p.Say("The relay is paused. Look with perch traffic --state queued, discard what has gone out, then: perch resume\n")
	return nil
}

const (
	// mostListed is how many messages are listed; perch traffic shows the others.
	mostListed = 50
	// kilobyte and megabyte are one, in bytes.
	kilobyte, megabyte = 1 << 10, 1 << 20
)

// sizeText shows a size.
func sizeText(n int64) string {
	if n < megabyte {
		return fmt.Sprintf("%.1f kB", float64(n)/kilobyte)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/megabyte)
}

func (p *program) showPlan(plan *backup.Restore) {
	p.showManifest(plan.Manifest)
	for _, remark := range plan.Remarks {
		p.Print("Note: %s.\n", remark)
	}
	if len(plan.Lost) > 0 {
		p.Print("\nNOT in this backup, and not settled in the journal that it replaces (%d); they stay in the copy that is kept:\n", len(plan.Lost))
		p.listWaiting(plan.Lost)
	}
	if len(plan.Waiting) > 0 {
		p.Print("\nWaiting in this backup (%d): whatever of it has gone out since would go out twice.\n", len(plan.Waiting))
		p.listWaiting(plan.Waiting)
	}
	if plan.Unread > 0 {
		p.Print("%d posts more were not taken apart yet: their messages wait after the start.\n", plan.Unread)
	}
	if plan.Again > 0 {
		p.Print("\nMessages from X that came after this backup and are settled here: %d. X gives them once more, as far as it does: after the start\n"+
			"they wait too, under new numbers, and would go to Motion twice. Discard those that Motion has.\n", plan.Again)
	}
	p.Print("\n")
}

func (p *program) listWaiting(list []backup.Waiting) {
	for _, w := range list[:min(len(list), mostListed)] {
		p.Print("%-6d %s  %-10s %-16s %-10s %s%s\n", w.ID, w.Received.Local().Format("2006-01-02 15:04"), arrow(w.Direction), "@"+w.Customer, w.State, w.Text, sinceNote(w))
	}
	if more := len(list) - mostListed; more > 0 {
		p.Print("… and %d more\n", more)
	}
}

// sinceNote says what the present journal knows of a message.
func sinceNote(w backup.Waiting) string {
	switch {
	case w.WentOut():
		return fmt.Sprintf("  [HAS GONE OUT since: perch discard %d]", w.ID)
	case w.Since == string(bridge.Discarded):
		return fmt.Sprintf("  [was given up since: perch discard %d]", w.ID)
	}
	return ""
}

func (p *program) showRestored(plan *backup.Restore, done backup.Finished) {
	p.Print("The backup of %s is in place.\nWhat was there before is in %s\n", plan.Manifest.Made.Local().Format("2006-01-02 15:04"), done.Kept)
	p.Print("\nThe relay starts paused: nothing goes out before you say so. Next:\n")
	p.Print("  perch start\n")
	p.Print("  perch traffic --state queued       what would go out; also --state undecided\n")
	p.Print("  perch discard NUMBER               for each that has gone out already\n")
	p.Print("  perch resume                       the rest goes out\n")
	p.Print("What came from X after the backup is fetched once more as far as X gives it, and waits there too.\n")
}
