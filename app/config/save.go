package config

import (
	"bytes"
	_ "embed" // the file's layout
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/template"

	"perch/bridge/sharing"
)

//go:embed perch.toml.tmpl
var layoutText string

// layout is the one form of the file: for perch init and for every Save.
var layout = template.Must(template.New("perch.toml").
	Funcs(template.FuncMap{"quote": quote, "list": list}).Option("missingkey=error").Parse(layoutText))

const opWrite = "write configuration"

// exampleURL stands for the one setting that has no default.
const exampleURL = "https://motion.example/api/openchannel/accounts/5/notify"

// Template returns a commented perch.toml with every key and its default. It is valid as it stands; the Receive URL is
// an example that has to be replaced.
func Template() []byte {
	c := Default()
	ch := DefaultChannel("support")
	ch.Motion.ReceiveURL = exampleURL
	c.Channels = []Channel{ch}
	return render(c)
}

func render(c *Config) []byte {
	var b bytes.Buffer
	// The layout is fixed and a buffer takes everything, so that this cannot fail; a test holds it.
	_ = layout.Execute(&b, c)
	return b.Bytes()
}

// Save writes c to path with the comments of Template, all of it or nothing, and returns when it is on disk. What was
// there before is kept beside it as path.bak, with the comments that somebody may have written. A c that is not valid
// is refused.
func Save(path string, c *Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if err := save(path, render(c)); err != nil {
		return failed(opWrite, path+" cannot be written", "let the account that runs Perch write this file and its folder, and see that the disk is not full", err)
	}
	return nil
}

func save(path string, data []byte) error {
	// A link is kept and what it leads to is written.
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := fs.FileMode(0o600)
	switch before, err := sharing.ReadFile(path); {
	case err == nil:
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
		if err := replaceFile(path+".bak", before, mode); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return replaceFile(path, data, mode)
}

// replaceFile puts data at path, all of it or nothing, and returns when it is on disk.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = sharing.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	if runtime.GOOS == "windows" { // which cannot sync a folder
		return nil
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// quote writes a TOML basic string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func list(values []string) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = quote(v)
	}
	return "[" + strings.Join(all, ", ") + "]"
}
