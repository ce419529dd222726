package command

import (
	"context"
	"errors"

	"perch/app/config"
	"perch/app/control"
	"perch/app/service"
)

// doService starts, stops or restarts the relay by its service, and says so.
func (p *program) doService(ctx context.Context, s service.Service, verb service.Verb) error {
	if err := s.Do(ctx, verb); err != nil {
		return err
	}
	if verb == service.Stop {
		p.Print("The service has stopped.\n")
		return nil
	}
	p.Print("The relay is running as a service.\n")
	return nil
}

// stopService stops the service of the home, if there is one, and reports whether it ran. Where this user may not do that
// but may speak to the relay, the relay is asked to end, after which the service stays stopped too.
func (p *program) stopService(ctx context.Context, client *control.Client) (bool, error) {
	home, err := p.home()
	if err != nil {
		return false, err
	}
	s := service.Find(home)
	if s == nil {
		return false, nil
	}
	state, err := s.Status(ctx)
	isUp := err == nil && (state.Running || state.PID != 0 || state.Detail != "")
	if err == nil && isUp {
		err = s.Do(ctx, service.Stop)
	}
	if err == nil {
		return isUp, nil
	}
	if _, askErr := client.Status(ctx); askErr == nil {
		return false, nil // p.stop asks the relay itself
	}
	return false, err
}

// restartService restarts the relay by its service. One that runs beside the service makes room for it.
func (p *program) restartService(ctx context.Context, client *control.Client, s service.Service) error {
	status, err := client.Status(ctx)
	if err == nil && status.Service == "" {
		if err := p.stop(ctx, client); err != nil && !errors.Is(err, control.ErrNotRunning) {
			return err
		}
	}
	return p.doService(ctx, s, service.Restart)
}

// serviceKind is the kind of the home's service; "" for none.
func (p *program) serviceKind(ctx context.Context, home config.Home) string {
	s := service.Find(home)
	if s == nil {
		return ""
	}
	state, _ := s.Status(ctx) // the kind is known also where the manager does not answer
	return state.Kind
}

func (p *program) serviceStatus(ctx context.Context, f *serviceFlags) error {
	home, err := p.serviceHome(f)
	if err != nil {
		return err
	}
	s := service.Find(home)
	if s == nil {
		if s, err = service.For(home, f.isSystem); err != nil {
			return err
		}
	}
	state, err := s.Status(ctx)
	if !state.Running {
		p.exit = exitNotRunning
	}
	if p.json {
		if err == nil {
			err = p.JSON(state)
		}
		return err
	}
	p.showService(state, err == nil)
	return err
}

func (p *program) showService(s service.State, isKnown bool) {
	if !s.Installed {
		p.Print("No service is installed for %s. Make one with: perch service install\n", s.Home)
		if s.Problem != "" {
			p.Print("PROBLEM: %s\n", s.Problem)
		}
		return
	}
	switch {
	case !isKnown:
		p.Print("There is a service.\n")
	case s.Running:
		p.Print("The service is running (process %d).\n", s.PID)
	default:
		p.Print("The service is not running. Start it with: perch service start%s\n", map[bool]string{true: " --system"}[s.Kind == service.SystemdSystem])
	}
	if s.Problem != "" {
		p.Print("PROBLEM: %s\n", s.Problem)
	}
	if s.Detail != "" {
		p.Print("It says: %s\n", s.Detail)
	}
	t := p.Table()
	t.Row("  Kind\t%s", s.Kind)
	t.Row("  Unit\t%s", s.Unit)
	t.Row("  Works on\t%s", s.Home)
	if isKnown {
		t.Row("  Starts with the computer\t%s", yesNo(s.Enabled && s.Lingering))
	}
	t.Flush()
	if isKnown && !s.Lingering {
		p.Print("%s\n", s.Lasting())
	}
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
