// Command make draws Perch's icons into the folder that its argument names: each state as PNG in every size, and as
// .ico for Windows. The drawings are in shapes.go; nothing is read, so the outcome is the same everywhere.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
)

// pngSizes and icoSizes are sizes in pixels.
var (
	pngSizes = []int{16, 22, 32, 48, 64, 256}
	icoSizes = []int{16, 24, 32, 48, 256}
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "make icons:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("name the folder to write to")
	}
	for state, layers := range drawings() {
		for _, size := range pngSizes {
			data, err := encode(draw(layers, size))
			if err != nil {
				return err
			}
			if err := write(args[0], fmt.Sprintf("%s-%d.png", state, size), data); err != nil {
				return err
			}
		}
		data, err := ico(layers)
		if err != nil {
			return err
		}
		if err := write(args[0], state+".ico", data); err != nil {
			return err
		}
	}
	return nil
}

func encode(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, img)
	return out.Bytes(), err
}

func write(folder, name string, data []byte) error {
	return os.WriteFile(filepath.Join(folder, name), data, 0o644) //nolint:gosec // an icon is for everybody
}
