package assets_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"testing"

	"perch/assets"
)

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func TestEveryStateHasAnIconInEverySize(t *testing.T) {
	for _, state := range append(assets.States(), assets.App) {
		for _, size := range assets.Sizes() {
			if got := decode(t, assets.Icon(state, size)).Bounds().Dx(); got != size {
				t.Errorf("%s at %d has %d pixels", state, size, got)
			}
		}
		if first, second := assets.Icon(state, 20), assets.Icon(state, 22); &first[0] != &second[0] {
			t.Errorf("%s: the bytes are not the same at the second call", state)
		}
		if got := decode(t, assets.Icon(state, 999)).Bounds().Dx(); got != 256 {
			t.Errorf("%s at 999 has %d pixels, want the largest there is", state, got)
		}
		checkICO(t, state, assets.ICO(state))
	}
	if assets.Icon("sleepy", 16) != nil || assets.ICO("sleepy") != nil {
		t.Error("an unknown state has an icon")
	}
}

// checkICO makes sure that the images which Windows' tray uses are bitmaps: it does not take PNG there.
func checkICO(t *testing.T, state string, ico []byte) {
	t.Helper()
	count := int(binary.LittleEndian.Uint16(ico[4:]))
	for i := range count {
		entry := ico[6+16*i:]
		at, size := binary.LittleEndian.Uint32(entry[12:]), binary.LittleEndian.Uint32(entry[8:])
		if int(at+size) > len(ico) {
			t.Fatalf("%s: image %d is outside the file", state, i)
		}
		if width := int(entry[0]); width != 0 && binary.LittleEndian.Uint32(ico[at:]) != 40 {
			t.Errorf("%s: the image of %d pixels is no bitmap", state, width)
		}
	}
}

// TestStatesDifferByShape compares the outlines at the smallest size, as somebody sees them who sees no colours.
func TestStatesDifferByShape(t *testing.T) {
	const enough = 12 // pixels of 256
	states := assets.States()
	for i, a := range states {
		for _, b := range states[i+1:] {
			one, other, n := decode(t, assets.Icon(a, 16)), decode(t, assets.Icon(b, 16)), 0
			for y := range 16 {
				for x := range 16 {
					_, _, _, p := one.At(x, y).RGBA()
					_, _, _, q := other.At(x, y).RGBA()
					if max(p, q)-min(p, q) > 0x5000 {
						n++
					}
				}
			}
			if n < enough {
				t.Errorf("the outlines of %s and %s differ in %d pixels only", a, b, n)
			}
		}
	}
}
