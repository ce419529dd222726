package payload

import (
	"strings"

	"perch/bridge"
)

// extra notes something that the message holds beside text and files.
func extra(e *bridge.Event, kind bridge.ExtraKind, text string) {
	e.Extras = append(e.Extras, bridge.Extra{Kind: kind, Text: text})
}

// addLocation notes a shared place by the best that is known of it.
func addLocation(e *bridge.Event, l *location) {
	text := l.Coordinate.Coordinates.text()
	if name := l.Place.Place.name(); name != "" {
		text = strings.TrimSpace(name + " " + text)
	}
	extra(e, bridge.ExtraLocation, text)
}

// addShared notes a post that is passed on, unless the text leads to it anyway.
func addShared(e *bridge.Event, id string, links []link) {
	if !isNumber(id) {
		extra(e, bridge.ExtraUnknown, "tweet")
		return
	}
	for _, l := range links {
		if strings.Contains(string(l.ExpandedURL), "/status/"+id) {
			return
		}
	}
	extra(e, bridge.ExtraPost, id)
}
