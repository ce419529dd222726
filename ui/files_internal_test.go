package ui

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge"
	"perch/ui/kit"
	"perch/ui/uitest"
)

func (r *rig) box(what string) *kit.Picture {
	r.t.Helper()
	return find(r, what, func(*kit.Picture) bool { return true })
}

// step lets the background work end and what it has handed over run, but not what that begins.
func (r *rig) step() {
	r.t.Helper()
	r.watch.Wait()
	r.mu.Lock()
	posts := r.posts
	r.posts = nil
	r.mu.Unlock()
	for _, f := range posts {
		f()
	}
}

func TestAPictureIsShownAndEnlargedAndSaved(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Downloads")
	r := mustRig(t, func(o *Options, _ *rig) { o.Downloads = folder })
	r.goTo(sectionTraffic)
	id := r.idOf("annlee", "delivered")
	r.traffic().openMessage(id)
	r.settle()
	r.mustSee("parcel.jpg", "image/jpeg · ")
	r.mustNotSee("Loading the picture…")
	box := r.box("picture")
	if box.Image() == nil || box.Image().Bounds().Size() != image.Pt(600, 400) || box.AccessibilityLabel() != "Show parcel.jpg large" {
		t.Fatalf("%v %s", box.Image(), box.AccessibilityLabel())
	}
	for name, shut := range map[string]func(){
		"Escape":  func() { r.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"a click": func() { test.Tap(r.box("large picture")) },
		"Return":  func() { r.box("large picture").TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) },
	} {
		box.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		r.mustSee("960 × 640")
		if large := r.box("large picture"); large.Image().Bounds().Size() != image.Pt(960, 640) {
			t.Errorf("large is %v", large.Image().Bounds())
		}
		shut()
		if len(r.window.Canvas().Overlays().List()) != 0 || r.dialog != nil {
			t.Errorf("%s does not close it", name)
		}
	}
	if !r.traffic().escape() { // the picture's Escape has closed the picture only
		t.Error("the message is closed, too")
	}
	r.traffic().openMessage(id)
	r.settle()
	r.press("Save")
	path := filepath.Join(folder, fmt.Sprintf("%d-0-parcel.jpg", id))
	r.mustSee("Saved", path)
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, uitest.Parcel()) {
		t.Errorf("saved %d bytes, %v", len(data), err)
	}
	r.press("Save")
	r.mustSee("is there already", "Move it away")
}

func TestNothingJumpsWhileAPictureIsLoaded(t *testing.T) {
	r := mustRig(t, nil)
	asked, goOn := make(chan struct{}), make(chan struct{})
	r.relay.SetFiles(func(context.Context, int64, int) (control.File, error) {
		close(asked)
		<-goOn
		return control.File{Data: uitest.Parcel()}, nil
	})
	r.goTo(sectionTraffic)
	r.traffic().openMessage(r.idOf("annlee", "delivered"))
	r.step()
	<-asked
	r.mustSee("Loading the picture…")
	before := r.traffic().side.scroll.Content.MinSize().Height
	close(goOn)
	r.settle()
	if after := r.traffic().side.scroll.Content.MinSize().Height; after != before || r.box("picture").Image() == nil {
		t.Errorf("the pane is %v high while loading and %v then", before, after)
	}
}

func TestLeavingAMessageEndsTheLoading(t *testing.T) {
	for name, leave := range map[string]func(r *rig){
		"closed":        func(r *rig) { r.traffic().escape() },
		"another one":   func(r *rig) { r.traffic().openMessage(r.idOf("iris_v", "dead")) },
		"window closed": func(r *rig) { r.watch.Stop() },
	} {
		t.Run(name, func(t *testing.T) {
			r := mustRig(t, nil)
			asked := make(chan struct{})
			var ended error
			r.relay.SetFiles(func(ctx context.Context, _ int64, _ int) (control.File, error) {
				close(asked)
				<-ctx.Done()
				ended = ctx.Err()
				return control.File{}, ctx.Err()
			})
			r.goTo(sectionTraffic)
			r.traffic().openMessage(r.idOf("annlee", "delivered"))
			r.step()
			<-asked
			leave(r)
			r.settle()
			if ended == nil {
				t.Error("it goes on")
			}
			r.mustNotSee("canceled", "cancelled")
		})
	}
}

func huge(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 5000, 4000))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhyAPictureIsNotShown(t *testing.T) {
	tests := map[string]struct {
		file control.File
		err  error
		want string
	}{
		"gone": {
			err:  &bridge.Error{Message: "X does not have it any more", Remedy: "look at it on X"},
			want: "X does not have it any more. Look at it on X.",
		},
		"no picture": {file: control.File{Data: []byte("%PDF-1.7")}, want: "This is not a picture that can be shown."},
		"huge":       {file: control.File{Data: huge(t)}, want: "too large to be shown here (5000 × 4000)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := mustRig(t, nil)
			r.relay.SetFiles(func(context.Context, int64, int) (control.File, error) { return tt.file, tt.err })
			r.goTo(sectionTraffic)
			r.traffic().openMessage(r.idOf("annlee", "delivered"))
			r.settle()
			r.mustSee(tt.want, "parcel.jpg")
			box := r.box("place of the picture")
			test.Tap(box)
			if box.Image() != nil || r.dialog != nil {
				t.Error("a sentence is shown large")
			}
		})
	}
}

func TestFilesAreFetchedOnlyWhereTheyAreShown(t *testing.T) {
	r := mustRig(t, nil)
	var asked []int64
	r.relay.SetFiles(func(_ context.Context, id int64, _ int) (control.File, error) {
		asked = append(asked, id)
		return control.File{Data: uitest.Parcel()}, nil
	})
	r.goTo(sectionTraffic)
	video, photo := r.idOf("kim_lo", "dead"), r.idOf("annlee", "delivered")
	r.traffic().openMessage(video)
	r.settle()
	r.mustSee("unboxing.mp4", "video · 31.5 MB", "Save")
	r.traffic().openMessage(photo)
	r.settle()
	box := r.box("picture")
	r.traffic().side.load(photo) // as it does when the message changes
	r.settle()
	if r.box("picture") != box {
		t.Error("the picture is drawn anew")
	}
	if diff := cmp.Diff([]int64{photo}, asked); diff != "" {
		t.Error(diff)
	}
}

func TestBothSidesAreFoldedAndCopied(t *testing.T) {
	r := mustRig(t, nil)
	r.goTo(sectionTraffic)
	r.traffic().openMessage(r.idOf("annlee", "delivered"))
	r.settle()
	side := r.traffic().side.sides[0]
	all := strings.Count(side.side.JSON, "\n") + 1
	r.mustSee("From X", "To Motion", `"direct_message_events": [`, "POST https://motion.acme.example")
	r.mustNotSee(`"type": "message_create"`)
	r.press(fmt.Sprintf("Show all %d lines", all))
	r.mustSee(`"type": "message_create"`)
	r.press("Show less")
	r.mustNotSee(`"type": "message_create"`)
	test.Tap(side.copy)
	if got := r.App.Clipboard().Content(); got != side.side.JSON {
		t.Errorf("copied %q", got)
	}
	test.Tap(r.traffic().side.sides[1].copy)
	if got := r.App.Clipboard().Content(); !strings.Contains(got, `"body": "Thank you so much, it is here!"`) || !strings.Contains(got, `"AttachmentId"`) {
		t.Errorf("copied %q", got)
	}
	r.press("From X")
	r.mustNotSee(`"direct_message_events": [`)
	r.press("From X")
	r.mustSee(`"direct_message_events": [`)
}

func TestLongJSONIsCutOnScreenOnly(t *testing.T) {
	r := mustRig(t, nil)
	pane := newJSONPane(r.UI)
	side := r.traffic().side.sides[0].side
	side.JSON = strings.Repeat("x\n", 999) + "x"
	pane.show(side, true)
	pane.isWhole = true
	pane.refresh()
	if n := len(pane.lines.Objects); n != maxJSONLines+1 || pane.lines.Objects[n-1].(*kit.Text).Text() != "… and 700 more lines. Copy takes them all." {
		t.Errorf("%d lines", n)
	}
}

func TestDownloadsGoWhereTheDesktopSays(t *testing.T) {
	home := t.TempDir()
	find := func(env map[string]string) string {
		return downloads(func(name string) string { return env[name] }, func() (string, error) { return home, nil })
	}
	if got := find(nil); got != filepath.Join(home, "Downloads") {
		t.Errorf("without a word of the desktop: %s", got)
	}
	config := filepath.Join(home, "elsewhere")
	for line, want := range map[string]string{
		`XDG_DOWNLOAD_DIR="$HOME/Scaricati"`: filepath.Join(home, "Scaricati"), `XDG_DOWNLOAD_DIR="/data/in"`: "/data/in",
		`XDG_DOWNLOAD_DIR="nonsense"`: filepath.Join(home, "Downloads"), `# XDG_DOWNLOAD_DIR="/data"`: filepath.Join(home, "Downloads"),
	} {
		if err := os.MkdirAll(config, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(config, "user-dirs.dirs"), []byte("# written by a tool\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := find(map[string]string{"XDG_CONFIG_HOME": config}); got != want {
			t.Errorf("%s: %s", line, got)
		}
	}
}
