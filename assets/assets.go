// Package assets holds Perch's icons and the tray's texts, inside the program.
//
// It guarantees one icon for each state, told apart by shape as well as by colour. What it guarantees of texts is told by
// package translation, which reads them. All functions are safe for concurrent use.
package assets

import (
	"embed"
	"fmt"
	"slices"
	"sync"
)

// The states that have an icon. App is the program's own icon, for windows and menus.
const (
	Running   = "running"
	Degraded  = "degraded"
	Attention = "attention"
	Paused    = "paused"
	Stopped   = "stopped"
	Starting  = "starting"
	App       = "perch"
)

//go:generate go run ./icons/make icons

//go:embed icons/*.png icons/*.ico
var icons embed.FS

// sizes are the sizes of the PNG files in pixels, smallest first.
var sizes = []int{16, 22, 32, 48, 64, 256}

// States returns all states that have an icon, App excepted, the worst last.
func States() []string { return []string{Running, Starting, Paused, Degraded, Attention, Stopped} }

// Sizes returns the sizes in pixels that are drawn, smallest first.
func Sizes() []int { return slices.Clone(sizes) }

// Icon returns the PNG of a state's icon in the smallest size that has at least size pixels, or the largest there is;
// nil for a state that it does not know. The bytes stay valid and the same for as long as the program runs, so that
// they can be handed to C; do not change them.
func Icon(state string, size int) []byte {
	best := sizes[len(sizes)-1]
	for _, s := range slices.Backward(sizes) {
		if s >= size {
			best = s
		}
	}
	return load(fmt.Sprintf("icons/%s-%d.png", state, best))
}

// ICO returns a state's icon in the format that Windows wants, otherwise as Icon does.
func ICO(state string) []byte { return load("icons/" + state + ".ico") }

// loaded keeps what was read: embed.FS makes a new copy at every reading.
var loaded sync.Map

func load(name string) []byte {
	if data, ok := loaded.Load(name); ok {
		return data.([]byte) //nolint:forcetypeassert,errcheck // only bytes are stored
	}
	data, err := icons.ReadFile(name)
	if err != nil {
		return nil
	}
	kept, _ := loaded.LoadOrStore(name, data)
	return kept.([]byte) //nolint:forcetypeassert,errcheck // only bytes are stored
}
