package traffic

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/kit"
	"perch/ui/picture"
	"perch/ui/window"
)

const (
	// pictureHeight is that of a picture in the pane, whether it is there already or not.
	pictureHeight = 180
	// maxPictures is how many pictures of a message are fetched by themselves; X allows four.
	maxPictures = 8
	// overlayPart is how much of the window's sides a picture takes that is shown large.
	overlayPart = 0.86
)

// filesView shows the files of one message: pictures as pictures, the others by name.
type filesView struct {
	win     *window.Window
	content *fyne.Container
	shown   string             // what is shown, so that nothing is fetched twice
	cancel  context.CancelFunc // ends the fetching of what is shown
	placed  []func()           // fetch what is shown and was not fetched
	// decoding is held while a picture is decoded, which is what takes memory.
	decoding sync.Mutex
}

func newFilesView(win *window.Window) *filesView {
	return &filesView{win: win, content: kit.VStack(10)}
}

// show shows the files of a message, and fetches its pictures unless they are shown already.
func (v *filesView) show(id int64, files []file) {
	v.place(id, files)
	v.fetchPlaced()
}

// fetchPlaced fetches the pictures that have a place, once.
func (v *filesView) fetchPlaced() {
	placed := v.placed
	v.placed = nil
	for _, fetch := range placed {
		fetch()
	}
}

// place shows the files of a message with places for its pictures.
func (v *filesView) place(id int64, files []file) {
	shown := fmt.Sprint(id, files)
	if v.shown == shown {
		return
	}
	v.leave()
	v.shown = shown
	ctx, cancel := context.WithCancel(v.win.Watch.Context())
	v.cancel = cancel
	for i, f := range files {
		foot := v.foot(id, f)
		if !f.IsPicture || i >= maxPictures {
			v.content.Add(container.NewStack(kit.NewGround(kit.Sunken, "", 8), kit.Pad(foot, 7, 10)))
			continue
		}
		box := kit.NewPicture(v.win.T("window.file.show", f.Name), v.win.T("window.file.loading"), pictureHeight)
		v.content.Add(kit.VStack(5, box, foot))
		v.placed = append(v.placed, func() { v.fetch(ctx, id, f, box) })
	}
	kit.Pick(len(files) == 0, v.content.Hide, v.content.Show)()
}

// stop ends the fetching; what is there stays until something else is shown.
func (v *filesView) stop() {
	if v.cancel != nil {
		v.cancel()
	}
	v.cancel, v.shown, v.placed = nil, "", nil
}

// leave ends the fetching and forgets the pictures.
func (v *filesView) leave() {
	v.stop()
	v.content.RemoveAll()
}

// foot is the line with name, type and size of a file, and the button that saves it.
func (v *filesView) foot(id int64, f file) fyne.CanvasObject {
	name := kit.CutText(f.Name, kit.TextSmall, kit.Ink)
	texts := kit.VStack(1, name, kit.CutText(f.About, kit.TextTiny, kit.Muted))
	save := kit.NewButton(v.win.T("window.file.save"), "down", kit.Plain, func() { v.save(id, f.N) }).Small()
	return container.NewBorder(nil, nil, kit.Pad(kit.Middle(kit.NewIcon("file", kit.Muted, 18)), 0, 4), kit.Middle(save), texts)
}

// fetch loads a picture in the background and puts it into its box.
func (v *filesView) fetch(ctx context.Context, id int64, f file, box *kit.Picture) {
	var p picture.Picture
	v.win.Watch.Do(func(context.Context) error {
		file, err := v.win.Relay.File(ctx, id, f.N)
		if err == nil {
			p, err = v.decode(ctx, file)
		}
		return err
	}, func(err error) {
		switch {
		case ctx.Err() != nil: // another message is shown by now
		case err != nil:
			box.SetText(v.why(err))
		default:
			box.OnTapped = func() { v.enlarge(id, f, p) }
			box.SetImage(p.Small)
		}
	})
}

// decode makes a picture of a file, one after another.
func (v *filesView) decode(ctx context.Context, file control.File) (picture.Picture, error) {
	v.decoding.Lock()
	defer v.decoding.Unlock()
	if ctx.Err() != nil {
		return picture.Picture{}, ctx.Err()
	}
	return picture.Decode(file.Data)
}

// why says in words why a picture is not shown.
func (v *filesView) why(err error) string {
	var tooLarge *picture.SizeError
	switch {
	case errors.As(err, &tooLarge):
		return v.win.T("window.file.large", tooLarge.Width, tooLarge.Height)
	case errors.Is(err, picture.ErrNoPicture):
		return v.win.T("window.file.broken")
	}
	return format.Problem(v.win.Explain(err))
}

// save writes a file into the folder for downloads and says where it is.
func (v *filesView) save(id int64, n int) {
	path := ""
	v.win.Watch.Do(func(ctx context.Context) error {
		file, err := v.win.Relay.File(ctx, id, n)
		if err == nil {
			path, err = v.win.Save(file.SafeName(id, n), file.Data)
		}
		return err
	}, func(err error) {
		if !v.win.ShowError(err) {
			v.win.Notify(format.Good, v.win.T("window.file.saved"), path)
		}
	})
}

// enlarge shows a picture over the window, until it is pressed or Escape is.
func (v *filesView) enlarge(id int64, f file, p picture.Picture) {
	v.win.CloseDialog()
	size := v.win.Canvas().Size()
	shut := func() { v.win.CloseDialog() }
	box := kit.NewPicture(f.Name, "", size.Height*overlayPart-60)
	box.OnTapped = shut
	box.SetImage(p.Large)
	name := kit.CutText(f.Name, kit.TextBody, kit.Ink)
	name.Bold = true
	about := kit.CutText(fmt.Sprintf("%s · %d × %d", f.About, p.Width, p.Height), kit.TextTiny, kit.Muted)
	save := kit.NewButton(v.win.T("window.file.save"), "down", kit.Plain, func() { v.save(id, f.N) }).Small()
	closer := kit.NewIconButton("close", v.win.T("window.close"), shut).Small()
	head := container.NewBorder(nil, nil, nil, kit.HStack(6, kit.Middle(save), kit.Middle(closer)), kit.VStack(1, name, about))
	content := container.NewBorder(kit.Pad(head, 0, 4), nil, nil, nil, kit.Pad(box, 8, 0))
	v.win.ShowDialog(kit.Pad(content, 8, 8), fyne.NewSize(size.Width*overlayPart, 0), closer)
}
