package main

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"
)

// grid is the side of the square in which the shapes are given.
const grid = 64

type point struct{ x, y float64 }

// shape is a set of closed outlines; what lies inside an odd number of them is filled.
type shape [][]point

// layer is a shape in a colour or, where erase is set, a hole in all below it.
type layer struct {
	shape shape
	paint color.NRGBA
	erase bool
	// min is the smallest size, in pixels, at which the layer is worth drawing.
	min int
}

// path reads an SVG path of absolute M, L, C and Z.
func path(d string) shape {
	var out shape
	var at point
	fields := strings.FieldsFunc(d, func(r rune) bool { return r == ' ' || r == ',' || r == '\n' })
	next := func() point {
		x, errX := strconv.ParseFloat(fields[0], 64)
		y, errY := strconv.ParseFloat(fields[1], 64)
		if errX != nil || errY != nil {
			panic(fmt.Sprintf("no point: %v", fields[:2])) // a mistake in shapes.go
		}
		fields = fields[2:]
		return point{x, y}
	}
	for len(fields) > 0 {
		command := fields[0]
		fields = fields[1:]
		switch command {
		case "M":
			at = next()
			out = append(out, []point{at})
		case "L":
			at = next()
			out[len(out)-1] = append(out[len(out)-1], at)
		case "C":
			a, b, end := next(), next(), next()
			out[len(out)-1] = append(out[len(out)-1], curve(at, a, b, end)...)
			at = end
		case "Z":
		default:
			panic("unknown command " + command) // a mistake in shapes.go
		}
	}
	return out
}

// curve returns points on a cubic Bézier curve, its start excluded.
func curve(p, a, b, q point) []point {
	const steps = 24
	var out []point
	for i := 1; i <= steps; i++ {
		t := float64(i) / steps
		u := 1 - t
		f := func(p, a, b, q float64) float64 { return u*u*u*p + 3*u*u*t*a + 3*u*t*t*b + t*t*t*q }
		out = append(out, point{f(p.x, a.x, b.x, q.x), f(p.y, a.y, b.y, q.y)})
	}
	return out
}

func circle(x, y, r float64) shape {
	const corners = 96
	var out []point
	for i := range corners {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		out = append(out, point{x + r*cos, y + r*sin})
	}
	return shape{out}
}

// box is a rectangle from corner to corner with round corners of radius r.
func box(x0, y0, x1, y1, r float64) shape {
	const steps = 12
	var out []point
	for i, c := range []point{{x1 - r, y1 - r}, {x0 + r, y1 - r}, {x0 + r, y0 + r}, {x1 - r, y0 + r}} {
		for j := range steps + 1 {
			sin, cos := math.Sincos(math.Pi / 2 * (float64(i) + float64(j)/steps))
			out = append(out, point{c.x + r*cos, c.y + r*sin})
		}
	}
	return shape{out}
}

// draw paints the layers one over the other.
func draw(layers []layer, size int) *image.NRGBA {
	sum := make([][4]float64, size*size) // premultiplied red, green, blue and alpha, 0 to 1
	for _, l := range layers {
		if size < l.min {
			continue
		}
		paint := [4]float64{float64(l.paint.R) / 255, float64(l.paint.G) / 255, float64(l.paint.B) / 255, 1}
		for i, cover := range coverage(l.shape, size) {
			for c := range sum[i] {
				sum[i][c] *= 1 - cover
				if !l.erase {
					sum[i][c] += cover * paint[c]
				}
			}
		}
	}
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	for i, p := range sum {
		if p[3] < 1.0/512 {
			continue
		}
		to8 := func(v float64) uint8 { return uint8(math.Round(min(v, 1) * 255)) }
		img.SetNRGBA(i%size, i/size, color.NRGBA{to8(p[0] / p[3]), to8(p[1] / p[3]), to8(p[2] / p[3]), to8(p[3])})
	}
	return img
}

// coverage tells how much of each pixel a shape covers, 0 to 1: exact along the lines, sampled across them.
func coverage(s shape, size int) []float64 {
	const lines = 16
	scale := float64(size) / grid
	out := make([]float64, size*size)
	for row := range size * lines {
		y := (float64(row) + 0.5) / lines
		cuts := crossings(s, y/scale)
		for i := 0; i+1 < len(cuts); i += 2 {
			fill(out[row/lines*size:][:size], cuts[i]*scale, cuts[i+1]*scale, 1.0/lines)
		}
	}
	return out
}

// crossings returns where the outlines cross a line, from left to right.
func crossings(s shape, y float64) []float64 {
	var cuts []float64
	for _, outline := range s {
		for i, p := range outline {
			q := outline[(i+1)%len(outline)]
			if (p.y <= y) != (q.y <= y) {
				cuts = append(cuts, p.x+(y-p.y)/(q.y-p.y)*(q.x-p.x))
			}
		}
	}
	slices.Sort(cuts)
	return cuts
}

func fill(row []float64, from, to, weight float64) {
	from, to = max(from, 0), min(to, float64(len(row)))
	for x := int(from); x < len(row) && float64(x) < to; x++ {
		row[x] += weight * (min(to, float64(x+1)) - max(from, float64(x)))
	}
}
