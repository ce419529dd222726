// Package media is the files that people and agents attach: what they are, as their bytes tell, and a sample of each kind.
package media

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
)

// The kinds of file.
const (
	Photo = "photo"
	GIF   = "animated_gif"
	Video = "video"
)

// File is a file that somebody attaches.
type File struct {
	// Kind is Photo, GIF or Video; empty means that the data decide. Motion does not read it.
	Kind string
	// Name is the file's name; X does not read it.
	Name string
	// Type is the MIME type; empty means that the data decide.
	Type string
	Data []byte
	// Low is a smaller encoding of a video, offered beside Data; nil means that Data are offered twice.
	Low []byte
}

// MIME returns the MIME type, found in the data when none is given.
func (f File) MIME() string {
	if f.Type != "" {
		return f.Type
	}
	kind, _, _ := strings.Cut(http.DetectContentType(f.Data), ";")
	return kind
}

// DetectedKind returns the kind, found in the data when none is given.
func (f File) DetectedKind() string {
	switch {
	case f.Kind != "":
		return f.Kind
	case strings.HasPrefix(f.MIME(), "video/"):
		return Video
	case f.MIME() == "image/gif":
		return GIF
	}
	return Photo
}

const (
	sampleWidth, sampleHeight = 64, 48
	sampleQuality             = 90
)

// SamplePNG returns a small picture.
func SamplePNG() File {
	var b bytes.Buffer
	_ = png.Encode(&b, samplePicture()) // a buffer takes everything
	return File{Name: "picture.png", Type: "image/png", Data: b.Bytes()}
}

// SampleJPEG returns a small picture.
func SampleJPEG() File {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, samplePicture(), &jpeg.Options{Quality: sampleQuality}) // a buffer takes everything
	return File{Name: "photo.jpg", Type: "image/jpeg", Data: b.Bytes()}
}

// SampleMP4 returns what looks like a video to whoever reads its first bytes; it has no picture in it.
func SampleMP4() File {
	const head = "\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom\x00\x00\x00\x10mdat"
	return File{Name: "clip.mp4", Type: "video/mp4", Data: []byte(head + "simulate")}
}

func samplePicture() image.Image {
	const step = 4
	m := image.NewRGBA(image.Rect(0, 0, sampleWidth, sampleHeight))
	for y := range sampleHeight {
		for x := range sampleWidth {
			m.Set(x, y, color.RGBA{uint8(x * step), uint8(y * step), 160, 255}) //nolint:gosec,mnd // stays below 256
		}
	}
	return m
}
