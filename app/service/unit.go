package service

import (
	_ "embed"
	"strings"
	"text/template"
)

//go:embed perch.service.tmpl
var unitText string

var unitTemplate = template.Must(template.New("unit").Funcs(template.FuncMap{"quote": quote, "path": quotePath}).Parse(unitText))

const (
	unitName = "perch.service"
	// marker begins a unit that Perch wrote.
	marker = "# Written by perch service install."
	// homeKey is the key of the unit that names the folder of the journal; systemd passes over keys that begin with X-.
	homeKey = "X-Perch-Home="
)

// unit is what the text of a unit is made of.
type unit struct {
	Plan
	// Folder is that of the journal; "" in the unit of a package, which is for the usual folders of any user.
	Folder        string
	IsSystem      bool
	HasCredential bool
}

// Kind is the kind of service.
func (u unit) Kind() string { return kindOf(u.IsSystem) }

// IsStateDirectory reports whether systemd makes the home.
func (u unit) IsStateDirectory() bool { return u.HomeFlag == SystemHome }

func (u unit) text() string {
	var b strings.Builder
	if err := unitTemplate.Execute(&b, u); err != nil {
		panic(err) // the template is the program's own
	}
	return b.String()
}

func kindOf(isSystem bool) string {
	if isSystem {
		return SystemdSystem
	}
	return SystemdUser
}

// quote writes one word of a command or one variable, as systemd reads it (systemd.service, "Command lines").
func quote(word string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`, `$`, `$$`).Replace(word) + `"`
}

// quotePath writes a path or a variable, where a dollar means nothing.
func quotePath(word string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `%`, `%%`).Replace(word) + `"`
}

// isOurs reports whether Perch wrote a unit.
func isOurs(text string) bool { return strings.HasPrefix(text, marker) }

// homeIn returns the folder that a unit works on; "" for a packaged one.
func homeIn(text string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, homeKey); ok {
			return strings.ReplaceAll(strings.TrimRight(value, "\n"), "%%", "%")
		}
	}
	return ""
}

// Escaped is the folder as homeKey has it.
func (u unit) Escaped() string { return strings.ReplaceAll(u.Folder, "%", "%%") }
