package command

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"perch/app/config"
	"perch/app/control"
	"perch/app/daemon"
	"perch/app/service"
	"perch/bridge"
)

// serviceFlags are the flags of perch service.
type serviceFlags struct {
	isSystem, isNow bool
	// isAny means the service of this computer, whichever folder it works on.
	isAny bool
}

func (p *program) serviceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "service", Short: "Run the relay as a service, so that it comes back by itself", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	f := &serviceFlags{}
	install := p.withPassphrase(&cobra.Command{
		Use: "install", Short: "Make the service and start it, or bring it up to date", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.installService(cmd.Context(), f) },
	})
	install.Flags().BoolVar(&f.isNow, "now", false, "stop a relay that runs by itself first")
	cmd.AddCommand(
		install,
		&cobra.Command{
			Use: "uninstall", Short: "Stop the service and remove it; the folder with your settings and messages stays", Args: usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return p.uninstallService(cmd.Context(), f) },
		},
		p.serviceVerb(f, service.Start, "Start the service"),
		p.serviceVerb(f, service.Stop, "Stop the service; it stays stopped until it is started or the computer restarts"),
		p.withJSON(&cobra.Command{
			Use: "status", Short: "Say how the service is (exit 3: it is not running)", Args: usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return p.serviceStatus(cmd.Context(), f) },
		}),
	)
	p.addManaged(cmd, f)
	cmd.PersistentFlags().BoolVar(&f.isSystem, "system", false, "a service of the whole system, its home being "+cmp.Or(service.SettingOf(true).Home, "yours"))
	return cmd
}

func (p *program) serviceVerb(f *serviceFlags, verb service.Verb, short string) *cobra.Command {
	return &cobra.Command{Use: string(verb), Short: short, Args: usage(cobra.NoArgs), RunE: func(cmd *cobra.Command, _ []string) error {
		home, err := p.serviceHome(f)
		if err != nil {
			return err
		}
		s, err := p.installedService(home, f)
		if err != nil {
			return err
		}
		if verb == service.Start {
			if err := alone(cmd.Context(), home, "stop it first with: perch stop"); err != nil {
				return err
			}
		}
		return p.doService(cmd.Context(), s, verb)
	}}
}

// serviceHome is the home that perch service works on. A service of the system has its own unless one is named.
func (p *program) serviceHome(f *serviceFlags) (config.Home, error) {
	if f.isAny {
		return anyHome()
	}
	if flag := service.SettingOf(f.isSystem).Home; flag != "" && p.homeFlag == "" {
		return config.FindHome(flag)
	}
	return p.home()
}

// installedService finds the service, in the scope that was asked for or in any.
func (p *program) installedService(home config.Home, f *serviceFlags) (service.Service, error) {
	s := service.Find(home)
	if s == nil {
		remedy := "make one with: perch service install"
		if f.isSystem {
			remedy = "make one with: perch service install --system, as root or as administrator"
		}
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "service", Message: "no service is installed for " + filepath.Dir(home.Lock()), Remedy: remedy}
	}
	return s, nil
}

func (p *program) installService(ctx context.Context, f *serviceFlags) error {
	if os.Getenv("SUDO_USER") != "" && os.Getuid() == 0 && !f.isSystem {
		return &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "service", Message: "by sudo this would be a service of root, on root's settings",
			Remedy: "type it without sudo for a service of your own, or with --system for one of the whole system",
		}
	}
	home, err := p.serviceHome(f)
	if err != nil {
		return err
	}
	s, err := service.For(home, f.isSystem)
	if err != nil {
		return err
	}
	plan, err := p.servicePlan(f)
	if err != nil {
		return err
	}
	if f.isSystem && !service.IsAdministrator() {
		_, err := s.Install(ctx, plan) // it says so; this account may not even look
		return err
	}
	if err := p.notInDemo("service"); err != nil {
		return err
	}
	if plan.Passphrase, err = p.servicePassphrase(ctx, home, f); err != nil {
		return err
	}
	if plan.MakeRoom, err = p.makeRoom(ctx, home, f); err != nil {
		return err
	}
	steps, err := s.Install(ctx, plan)
	for _, step := range steps {
		p.Print("%s\n", step)
	}
	return err
}

// servicePlan is what the service is made of, but for the passphrase.
func (p *program) servicePlan(f *serviceFlags) (service.Plan, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return service.Plan{}, err
	}
	flag := cmp.Or(p.homeFlag, service.SettingOf(f.isSystem).Home)
	plan, err := service.UserPlan(self, flag, os.Getenv)
	if err != nil {
		return plan, err
	}
	plan.TakeOver = f.isSystem && p.homeFlag != ""
	return plan, nil
}

// servicePassphrase makes sure that the service will be able to open its secrets, and returns the passphrase to keep.
func (p *program) servicePassphrase(ctx context.Context, home config.Home, f *serviceFlags) (string, error) {
	refuse := func(message, remedy string) error {
		return &bridge.Error{Kind: bridge.Operator, Side: bridge.SidePerch, Op: "service", Message: message, Remedy: remedy}
	}
	self, setting := "perch", service.SettingOf(f.isSystem)
	switch {
	case setting.HasAccount:
		self = "sudo perch --home " + filepath.Dir(home.Lock())
	case setting.Home != "":
		self = `perch --home "` + filepath.Dir(home.Lock()) + `"`
	}
	c, err := config.Load(home.Config())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", refuse("Perch is not set up yet: there is no "+home.Config(), "begin with: "+self+" init")
	case err != nil:
		return "", err
	case c.Secrets != config.SecretsVault && setting.ReadsKeyring:
		return "", p.checkSecrets(ctx, home, c)
	case c.Secrets != config.SecretsVault:
		return "", refuse("the secrets are in the keyring, and a service has none that somebody has unlocked", "move them: "+self+" secret move vault")
	case !home.HasVault():
		return "", refuse("no key is stored yet", "store them: "+self+" secret set x.consumer_key, and so on (perch init names them)")
	case p.phraseOnInput && !setting.HasAccount:
		return "", refuse("this service takes the passphrase that Perch keeps", "let Perch keep it: "+self+" secret keep")
	case p.phraseOnInput:
		return p.passphraseFor(ctx, home, c)
	case home.KeepsPassphrase():
		_, err := p.passphraseFor(ctx, home, c) // it is tried
		return "", err
	case setting.HasAccount && service.HasCredential():
		return "", nil
	case setting.HasAccount:
		return "", refuse("the service could not open the vault: nobody is there to type its passphrase",
			"let Perch keep it: "+self+" secret keep; or hand it over, to be read by root alone: add --passphrase-stdin")
	}
	return "", refuse("the service could not open the vault: nobody is there to type its passphrase", "let Perch keep it: "+self+" secret keep")
}

// alone refuses to start a service beside a relay that was started by itself.
func alone(ctx context.Context, home config.Home, remedy string) error {
	client := control.NewClient(home.Socket())
	defer client.Close()
	status, err := client.Status(ctx)
	if err != nil || status.Service != "" {
		return nil // nobody answers, or it is the service that is there already
	}
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: "service", Message: "a relay runs already that was started by itself", Remedy: remedy,
	}
}

// makeRoom returns what ends a relay that runs by itself on the home, when it may; nil where none runs.
func (p *program) makeRoom(ctx context.Context, home config.Home, f *serviceFlags) (func(context.Context) error, error) {
	err := alone(ctx, home, "stop it first with perch stop, or let this command do it: add --now")
	if err == nil || !f.isNow {
		return nil, err
	}
	return func(ctx context.Context) error {
		client := control.NewClient(home.Socket())
		defer client.Close()
		if err := daemon.Stop(ctx, client, home); err != nil {
			return err
		}
		p.Print("Stopped the relay that was started by itself.\n")
		return nil
	}, nil
}

func (p *program) uninstallService(ctx context.Context, f *serviceFlags) error {
	home, err := p.serviceHome(f)
	if err != nil {
		return err
	}
	found := service.Find(home)
	if found == nil || f.isSystem {
		if found, err = service.For(home, f.isSystem); err != nil {
			return err
		}
	}
	steps, err := found.Uninstall(ctx)
	for _, step := range steps {
		p.Print("%s\n", step)
	}
	return err
}
