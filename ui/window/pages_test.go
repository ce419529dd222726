package window_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/ui/snapshot"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

// recorder is a page that writes down what it is told.
type recorder struct {
	fyne.CanvasObject
	told []string
}

func (p *recorder) Content() fyne.CanvasObject   { return p.CanvasObject }
func (p *recorder) Render(snapshot.Data)         {}
func (p *recorder) Shown(on bool)                { p.told = append(p.told, fmt.Sprint("shown ", on)) }
func (p *recorder) Find()                        { p.told = append(p.told, "find") }
func (p *recorder) Escape() bool                 { p.told = append(p.told, "escape"); return true }
func (p *recorder) Count(snapshot.Data) int      { return 1234 }
func (p *recorder) Configure(s control.Settings) { p.told = append(p.told, "configure "+s.Path) }
func (p *recorder) Browse(f snapshot.Filter, id int64) {
	p.told = append(p.told, fmt.Sprint("browse ", f.State, " ", id))
}

// TestPagesAreToldWhatTheyAskFor has a page with everything that a page may have, and one with nothing of it.
func TestPagesAreToldWhatTheyAskFor(t *testing.T) {
	p := &recorder{CanvasObject: container.NewStack()}
	r := rig.Must(t, nil, rig.Stub(window.Overview), window.Entry{Name: window.Traffic, New: func(*window.Window) window.Page { return p }})
	r.MustSee("999+")
	r.Find()
	r.Key(fyne.KeyEscape)
	r.Open(window.Traffic)
	if !window.IsChosen(r.Window, window.Traffic) || window.IsChosen(r.Window, window.Overview) {
		t.Error("the navigation shows another page")
	}
	r.Find()
	r.Key(fyne.KeyEscape)
	r.Open("no such page")
	r.Open(window.Overview)
	r.Browse(snapshot.Filter{State: "dead"}, 7)
	want := []string{"configure /home/admin/.config/perch/perch.toml", "shown true", "find", "escape", "shown false", "shown true", "browse dead 7"}
	if diff := cmp.Diff(want, p.told); diff != "" {
		t.Error(diff)
	}
}
