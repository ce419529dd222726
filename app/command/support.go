package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/doctor"
	"perch/app/export"
	"perch/app/kept"
	"perch/app/support"
	"perch/bridge/secret"
)

const opSupport = "make the support file"

// supporting is what a person wants of a support file.
type supporting struct{ withMessages, isYes, isForced bool }

func (p *program) supportCommand() *cobra.Command {
	var o supporting
	cmd := p.withJSON(&cobra.Command{
		Use: "support [FILE.zip]", Short: "Put all that helps to find out what is wrong into one file, without secrets and customers", Args: usage(cobra.MaximumNArgs(1)),
		Long: "Makes a zip file of the status, what perch doctor finds, the settings, the log, versions and counts, whatever state Perch is in. What looks\n" +
			"like a secret is left out, and so are texts, handles and ids of customers. Look into it before you give it away: it is all text.",
		RunE: func(cmd *cobra.Command, args []string) error { return p.support(cmd.Context(), args, o) },
	})
	f := cmd.Flags()
	f.BoolVar(&o.withMessages, "with-messages", false, fmt.Sprintf("add the last %d messages with what customers and agents wrote", support.LastMessages))
	f.BoolVar(&o.isYes, "yes", false, "do not ask before messages are added")
	f.BoolVar(&o.isForced, "force", false, "replace a file that is there already")
	return cmd
}

// supportJSON is what went into a support file.
type supportJSON struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	support.Report
}

func (p *program) support(ctx context.Context, args []string, o supporting) error {
	home, err := p.home()
	if err != nil {
		return err
	}
	if o.withMessages && !o.isYes && p.isTerminal() {
		question := fmt.Sprintf("The file will hold the last %d messages, with what customers and agents wrote. Go on?", support.LastMessages)
		if err := p.confirm(opSupport, question); err != nil {
			return err
		}
	}
	path := time.Now().Format("perch-support-20060102-150405.zip")
	if len(args) == 1 {
		path = args[0]
	}
	client := control.NewClient(home.Socket())
	defer client.Close()
	options := p.supportOptions(ctx, home, client)
	options.WithMessages = o.withMessages
	done := supportJSON{Path: path}
	saved, err := export.File(ctx, opSupport, path, o.isForced, func(w io.Writer) (err error) {
		done.Report, err = support.Write(ctx, w, options)
		return err
	})
	if err != nil {
		return err
	}
	done.Bytes = saved.Bytes
	if p.json {
		return p.JSON(done)
	}
	p.showSupport(done, o)
	return nil
}

// supportOptions are where the parts come from. What is broken is said in the file.
func (p *program) supportOptions(ctx context.Context, home config.Home, client *control.Client) support.Options {
	relay := kept.With(client, home)
	setup := p.doctorSetup(ctx, home, client)
	store := setup.Secrets
	if store == nil && home.HasVault() { // settings that cannot be read do not say where the secrets are
		store, _ = p.openStore(home, &config.Config{Secrets: config.SecretsVault}) // without it, values are known by their looks
	}
	person, _ := os.UserHomeDir() // "" is fine
	o := support.Options{
		Home: home, Status: relay.Status, Messages: relay.Messages, Person: person, Now: time.Now(),
		Doctor: func(ctx context.Context) ([]doctor.Finding, error) { return examine(ctx, setup), nil },
		Values: append(knownValues(ctx, store), p.knownPhrases(home)...),
	}
	o.Secrets = func(ctx context.Context) (map[string]bool, error) {
		if store == nil {
			return nil, errors.Join(setup.SecretsErr, setup.ConfigErr)
		}
		return setSecrets(ctx, store, setup.Config)
	}
	if setup.Config != nil {
		o.Log = setup.Config.LogFile
	}
	return o
}

// knownValues are all secrets of a store that gives them out.
func knownValues(ctx context.Context, store secret.Store) (values []string) {
	if store == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	keys, _ := store.List(ctx) // none are known of one that does not open
	for _, key := range keys {
		if value, err := store.Get(ctx, key); err == nil {
			values = append(values, value)
		}
	}
	return values
}

// knownPhrases is the vault's passphrase where nobody has to be asked for it.
func (p *program) knownPhrases(home config.Home) []string {
	if !secret.HasPassphrase(home.Passphrase()) {
		return nil
	}
	phrase, err := p.ask(home)(false)
	if err != nil {
		return nil
	}
	return []string{phrase}
}

// setSecrets tells which secrets have a value, by their names.
func setSecrets(ctx context.Context, store secret.Store, c *config.Config) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	keys, err := store.List(ctx)
	if err != nil {
		return nil, err
	}
	set := map[string]bool{}
	for _, name := range secret.GlobalNames() {
		set[name] = false
	}
	if c != nil {
		for _, channel := range c.ChannelNames() {
			for _, name := range secret.ChannelNames() {
				set[secret.Key{Channel: channel, Name: name}.String()] = false
			}
		}
	}
	for _, key := range keys {
		set[key.String()] = true
	}
	return set, nil
}

func (p *program) showSupport(done supportJSON, o supporting) {
	p.Print("The support file is %s (%s). In it: %s.\n", done.Path, sizeText(done.Bytes), strings.Join(done.Parts, ", "))
	for _, one := range done.Missing {
		p.Print("Not in it: %s. %s\n", one.Part, one.Why)
	}
	if o.withMessages {
		p.Print("IT HOLDS MESSAGES: texts, handles and ids of customers. Give it only to who may read them. ")
	} else {
		p.Print("Texts, handles and ids of customers are left out. ")
	}
	p.Print("Secrets are left out, as far as a program can tell: look into it before you give it away. Its README.txt says what is what.\n")
}
