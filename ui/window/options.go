package window

import (
	"time"

	"fyne.io/fyne/v2"

	"perch/app/logtail"
	"perch/ui/translation"
	"perch/ui/typeset"
)

// Log is the relay's log, read from its end; see logtail.Reader.
type Log interface {
	Older(limit int) ([]logtail.Line, error)
	Newer(limit int) (lines []logtail.Line, again bool, err error)
	AtStart() bool
}

// Options are what a window is made of. App, Relay, Settings, Chat, Vault, Process, Desktop and Texts are needed.
type Options struct {
	App      fyne.App
	Relay    Relay
	Settings Settings
	Chat     Chat
	// Caller tells when somebody else would open the window; may be nil.
	Caller Caller
	// Login may be nil where nobody can log in.
	Login   Login
	Vault   Vault
	Process Process
	Desktop Desktop
	Texts   *translation.Texts
	// PreferencesPath is the path of the file in which the window keeps its size, section and theme; "" for nowhere.
	PreferencesPath string
	// Memory keeps them instead, where there are no files; nil for none.
	Memory Memory
	// Downloads is the folder into which files are saved; "" for the user's own.
	Downloads string
	// Save gives a file to the person and says where it is; nil puts it into Downloads.
	Save func(name string, data []byte) (where string, err error)
	// SignOut ends what the person has signed in to; nil where nobody signs in. What is not saved was asked about before.
	SignOut func()
	// OpenLog opens the log; nil reads the file.
	OpenLog func(path string, q logtail.Query) Log
	// LogPath is where the log is until the settings have told.
	LogPath string
	// Section is the section to open; "" for the one that was open last.
	Section string
	// Theme is kit.ModeLight or kit.ModeDark; "" for the remembered one.
	Theme string
	// Fonts looks the system's fonts up, for the scripts that Fyne's own do not hold; nil for Fyne's own only.
	Fonts func() (typeset.System, error)
	// Pen writes what Fyne's own fonts do not hold, where the system's cannot be read; nil for none.
	Pen typeset.Pen
	// Exit ends the program when Fyne does not within 2 s of the window's end; nil waits for ever.
	Exit func(code int)
	// Now is the time; nil for time.Now.
	Now func() time.Time
	// Post runs a function on Fyne's thread; nil for fyne.Do.
	Post func(func())
}
