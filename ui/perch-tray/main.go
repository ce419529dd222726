// Command perch-tray is Perch's icon in the tray: how the relay is, and what can be done about it. Ending it leaves the
// relay as it is.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/getlantern/systray"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/single"
	"perch/app/version"
	"perch/bridge/visible"
	"perch/ui/translation"
	"perch/ui/tray/desktop"
	"perch/ui/tray/session"
)

// The exit codes.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, complaints io.Writer) int {
	flags := flag.NewFlagSet("perch-tray", flag.ContinueOnError)
	flags.SetOutput(complaints)
	homeFlag := flags.String("home", "", "folder for everything (default: $PERCH_HOME, else the usual folders)")
	wantsVersion := flags.Bool("version", false, "print the version")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitFine
	case err != nil:
		return exitUsage
	case flags.NArg() > 0:
		_, _ = fmt.Fprintf(complaints, "perch-tray: it takes no %q; see: perch-tray --help\n", flags.Arg(0))
		return exitUsage
	case *wantsVersion:
		_, _ = fmt.Fprintln(out, "perch-tray", version.Number)
		return exitFine
	}
	err := show(*homeFlag, slog.New(slog.NewTextHandler(complaints, nil)))
	switch {
	case errors.Is(err, desktop.ErrAlreadyRuns):
		_, _ = fmt.Fprintln(complaints, "perch-tray: it is in the tray already")
	case err != nil:
		_, _ = fmt.Fprintf(complaints, "perch-tray: %s\n", visible.Line(err.Error()))
		return exitFailed
	}
	return exitFine
}

// show is in the tray until somebody quits. The display comes first: the toolkit ends the process where there is none.
func show(homeFlag string, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := desk.CheckDisplay(ctx, os.Getenv); err != nil {
		return err
	}
	home, err := findHome(&homeFlag)
	if err != nil {
		return err
	}
	folder := filepath.Dir(home.Socket())
	lock, err := desktop.Lock(home.TrayLock())
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	programs := desk.Programs{Home: homeFlag, Env: os.Environ()}
	if err := prepareToolkit(filepath.Join(folder, "tray-icons")); err != nil {
		return err
	}
	s, closeAll := newSession(home, programs, log)
	defer closeAll()
	ended := make(chan struct{})
	systray.Run(func() {
		s.Run(ctx)
		close(ended)
		systray.Quit()
	}, nil)
	stop()
	<-ended
	return nil
}

// findHome also makes the folder of --home absolute, because it is handed on.
func findHome(flag *string) (config.Home, error) {
	if *flag != "" {
		folder, err := filepath.Abs(*flag)
		if err != nil {
			return config.Home{}, err
		}
		*flag = folder
	}
	home, err := config.FindHome(*flag)
	if err != nil {
		return home, err
	}
	return home, home.Enter()
}

// prepareToolkit sets the variables that the tray's library and its toolkit read, for this process alone. The library
// leaves the file of an icon behind when it is killed, so it gets a folder of its own; and the toolkit would load a
// graphics driver, 50 MB that a menu has no use for.
func prepareToolkit(icons string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	if err := os.RemoveAll(icons); err != nil {
		return err
	}
	if err := os.Mkdir(icons, 0o700); err != nil {
		return err
	}
	if os.Getenv("GDK_GL") == "" {
		if err := os.Setenv("GDK_GL", "disable"); err != nil {
			return err
		}
	}
	return os.Setenv("TMPDIR", icons)
}

// newSession puts the parts together. A click on a notification opens the window, as one in the menu does.
func newSession(home config.Home, programs desk.Programs, log *slog.Logger) (*session.Session, func()) {
	texts := translation.New("")
	t := texts.T
	client := control.NewClient(home.Socket())
	var s *session.Session
	d := desktop.New(desktop.Config{
		Programs: programs, Window: single.At(filepath.Dir(home.Socket()), os.Getenv), T: t, Log: log,
		Clicked: func(section string) { s.Open(section) },
	})
	m := newMenu(func(id string) { s.Click(id) })
	s = session.New(session.Options{
		Relay: client, Desktop: d, Show: m.show, T: t, Say: texts.Said, Log: log,
		Process: desktop.Relay{Programs: programs, Config: home.Config(), Socket: home.Socket(), Lock: home.Lock()},
		Login:   desk.Login{Programs: programs},
		Host:    func(ctx context.Context) desk.Answer { return desk.TrayHost(ctx, os.Getenv) },
		History: desktop.HistoryFile(filepath.Join(filepath.Dir(home.Socket()), "perch-tray.json")),
	})
	return s, func() {
		d.Close()
		client.Close()
	}
}
