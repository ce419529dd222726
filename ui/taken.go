package ui

import (
	"slices"
	"strconv"
	"strings"

	"perch/app/control"
	"perch/ui/format"
	"perch/ui/page"
)

// tellTaken says what became of something that was saved. saved and used are the words
// when no relay runs and when it uses all of it; c is the configuration that the fields' names are about.
func (u *UI) tellTaken(saved, used string, t control.Taken, c *control.Config) {
	var reasons []string
	for _, p := range t.Refused {
		if words := format.Problem(p.Message, p.Remedy); !slices.Contains(reasons, words) {
			reasons = append(reasons, words)
		}
	}
	about := strings.Join(reasons, " ")
	switch {
	case !u.data.Running:
		u.say(format.Good, u.t(saved), "")
	case len(t.RestartFields) > 0:
		u.offerRestart(u.t("window.taken.restart", u.fieldNames(t.RestartFields, c)), about)
	case t.Restart:
		u.say(format.Warn, u.t("window.taken.refused"), about)
	default:
		u.say(format.Good, u.t(used), "")
	}
}

// offerRestart says what is in use after a restart only, with a button that restarts.
func (u *UI) offerRestart(title, about string) {
	if u.data.Status.Demo {
		u.say(format.Warn, title, strings.TrimSpace(about+" "+u.t("window.demo.no_restart")))
		return
	}
	u.say(format.Warn, title, about)
	u.until = u.Now().Add(offerFor)
	u.again.Show()
}

// fieldNames are the names of fields and secrets as the settings show them.
func (u *UI) fieldNames(paths []string, c *control.Config) string {
	var names []string
	for _, path := range paths {
		if name := u.fieldName(path, c); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// fieldName names the channel or the group with it where the name alone could be another's.
func (u *UI) fieldName(path string, c *control.Config) string {
	if path == "channel" {
		return u.t("window.field.channel")
	}
	if channel, name, isSecret := strings.Cut(path, "/"); isSecret {
		return u.t("window.field."+name) + " (" + channel + ")"
	}
	if rest, isChannel := strings.CutPrefix(path, "channel."); isChannel {
		number, name, _ := strings.Cut(rest, ".")
		at, err := strconv.Atoi(number)
		if err != nil || at >= len(c.Channels) {
			return u.t("window.field." + name)
		}
		return u.t("window.field."+name) + " (" + c.Channels[at].Name + ")"
	}
	for _, g := range page.FieldGroups() {
		isIn := slices.ContainsFunc(g.Fields, func(f page.Field) bool { return f.Path == path })
		if isIn && g.Tab == "reach" && g.Key != "reach" {
			return u.t("window.field."+path) + " (" + u.t("window.group."+g.Key) + ")"
		}
	}
	return u.t("window.field." + path)
}
