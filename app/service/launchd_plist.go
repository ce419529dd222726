package service

import (
	_ "embed"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"perch/app/config"
)

//go:embed perch.plist.tmpl
var plistText string

var plistTemplate = template.Must(template.New("plist").Funcs(template.FuncMap{"xml": quoteXML}).Parse(plistText))

const (
	// label is launchd's name of the service; the file is called after it.
	label = "io.github.perch.relay"
	// plistMarker is in a plist that Perch wrote.
	plistMarker = "<!-- Written by perch service install."
	// envFolder is the variable of the plist that names the folder of the journal.
	envFolder = "PERCH_SERVICE_FOLDER"
	// errorsName is the file in the home that launchd writes the relay's complaints to, maxErrors how long it becomes, in
	// bytes.
	errorsName = "launchd.log"
	maxErrors  = 1 << 20
	// launchdPath is launchd's own PATH with the folders before it in which people install a tunnel's program.
	launchdPath = "/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin:/usr/sbin:/sbin"
)

// plist is what the text of a plist is made of.
type plist struct {
	Plan
	// Folder is that of the journal.
	Folder string
	// UserName is the account of a service of the whole system; "" for one of the user.
	UserName string
}

// Label is the label.
func (plist) Label() string { return label }

// Path is where the relay finds other programs.
func (plist) Path() string { return launchdPath }

// Kind is the kind of service.
func (p plist) Kind() string { return launchdKind(p.UserName != "") }

// Errors is the file for what the relay complains of.
func (p plist) Errors() string { return filepath.Join(p.Folder, errorsName) }

// Variables are those of the plan.
func (p plist) Variables() (all []struct{ Name, Value string }) {
	for _, v := range p.Env {
		name, value, _ := strings.Cut(v, "=")
		all = append(all, struct{ Name, Value string }{name, value})
	}
	return all
}

func (p plist) text() string {
	var b strings.Builder
	if err := plistTemplate.Execute(&b, p); err != nil {
		panic(err) // the template is the program's own
	}
	return b.String()
}

func launchdKind(isSystem bool) string {
	if isSystem {
		return LaunchdSystem
	}
	return LaunchdUser
}

func quoteXML(word string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(word))
	return b.String(), err
}

// isOurPlist reports whether Perch wrote a plist.
func isOurPlist(text string) bool { return strings.Contains(text, plistMarker) }

// folderInPlist returns the folder that a plist works on; "" where it names none, or is none.
func folderInPlist(text string) string {
	decoder := xml.NewDecoder(strings.NewReader(text))
	last := ""
	for {
		token, err := decoder.Token()
		if err != nil {
			return "" // io.EOF, or a file that was cut
		}
		start, ok := token.(xml.StartElement)
		if !ok || (start.Name.Local != "key" && start.Name.Local != "string") {
			continue
		}
		var value string
		if err := decoder.DecodeElement(&value, &start); err != nil {
			return ""
		}
		if start.Name.Local == "string" && last == envFolder {
			return value
		}
		last = value
	}
}

// lastError returns why the relay of a home has ended, by what it said last; "" for nothing.
func lastError(folder string) string {
	file, err := os.Open(filepath.Join(folder, errorsName))
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	if info, err := file.Stat(); err == nil && info.Size() > maxErrors {
		_, _ = file.Seek(-maxErrors, io.SeekEnd) // a file that cannot be read has no last line
	}
	text, err := io.ReadAll(io.LimitReader(file, maxErrors))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	for _, line := range slices.Backward(lines) {
		if said, ok := strings.CutPrefix(line, "perch: "); ok {
			return strings.TrimSpace(said)
		}
	}
	return ""
}

// Trim keeps the file small that launchd writes the relay's complaints to, where launchd runs this process.
func Trim(home config.Home) error {
	if kind := Running(); kind != LaunchdUser && kind != LaunchdSystem {
		return nil
	}
	return trim(filepath.Join(folderOf(home), errorsName))
}

func trim(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil || info.Size() <= maxErrors {
		return err
	}
	return os.Truncate(path, 0)
}
