package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"perch/assets"
)

// TestIconsAreUpToDate draws every icon anew and compares the pixels with the files.
func TestIconsAreUpToDate(t *testing.T) {
	all := drawings()
	for _, state := range append(assets.States(), assets.App) {
		if all[state] == nil {
			t.Errorf("%s has no drawing", state)
		}
	}
	for state, layers := range all {
		for _, size := range pngSizes {
			name := filepath.Join("..", fmt.Sprintf("%s-%d.png", state, size))
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if !same(got, draw(layers, size)) {
				t.Errorf("%s is not what is drawn: run go generate ./assets", name)
			}
		}
	}
}

// same allows for one step of rounding, which may differ between processors.
func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, al := a.At(x, y).RGBA()
			r2, g2, bl2, al2 := b.At(x, y).RGBA()
			for _, pair := range [][2]uint32{{r, r2}, {g, g2}, {bl, bl2}, {al, al2}} {
				if max(pair[0], pair[1])-min(pair[0], pair[1]) > 0x200 {
					return false
				}
			}
		}
	}
	return true
}

func TestVectorIconHasTheSameLines(t *testing.T) {
	svg, err := os.ReadFile("../perch.svg")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{birdPath, wingPath} {
		if !strings.Contains(string(svg), d) {
			t.Errorf("perch.svg lacks the path %s", d)
		}
	}
}

func TestCoverageIsExact(t *testing.T) {
	got := coverage(box(4, 4, 12, 12, 0), 8) // 8 units a pixel: a quarter of four pixels
	for i, cover := range got {
		want := 0.0
		if x, y := i%8, i/8; x < 2 && y < 2 {
			want = 0.25
		}
		if cover < want-0.001 || cover > want+0.001 {
			t.Errorf("pixel %d is covered by %.3f, want %.3f", i, cover, want)
		}
	}
}

func TestRunWantsAFolder(t *testing.T) {
	if err := run(nil); err == nil {
		t.Error("no error without a folder")
	}
	if err := run([]string{filepath.Join(t.TempDir(), "missing")}); err == nil {
		t.Error("no error for a folder that is not there")
	}
}
