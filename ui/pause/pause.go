// Package pause says for how long a person can pause the deliveries with a click: the tray and the window offer the same
// times. Any other is for the command line: perch pause --for.
package pause

import "time"

// Length is a time after which a pause ends by itself.
type Length struct {
	For time.Duration
	// Key is that of its name among the texts, such as "30 minutes".
	Key string
}

// Lengths returns the times that are offered, the shortest first.
func Lengths() []Length {
	return []Length{
		{15 * time.Minute, "tray.pause.quarter_hour"},
		{30 * time.Minute, "tray.pause.half_hour"},
		{time.Hour, "tray.pause.hour"},
		{2 * time.Hour, "tray.pause.two_hours"},
		{8 * time.Hour, "tray.pause.eight_hours"},
	}
}
