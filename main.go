//go:build !js

// Command perch-window is Perch's window: it shows what the relay of a home does and steers it. Closing it touches nothing.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	fyneapp "fyne.io/fyne/v2/app"
	"golang.org/x/term"

	"perch/app/config"
	"perch/app/control"
	"perch/app/desk"
	"perch/app/kept"
	"perch/app/settings"
	"perch/app/version"
	"perch/bridge/visible"
	"perch/ui"
	"perch/ui/translation"
	"perch/ui/typeset"
	"perch/ui/window"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "perch-window:", visible.Line(err.Error()))
		os.Exit(1)
	}
}

func run() error {
	homeFlag := flag.String("home", "", "folder for everything (default: $PERCH_HOME, else the usual folders)")
	lang := flag.String("lang", "", "language: "+strings.Join(translation.Languages(), ", ")+" (default: the system's)")
	section := flag.String("section", "", "page to open: "+strings.Join(ui.Sections(), ", "))
	theme := flag.String("theme", "", "light or dark (default: the system's)")
	wantsVersion := flag.Bool("version", false, "print the version")
	flag.Parse()
	if *wantsVersion {
		_, err := fmt.Fprintln(os.Stdout, "perch-window", version.Number)
		return err
	}
	if err := desk.CheckDisplay(context.Background(), os.Getenv); err != nil {
		return err
	}
	home, err := config.FindHome(*homeFlag)
	if err != nil {
		return err
	}
	first, err := ui.First(context.Background(), home, *section, os.Stderr)
	if first == nil || err != nil {
		return err
	}
	defer func() { _ = first.Close() }() // the system does it too
	_, _ = typeset.ThisSystem()          // before Fyne does it, which on a full disk finds nothing
	client := control.NewClient(home.Socket())
	defer client.Close()
	local := settings.New(home)
	programs := desk.Programs{Home: *homeFlag, Passphrase: local.Passphrase}
	texts := translation.New(*lang)
	watchDrawing(first, programs, filepath.Dir(home.Journal()), texts)
	ui.New(ui.Options{
		Caller: first, App: fyneapp.NewWithID("io.github.perch.window"), Relay: kept.With(client, home), Settings: ui.FirstOf(client, local), Vault: local,
		Chat: ui.ChatOf(client, local), Login: ui.LoginThen(loginWith(local), client),
		Process: &ui.Command{Programs: programs}, Desktop: ui.ThisDesktop{Programs: programs},
		Texts: texts, LogPath: home.Log(), Fonts: typeset.ThisSystem,
		PreferencesPath: filepath.Join(filepath.Dir(home.Journal()), "window.json"), Section: *section, Theme: *theme, Exit: os.Exit,
	}).Run()
	return nil
}

// loginWith logs in from this computer: the browser comes back to it.
func loginWith(local *settings.Local) window.Login {
	return func(ctx context.Context, channel, clientID string, show func(string)) (string, error) {
		handle, _, err := local.Login(ctx, channel, settings.LoginRequest{
			ClientID: clientID, Show: func(address, _ string) { show(address) },
		})
		return handle, err
	}
}

// watchDrawing lets the page in the browser stand in for a window that cannot be drawn.
func watchDrawing(first ui.Caller, programs desk.Programs, folder string, texts *translation.Texts) {
	log.SetOutput(ui.WatchDrawing(os.Stderr, func() { //nolint:forbidigo // Fyne's log, which alone tells it
		page := ui.Page{
			Programs: programs, Folder: folder, T: texts.T, Browse: desk.OpenBrowser,
			Say: func(sentence string) { fmt.Fprintln(os.Stderr, "perch-window:", visible.Line(texts.Said(sentence))) },
		}
		if term.IsTerminal(int(os.Stderr.Fd())) {
			page.Terminal = os.Stderr
		}
		_ = first.Close() // nobody waits for a window that does not come
		os.Exit(page.Open(context.Background()))
	}))
}
