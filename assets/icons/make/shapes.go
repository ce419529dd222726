package main

import (
	"image/color"
	"math"
)

// The colours hold their own on a light panel as well as on a dark one.
var (
	blue  = color.NRGBA{0x1d, 0x8c, 0xc4, 0xff}
	grey  = color.NRGBA{0x86, 0x8e, 0x97, 0xff}
	green = color.NRGBA{0x2a, 0x9d, 0x4e, 0xff}
	amber = color.NRGBA{0xe0, 0x8e, 0x00, 0xff}
	red   = color.NRGBA{0xe2, 0x2d, 0x3a, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	night = color.NRGBA{0x12, 0x5f, 0x8c, 0xff}
)

// The bird looks to the right from its twig; its lower right corner is left to the sign of the state. perch.svg has
// the same lines.
const (
	birdPath = "M 63 20 L 51 12 C 48 5 42 1 35 1 C 26 1 20 7 19 16 C 17 27 10 36 0 44 L 3 50 L 14 47 C 19 51 25 53 31 53 C 44 53 53 43 53 26 Z"
	wingPath = "M 25 24 C 23 36 28 44 39 45 C 43 39 42 31 36 25 C 33 28 29 28 25 24 Z"
)

func bird(paint color.NRGBA) []layer {
	return []layer{
		{shape: path(birdPath), paint: paint},
		{shape: circle(41, 14, 3.6), erase: true},
		{shape: box(0, 56, 36, 60, 2), paint: paint},
		{shape: box(18, 50, 21, 58, 0), paint: paint, min: 32},
		{shape: box(27, 50, 30, 58, 0), paint: paint, min: 32},
	}
}

// with adds the sign of a state: a gap around it, so that it stands by itself, and the sign.
func with(base []layer, gap shape, sign ...layer) []layer {
	return append(append(base, layer{shape: gap, erase: true}), sign...)
}

// drawings returns the layers of every icon.
func drawings() map[string][]layer {
	return map[string][]layer{
		"running": with(bird(blue), circle(46, 46, 21),
			layer{shape: circle(46, 46, 17), paint: green},
			layer{shape: path("M 35.5 47 L 39.5 42.5 L 44 47 L 53 37 L 57.5 41 L 44.2 55.8 Z"), paint: white}),
		"degraded": with(bird(blue), path("M 46 23 L 72 70 L 20 70 Z"),
			layer{shape: path("M 44.3 34.5 C 45.1 33.2 46.9 33.2 47.7 34.5 L 63 59.8 C 64 61.5 63 63 61.3 63 L 30.7 63 C 29 63 28 61.5 29 59.8 Z"), paint: amber}),
		"attention": with(moved(bird(blue), 0, 18, 0.7), box(45, 0, 70, 70, 9),
			layer{shape: path("M 48 10 C 48 4 63 4 63 10 L 60 38 C 59.5 42 51.5 42 51 38 Z"), paint: red},
			layer{shape: circle(55.5, 53.5, 7.2), paint: red}),
		"paused": with(bird(grey), box(29, 29, 70, 70, 4),
			layer{shape: box(36, 34, 44, 62, 1.5), paint: blue},
			layer{shape: box(52, 34, 60, 62, 1.5), paint: blue}),
		"stopped": with(bird(grey), box(28, 28, 70, 70, 4),
			layer{shape: append(box(33, 33, 63, 63, 2), box(40, 40, 56, 56, 0)...), paint: grey}),
		"starting": with(bird(blue), circle(46, 46, 21), ring(46, 46, 13.2, 6, 3.9)),
		"perch":    app(),
	}
}

// moved makes layers smaller and then moves them.
func moved(layers []layer, x, y, scale float64) []layer {
	for _, l := range layers {
		for _, outline := range l.shape {
			for i, p := range outline {
				outline[i] = point{x + p.x*scale, y + p.y*scale}
			}
		}
	}
	return layers
}

// ring is a circle of dots.
func ring(x, y, r float64, dots int, dot float64) layer {
	var s shape
	for i := range dots {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(dots))
		s = append(s, circle(x+r*sin, y-r*cos, dot)...)
	}
	return layer{shape: s, paint: blue}
}

// app is the program's own icon: the bird on a tile.
func app() []layer {
	tile := layer{shape: box(2, 2, 62, 62, 14), paint: blue}
	return append([]layer{tile}, moved([]layer{
		{shape: path(birdPath), paint: white},
		{shape: path(wingPath), paint: blue, min: 32},
		{shape: circle(41, 14, 3.6), paint: night},
		{shape: box(-2, 56, 60, 60.5, 2), paint: white},
		{shape: box(19, 52, 21.5, 58, 0), paint: white, min: 32},
		{shape: box(28, 52, 30.5, 58, 0), paint: white, min: 32},
	}, 12, 12.5, 0.64)...)
}
