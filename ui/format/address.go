package format

import (
	"net/url"
	"strings"

	"perch/app/control"
)

// onX is where people see what is on X.
const onX = "https://x.com/"

// AddressOnX is the page of a post on X, or of the customer who has written or got a message; "" where there is none.
func AddressOnX(m *control.Message) string {
	switch m.Kind {
	case "mention", "reply":
		if isNumber(m.XID) {
			return onX + "i/status/" + m.XID
		}
	case "hide":
		if isNumber(m.ThreadID) {
			return onX + "i/status/" + m.ThreadID
		}
	case "note":
		return ""
	}
	who := m.From
	if m.Direction == "out" {
		who = m.To
	}
	if who == "" || isNumber(who) {
		return ""
	}
	return onX + url.PathEscape(strings.TrimPrefix(who, "@"))
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }
