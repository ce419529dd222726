package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode"

	"perch/bridge"
)

const (
	// MaxFile is the largest file that the relay hands out, in bytes.
	MaxFile = bridge.MaxShownFile
	// fileTimeout bounds the call for a file, which the relay fetches from X or from Motion meanwhile.
	fileTimeout = 3 * time.Minute
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

// File fetches the file n of a message, counted from 0 in the order of Message.Media. The relay asks the side that has
// it, or answers from memory; nothing that is kept of the message changes.
func (c *Client) File(ctx context.Context, id int64, n int) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	response, err := c.send(ctx, http.MethodGet, fmt.Sprintf("/v1/messages/%d/files/%d", id, n))
	if err != nil {
		return File{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(response.Body, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = errors.New("the file is larger than a relay hands out") //nolint:err113 // a cause for the log
	}
	if err != nil {
		return File{}, unexpected(err)
	}
	_, attributes, _ := mime.ParseMediaType(response.Header.Get("Content-Disposition")) // a file without a name is one too
	return File{Name: attributes["filename"], Type: bridge.SniffType(data), Data: data}, nil
}

// file answers with the bytes of a file, in a way that no program takes them for a page to show.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	const what = "show a file"
	id, err := idIn(r)
	if err != nil {
		fail(w, what, err)
		return
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		fail(w, what, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Message: strconv.Quote(r.PathValue("n")) + " is not the number of a file",
			Remedy: "the numbers begin at 0",
		})
		return
	}
	file, err := s.relay.Console.File(r.Context(), id, n)
	if err != nil {
		fail(w, what, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", bridge.SniffType(file.Data))
	h.Set("Content-Length", strconv.Itoa(len(file.Data)))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(file.Data) // who has gone away gets no answer
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

// Save writes the file n of a message into a folder, which it makes, for its owner only, and returns the path. It never
// replaces a file and never follows a link out of the folder.
func (f File) Save(folder string, id int64, n int) (string, error) {
	name := f.SafeName(id, n)
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
	_, err = out.Write(f.Data)
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
