package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"perch/ui/picture"
)

func drawn(w, h int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 100, 255})
		}
	}
	return m
}

func encoded(t *testing.T, kind string, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, drawn(w, h))
	case "jpeg":
		err = jpeg.Encode(&b, drawn(w, h), nil)
	case "gif":
		frame := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
		err = gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreScaledDownAndNeverUp(t *testing.T) {
	for _, tt := range []struct {
		kind         string
		w, h         int
		small, large image.Point
	}{
		{"png", 64, 48, image.Pt(64, 48), image.Pt(64, 48)},
		{"jpeg", 3200, 1600, image.Pt(800, 400), image.Pt(1600, 800)},
		{"gif", 300, 900, image.Pt(133, 400), image.Pt(300, 900)},
		{"png", 4000, 2, image.Pt(800, 1), image.Pt(1600, 1)},
		{"png", 1, 3000, image.Pt(1, 400), image.Pt(1, 1600)},
	} {
		p, err := picture.Decode(encoded(t, tt.kind, tt.w, tt.h))
		if err != nil || p.Width != tt.w || p.Height != tt.h || p.Small.Bounds().Size() != tt.small || p.Large.Bounds().Size() != tt.large {
			t.Errorf("%s of %d by %d: %v, small %v, large %v", tt.kind, tt.w, tt.h, err, p.Small.Bounds(), p.Large.Bounds())
		}
	}
}

func TestColoursStay(t *testing.T) {
	p, err := picture.Decode(encoded(t, "png", 200, 200))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := p.Small.At(150, 20).RGBA(); r>>8 != 150 || g>>8 != 20 || b>>8 != 100 {
		t.Errorf("%d %d %d", r>>8, g>>8, b>>8)
	}
}

// bomb is a PNG of a few bytes that says it has that many pixels.
func bomb(w, h uint32) []byte {
	head := make([]byte, 0, 17)
	head = append(head, "IHDR"...)
	head = binary.BigEndian.AppendUint32(head, w)
	head = binary.BigEndian.AppendUint32(head, h)
	head = append(head, 8, 6, 0, 0, 0)
	data := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	data = append(data, head...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(head))
}

func TestBombsAreNotDecoded(t *testing.T) {
	for _, size := range [][2]uint32{{60_000, 60_000}, {4097, 4096}, {1 << 30, 1}} {
		_, err := picture.Decode(bomb(size[0], size[1]))
		var tooLarge *picture.SizeError
		if !errors.As(err, &tooLarge) || tooLarge.Width != int(size[0]) {
			t.Errorf("%v: %v", size, err)
		}
	}
	if _, err := picture.Decode(bomb(4096, 4096)); !errors.Is(err, picture.ErrNoPicture) {
		t.Errorf("half a picture: %v", err)
	}
}

func TestWhatIsNoPicture(t *testing.T) {
	whole := encoded(t, "png", 64, 48)
	for _, data := range [][]byte{nil, []byte("%PDF-1.7"), []byte("<html>"), whole[:len(whole)/2], encoded(t, "gif", 10, 10)[:20]} {
		if _, err := picture.Decode(data); !errors.Is(err, picture.ErrNoPicture) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	_ = png.Encode(&b, drawn(8, 8))
	f.Add(b.Bytes())
	f.Add(bomb(60_000, 60_000))
	f.Add([]byte("GIF89a\x01\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := picture.Decode(data)
		if err != nil {
			return
		}
		small, large := p.Small.Bounds().Size(), p.Large.Bounds().Size()
		if small.X > picture.SmallWidth || small.Y > picture.SmallHeight || large.X > picture.LargeSide || large.Y > picture.LargeSide {
			t.Errorf("%v and %v are too large", small, large)
		}
	})
}
