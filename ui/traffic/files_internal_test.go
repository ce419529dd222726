package traffic

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"perch/app/control"
	"perch/bridge"
	"perch/ui/kit"
	"perch/ui/uitest"
	"perch/ui/uitest/rig"
	"perch/ui/window"
)

func pictureBox(r *rig.Rig, what string) *kit.Picture {
	return rig.Find(r, what, func(*kit.Picture) bool { return true })
}

func TestAPictureIsShownAndEnlargedAndSaved(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Downloads")
	r, p := mustPage(t, func(o *window.Options, _ *rig.Rig) { o.Downloads = folder })
	r.Refresh()
	id := r.IDOf("annlee", "delivered")
	p.openMessage(id)
	r.Settle()
	r.MustSee("parcel.jpg", "image/jpeg · ")
	r.MustNotSee("Loading the picture…")
	box := pictureBox(r, "picture")
	if box.Image() == nil || box.Image().Bounds().Size() != image.Pt(600, 400) || box.AccessibilityLabel() != "Show parcel.jpg large" {
		t.Fatalf("%v %s", box.Image(), box.AccessibilityLabel())
	}
	for name, shut := range map[string]func(){
		"Escape":  func() { r.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape}) },
		"a click": func() { test.Tap(pictureBox(r, "large picture")) },
		"Return":  func() { pictureBox(r, "large picture").TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) },
	} {
		box.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
		r.MustSee("960 × 640")
		if large := pictureBox(r, "large picture"); large.Image().Bounds().Size() != image.Pt(960, 640) {
			t.Errorf("large is %v", large.Image().Bounds())
		}
		shut()
		if len(r.Canvas().Overlays().List()) != 0 || r.CloseDialog() {
			t.Errorf("%s does not close it", name)
		}
	}
	if !p.Escape() { // the picture's Escape has closed the picture only
		t.Error("the message is closed, too")
	}
	p.openMessage(id)
	r.Settle()
	r.Press("Save")
	path := filepath.Join(folder, fmt.Sprintf("%d-0-parcel.jpg", id))
	r.MustSee("Saved", path)
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, uitest.Parcel()) {
		t.Errorf("saved %d bytes, %v", len(data), err)
	}
	r.Press("Save")
	r.MustSee("is there already", "Move it away")
}

func TestNothingJumpsWhileAPictureIsLoaded(t *testing.T) {
	r, p := mustPage(t, nil)
	asked, goOn := make(chan struct{}), make(chan struct{})
	r.Relay.SetFiles(func(context.Context, int64, int) (control.File, error) {
		close(asked)
		<-goOn
		return control.File{Data: uitest.Parcel()}, nil
	})
	r.Refresh()
	p.openMessage(r.IDOf("annlee", "delivered"))
	r.Step()
	<-asked
	r.MustSee("Loading the picture…")
	before := p.pane.scroll.Content.MinSize().Height
	close(goOn)
	r.Settle()
	if after := p.pane.scroll.Content.MinSize().Height; after != before || pictureBox(r, "picture").Image() == nil {
		t.Errorf("the pane is %v high while loading and %v then", before, after)
	}
}

func TestLeavingAMessageEndsTheLoading(t *testing.T) {
	for name, leave := range map[string]func(r *rig.Rig, p *page){
		"closed":        func(_ *rig.Rig, p *page) { p.Escape() },
		"another one":   func(r *rig.Rig, p *page) { p.openMessage(r.IDOf("iris_v", "dead")) },
		"window closed": func(r *rig.Rig, _ *page) { r.Watch.Stop() },
	} {
		t.Run(name, func(t *testing.T) {
			r, p := mustPage(t, nil)
			asked := make(chan struct{})
			var ended error
			r.Relay.SetFiles(func(ctx context.Context, _ int64, _ int) (control.File, error) {
				close(asked)
				<-ctx.Done()
				ended = ctx.Err()
				return control.File{}, ctx.Err()
			})
			r.Refresh()
			p.openMessage(r.IDOf("annlee", "delivered"))
			r.Step()
			<-asked
			leave(r, p)
			r.Settle()
			if ended == nil {
				t.Error("it goes on")
			}
			r.MustNotSee("canceled", "cancelled")
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
			r, p := mustPage(t, nil)
			r.Relay.SetFiles(func(context.Context, int64, int) (control.File, error) { return tt.file, tt.err })
			r.Refresh()
			p.openMessage(r.IDOf("annlee", "delivered"))
			r.Settle()
			r.MustSee(tt.want, "parcel.jpg")
			box := pictureBox(r, "place of the picture")
			test.Tap(box)
			if box.Image() != nil || len(r.Canvas().Overlays().List()) != 0 {
				t.Error("a sentence is shown large")
			}
		})
	}
}

func TestFilesAreFetchedOnlyWhereTheyAreShown(t *testing.T) {
	r, p := mustPage(t, nil)
	var asked []int64
	r.Relay.SetFiles(func(_ context.Context, id int64, _ int) (control.File, error) {
		asked = append(asked, id)
		return control.File{Data: uitest.Parcel()}, nil
	})
	r.Refresh()
	video, photo := r.IDOf("kim_lo", "dead"), r.IDOf("annlee", "delivered")
	p.openMessage(video)
	r.Settle()
	r.MustSee("unboxing.mp4", "video · 31.5 MB", "Save")
	p.openMessage(photo)
	r.Settle()
	box := pictureBox(r, "picture")
	p.pane.load(photo) // as it does when the message changes
	r.Settle()
	if pictureBox(r, "picture") != box {
		t.Error("the picture is drawn anew")
	}
	if diff := cmp.Diff([]int64{photo}, asked); diff != "" {
		t.Error(diff)
	}
}
