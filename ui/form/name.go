package form

import (
	"slices"
	"strconv"
	"strings"

	"perch/app/control"
	"perch/ui/translation"
)

// Names are the names of fields and secrets as the settings show them.
func Names(t *translation.Texts, paths []string, c *control.Config) string {
	var names []string
	for _, path := range paths {
		if name := Name(t, path, c); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// Name is that of a field or a secret as the settings show it, with the channel or the group where it could be another's.
func Name(t *translation.Texts, path string, c *control.Config) string {
	if path == "channel" || path == "alert" {
		return t.T("window.field." + path)
	}
	if channel, name, isSecret := strings.Cut(path, "/"); isSecret {
		return t.T("window.field."+name) + " (" + channel + ")"
	}
	if rest, isAlert := strings.CutPrefix(path, "alert."); isAlert {
		return alertName(t, rest, c)
	}
	if rest, isChannel := strings.CutPrefix(path, "channel."); isChannel {
		number, name, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(number)
		if err != nil || at >= len(c.Channels) {
			return t.T("window.field." + name)
		}
		return t.T("window.field."+name) + " (" + c.Channels[at].Name + ")"
	}
	for _, g := range Groups() {
		isIn := slices.ContainsFunc(g.Fields, func(f Field) bool { return f.Path == path })
		if isIn && g.Tab == "reach" && g.Key != "reach" {
			return t.T("window.field."+path) + " (" + t.T("window.group."+g.Key) + ")"
		}
	}
	return t.T("window.field." + path)
}

// alertName is that of a field ("0.url") or a secret ("ops.url") of an alert, with the alert.
func alertName(t *translation.Texts, path string, c *control.Config) string {
	alert, name, _ := strings.Cut(path, ".")
	at, err := strconv.Atoi(alert)
	if err != nil {
		return t.T("window.field."+SecretKey("alert."+path)) + " (" + alert + ")"
	}
	if at >= len(c.Alerts) {
		return t.T("window.field.alert." + name)
	}
	return t.T("window.field.alert."+name) + " (" + c.Alerts[at].Name + ")"
}
