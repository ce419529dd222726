package main

import (
	"bytes"
	"encoding/binary"
	"image"
)

// ico puts a drawing into one file in all of icoSizes: as bitmaps, which every Windows reads, and the largest as PNG.
func ico(layers []layer) ([]byte, error) {
	var images [][]byte
	for _, size := range icoSizes {
		img := draw(layers, size)
		if size < 256 {
			images = append(images, bitmap(img))
			continue
		}
		data, err := encode(img)
		if err != nil {
			return nil, err
		}
		images = append(images, data)
	}
	var out bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&out, binary.LittleEndian, v) // a buffer takes everything
		}
	}
	put(uint16(0), uint16(1), uint16(len(images)))
	at := 6 + 16*len(images)
	for i, data := range images {
		side := uint8(icoSizes[i] % 256) // 0 stands for 256
		put(side, side, uint8(0), uint8(0), uint16(1), uint16(32), uint32(len(data)), uint32(at))
		at += len(data)
	}
	for _, data := range images {
		out.Write(data)
	}
	return out.Bytes(), nil
}

// bitmap is an image as a bitmap of Windows: lines from the bottom up, then a mask that nothing reads any more.
func bitmap(img *image.NRGBA) []byte {
	side := img.Bounds().Dx()
	mask := (side + 31) / 32 * 4 * side
	var out bytes.Buffer
	for _, v := range []any{
		uint32(40), int32(side), int32(2 * side), uint16(1), uint16(32), uint32(0), uint32(4*side*side + mask), int32(0), int32(0), uint32(0), uint32(0),
	} {
		_ = binary.Write(&out, binary.LittleEndian, v) // a buffer takes everything
	}
	for y := side - 1; y >= 0; y-- {
		for x := range side {
			c := img.NRGBAAt(x, y)
			out.Write([]byte{c.B, c.G, c.R, c.A})
		}
	}
	out.Write(make([]byte, mask))
	return out.Bytes()
}
