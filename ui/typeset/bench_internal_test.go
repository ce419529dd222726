package typeset

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"testing"
)

// BenchmarkRow sets and draws what a row of a list shows: new is for a text that was never seen, again for one that was.
func BenchmarkRow(b *testing.B) {
	style := Style{Size: 12.5}
	var texts []string
	for _, s := range inScripts {
		texts = append(texts, s.text)
	}
	f := New(ThisSystem, func(func(context.Context) error, func(error)) {})
	for range 3 {
		for _, text := range texts {
			f.Line(text, style)
		}
		if err := f.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	picture := image.NewRGBA(image.Rect(0, 0, 420, 32))
	b.Run("new", func(b *testing.B) {
		for n := range b.N {
			f.Draw(f.Cut(fmt.Sprint(texts[n%len(texts)], n), 400, style), picture, 2, 20, 1, color.Black)
		}
	})
	b.Run("again", func(b *testing.B) {
		for n := range b.N {
			f.Draw(f.Cut(texts[n%len(texts)], 400, style), picture, 2, 20, 1, color.Black)
		}
	})
	b.Run("plain", func(b *testing.B) {
		for range b.N {
			f.IsPlain("Hi, my parcel 4711 has not arrived yet. Can you have a look, señor Müller?", style)
		}
	})
}
