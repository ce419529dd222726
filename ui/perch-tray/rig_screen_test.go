//go:build desktop

package main_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// screen returns a picture of the whole screen.
func (r *rig) screen() (image.Image, []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "import", "-window", "root", "png:-")
	cmd.Env = r.env
	data, err := cmd.Output()
	if err != nil {
		r.t.Fatal("screenshot:", err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		r.t.Fatal(err)
	}
	return img, data
}

// screenshot keeps a picture in the folder that PERCH_SCREENSHOTS names.
func (r *rig) screenshot(name string) {
	folder := os.Getenv("PERCH_SCREENSHOTS")
	if folder == "" {
		return
	}
	_, data := r.screen()
	name = strings.ReplaceAll(r.t.Name(), "/", "-") + "-" + name + ".png"
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		r.t.Error(err)
	}
}

// The colours of the signs, as they are in the icons.
var (
	green = color.RGBA{0x2a, 0x9d, 0x4e, 0xff}
	amber = color.RGBA{0xe0, 0x8e, 0x00, 0xff}
	red   = color.RGBA{0xe2, 0x2d, 0x3a, 0xff}
)

// find returns the middle of the pixels of a colour on the screen, and how many there are.
func (r *rig) find(c color.RGBA) (x, y, n int) {
	img, _ := r.screen()
	b := img.Bounds()
	for py := b.Min.Y; py < b.Max.Y; py++ {
		for px := b.Min.X; px < b.Max.X; px++ {
			red, green, blue, _ := img.At(px, py).RGBA()
			if near(red>>8, c.R) && near(green>>8, c.G) && near(blue>>8, c.B) {
				x, y, n = x+px, y+py, n+1
			}
		}
	}
	if n > 0 {
		x, y = x/n, y/n
	}
	return x, y, n
}

func near(got uint32, want uint8) bool { return max(got, uint32(want))-min(got, uint32(want)) < 24 }

// wantSign waits until the sign of a state is on the screen.
func (r *rig) wantSign(what string, c color.RGBA) (x, y int) {
	r.t.Helper()
	r.eventually(what, func() string {
		var n int
		if x, y, n = r.find(c); n < 8 {
			return fmt.Sprintf("%d pixels of its colour", n)
		}
		return ""
	})
	return x, y
}

func (r *rig) noSign(what string, c color.RGBA) {
	r.t.Helper()
	r.eventually(what+" is gone", func() string {
		if _, _, n := r.find(c); n > 0 {
			return fmt.Sprintf("%d pixels of its colour", n)
		}
		return ""
	})
}
