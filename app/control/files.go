package control

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"perch/bridge"
)

const (
	// MaxFile is the largest file that the relay hands out, in bytes.
	MaxFile = bridge.MaxShownFile
	// maxFileName is how long the name of a saved file may be, in bytes.
	maxFileName = 120
)

// File is a file of a message.
type File struct {
	// Name is as the sender gave it: not to be trusted.
	Name string
	// Type is the MIME type, found by looking at the bytes.
	Type string
	Data []byte
}

// SafeName is a name for the file n of a message under which it can be saved in any folder of any system: it begins with
// the two numbers, and what names may not hold is replaced.
func (f File) SafeName(id int64, n int) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || unicode.In(r, unicode.Cf) || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(f.Name, "_"))
	name = strings.Trim(name, " .")
	if name == "" {
		name = "file"
	}
	name = fmt.Sprintf("%d-%d-%s", id, n, name)
	if len(name) > maxFileName {
		extension := filepath.Ext(name)
		if len(extension) > maxFileName/4 {
			extension = ""
		}
		name = strings.ToValidUTF8(name[:maxFileName-len(extension)], "") + extension
	}
	return name
}

// Save writes the file n of a message into a folder, as SaveFile does.
func (f File) Save(folder string, id int64, n int) (string, error) {
	return SaveFile(folder, f.SafeName(id, n), f.Data)
}

// SaveFile writes a file into a folder, which it makes, for its owner only, and returns the path. It never replaces a file and
// never follows a link out of the folder.
func SaveFile(folder, name string, data []byte) (string, error) {
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", saveError(path, err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", saveError(path, err)
	}
	defer func() { _ = root.Close() }()
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", saveError(path, err)
	}
	_, err = out.Write(data)
	if err = errors.Join(err, out.Close()); err != nil {
		_ = root.Remove(name) // half a file is none
		return "", saveError(path, err)
	}
	return path, nil
}

func saveError(path string, err error) error {
	e := &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "save file", Message: path + " cannot be written",
		Remedy: "check that the folder is writable and the disk is not full", Err: err,
	}
	if errors.Is(err, os.ErrExist) {
		e.Message, e.Remedy = path+" is there already", "move it away, or save into another folder"
	}
	return e
}
