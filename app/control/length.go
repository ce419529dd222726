package control

import (
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/postlen"
)

// LengthOf counts a reply of a kind ("reply", "dm" or "chat") as X does, and says how much X takes of it.
func LengthOf(kind, text string) (n, most int) {
	if bridge.MessageKind(kind).IsPublic() {
		return postlen.Measure(text).Weighted, postlen.Max
	}
	return utf8.RuneCountInString(text), bridge.MaxDM
}
