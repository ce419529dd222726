// Package overview is the first page: what is connected, how much goes through, and what is wrong.
//
// It guarantees that the worst thing is said first, and that no number is shown that nobody knows.
package overview

import (
	"fyne.io/fyne/v2"

	"perch/ui/kit"
	"perch/ui/snapshot"
	"perch/ui/window"
)

// prefNoTray is set when it was read that this desktop shows no tray icons.
const prefNoTray = "no_tray"

// page is the first page: what is connected, and how much goes through.
type page struct {
	win  *window.Window
	root fyne.CanvasObject

	about                       *kit.Paragraph // as long as it is: the version stands at its end
	start, stop, restart, pause *kit.Button
	pauseMenu                   *kit.Button // beside pause: for how long
	hint, noTray, demo          *kit.Notice
	isTrayNoted                 bool // it was read that there is no tray
	chains                      *fyne.Container
	cards                       []*chainCard
	waiting, needYou, in, out   *figure
	chart                       *kit.Chart
	counts                      snapshot.Counts
	addresses                   *addressCard
}
