// Package bundle is the file with the page in it: the window as WebAssembly, compressed once, and what loads it.
//
// It guarantees that a page is found beside the program, in the folder of the data, or in the program itself (built with the
// tag perch_web), in this order; that it is read anew when the file was replaced; and that a file which is no page, or half of
// one, is an error with what to do and never a page that does not work.
package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"perch/bridge"
)

// File is the name of the file with the page in it.
const File = "perch-web.zip"

// The names in the file. Nothing else is read.
const (
	// About says what the page is.
	about = "page.json"
	// Loader is the script of Go's tool chain that runs a program.
	Loader = "wasm_exec.js"
	// Brotli is the program, compressed by brotli.
	Brotli = "perch.wasm.br"
	// Gzip is the program, compressed by gzip.
	Gzip = "perch.wasm.gz"
)

// maxAbout bounds the description, maxLoader the script, in bytes.
const maxAbout, maxLoader = 4 << 10, 1 << 20

// About is what a page says of itself.
type About struct {
	// Version is that of the Perch that it was made of.
	Version string `json:"version"`
	// Hash names this very page, Bytes is the size of the program when it is unpacked.
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
}

// Page is an opened page.
type Page struct {
	About About
	// Loader is the script.
	Loader []byte
	files  map[string]*io.SectionReader
	closer io.Closer
}

// Program returns the program as it is compressed one way: Brotli or Gzip.
func (p *Page) Program(name string) io.ReadSeeker {
	f := p.files[name]
	return io.NewSectionReader(f, 0, f.Size())
}

// Places are where the page may be.
type Places struct {
	// Folders are looked in, in this order.
	Folders []string
}

// Standard are the folder of this program and that of the data.
func Standard(data string) Places {
	var p Places
	if self, err := os.Executable(); err == nil {
		p.Folders = append(p.Folders, filepath.Dir(self))
		if real, err := filepath.EvalSymlinks(self); err == nil && real != self {
			p.Folders = append(p.Folders, filepath.Dir(real))
		}
		if runtime.GOOS == "darwin" { // an app has its programs in MacOS and all else in Resources
			p.Folders = append(p.Folders, filepath.Join(filepath.Dir(self), "..", "Resources"))
		}
	}
	return Places{append(p.Folders, data, "/usr/share/perch")}
}

// Finder finds the page. It is safe for concurrent use.
type Finder struct {
	places Places

	mu   sync.Mutex
	page *Page
	path string
	at   time.Time
	size int64
}

// New returns a Finder that has looked nowhere yet.
func New(p Places) *Finder { return &Finder{places: p} }

// Find returns the page. Its files stay open until another page takes its place.
func (f *Finder) Find() (*Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, folder := range f.places.Folders {
		path := filepath.Join(folder, File)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, unusable(path, err)
		}
		if f.page == nil || f.path != path || !info.ModTime().Equal(f.at) || info.Size() != f.size {
			page, err := open(path)
			if err != nil {
				return nil, unusable(path, err)
			}
			f.page, f.path, f.at, f.size = page, path, info.ModTime(), info.Size() // whoever still reads the one before keeps it
		}
		return f.page, nil
	}
	if len(embedded) > 0 {
		if f.page == nil || f.path != "" {
			page, err := read(bytes.NewReader(embedded), int64(len(embedded)))
			if err != nil {
				return nil, unusable("the one in this program", err)
			}
			f.page, f.path = page, ""
		}
		return f.page, nil
	}
	return nil, &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "find the page", Message: "the page is not installed: there is no " + File,
		Remedy: "install Perch's package again, which brings it; or make it in the folder with the source (make web), and put bin/" + File + " beside perch",
	}
}

func unusable(path string, err error) error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SidePerch, Op: "find the page", Message: "the page at " + path + " cannot be used",
		Remedy: "install Perch's package again, or make it again in the folder with the source (make web), and put it there whole", Err: err,
	}
}

func open(path string) (*Page, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil {
		var p *Page
		if p, err = read(file, info.Size()); err == nil {
			p.closer = file
			return p, nil
		}
	}
	return nil, errors.Join(err, file.Close())
}

// read opens a page. The programs in it are stored as they are, so that they can be sent without being unpacked.
func read(from io.ReaderAt, size int64) (*Page, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return nil, err
	}
	p := &Page{files: map[string]*io.SectionReader{}}
	var description []byte
	for _, f := range archive.File {
		switch f.Name {
		case about:
			description, err = content(f, maxAbout)
		case Loader:
			p.Loader, err = content(f, maxLoader)
		case Brotli, Gzip:
			err = p.add(from, f)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := json.Unmarshal(description, &p.About); err != nil {
		return nil, fmt.Errorf("%s: %w", about, err)
	}
	if p.About.Hash == "" || p.About.Bytes <= 0 || len(p.Loader) == 0 || p.files[Brotli] == nil || p.files[Gzip] == nil {
		return nil, errors.New("a part is missing") //nolint:err113 // shown, never compared
	}
	return p, nil
}

func (p *Page) add(from io.ReaderAt, f *zip.File) error {
	at, err := f.DataOffset()
	if err == nil && f.Method != zip.Store {
		err = fmt.Errorf("%s is packed twice", f.Name) //nolint:err113 // shown, never compared
	}
	if err == nil {
		p.files[f.Name] = io.NewSectionReader(from, at, int64(f.UncompressedSize64)) //nolint:gosec // bounded by the file
	}
	return err
}

func content(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // only read
	return io.ReadAll(io.LimitReader(r, most))
}
