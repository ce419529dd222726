package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/app/control"
	"perch/app/web/bundle"
	"perch/assets"
)

//go:embed page
var pageFiles embed.FS

// own are the page's small files, each under a name that changes with its content.
var own = ownFiles()

var index = template.Must(template.ParseFS(pageFiles, "page/index.html"))

type ownFile struct {
	path, kind string
	data       []byte
}

func ownFiles() map[string]ownFile {
	files := map[string]ownFile{}
	add := func(name, kind string, data []byte) {
		sum := sha256.Sum256(data)
		stem, ending, _ := strings.Cut(name, ".")
		files[name] = ownFile{"/page/" + stem + "-" + hex.EncodeToString(sum[:8]) + "." + ending, kind, data}
	}
	for name, kind := range map[string]string{"page.js": "text/javascript; charset=utf-8", "pen.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"} {
		data, _ := pageFiles.ReadFile("page/" + name) // embedded
		add(name, kind, data)
	}
	add("icon.png", "image/png", assets.Icon(assets.App, 64))
	return files
}

// pages serves the files. None of them says anything about messages or settings.
func (s *Server) pages(mux *http.ServeMux) {
	for _, f := range own {
		mux.HandleFunc("GET "+f.path, func(w http.ResponseWriter, r *http.Request) { s.lasting(w, r, f.kind, bytes.NewReader(f.data)) })
	}
	mux.HandleFunc("GET /{$}", s.index)
	mux.HandleFunc("GET /app/{hash}/"+bundle.Loader, s.withPage(func(w http.ResponseWriter, r *http.Request, p *bundle.Page) {
		s.lasting(w, r, "text/javascript; charset=utf-8", bytes.NewReader(p.Loader))
	}))
	mux.HandleFunc("GET /app/{hash}/perch.wasm", s.withPage(s.program))
}

// index is the page itself. It names the files that belong together, and is asked for anew each time.
func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	page, err := s.files.Find()
	if err != nil {
		message, remedy := control.Explain(err)
		refuse(w, http.StatusServiceUnavailable, "web/missing", message, remedy)
		return
	}
	var b bytes.Buffer
	app := "/app/" + page.About.Hash + "/"
	err = index.Execute(&b, map[string]any{
		"Script": own["page.js"].path, "Pen": own["pen.js"].path, "Style": own["page.css"].path, "Icon": own["icon.png"].path,
		"Loader": app + bundle.Loader, "Program": app + "perch.wasm", "Bytes": page.About.Bytes,
	})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "web/index", "the page cannot be written", "report it")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	_, _ = w.Write(b.Bytes()) // who has gone away gets no answer
}

// withPage serves what belongs to the page of now; another one's is gone.
func (s *Server) withPage(serve func(http.ResponseWriter, *http.Request, *bundle.Page)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page, err := s.files.Find()
		if err != nil || r.PathValue("hash") != page.About.Hash {
			http.NotFound(w, r)
			return
		}
		serve(w, r, page)
	}
}

// program sends the window as it is compressed; for a browser that takes neither it is unpacked.
func (s *Server) program(w http.ResponseWriter, r *http.Request, p *bundle.Page) {
	const kind = "application/wasm"
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(programPatience))
	w.Header().Set("Vary", "Accept-Encoding")
	switch takes := accepted(r); {
	case slices.Contains(takes, "br"):
		w.Header().Set("Content-Encoding", "br")
		s.lasting(w, r, kind, p.Program(bundle.Brotli))
	case slices.Contains(takes, "gzip"):
		w.Header().Set("Content-Encoding", "gzip")
		s.lasting(w, r, kind, p.Program(bundle.Gzip))
	default:
		unpacked, err := gzip.NewReader(p.Program(bundle.Gzip))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = io.Copy(w, unpacked) //nolint:gosec // Perch's own file
	}
}

// programPatience bounds how long the program may take to be sent: 8 MB through a slow tunnel.
const programPatience = 10 * time.Minute

// accepted are the encodings that a browser takes.
func accepted(r *http.Request) []string {
	var list []string
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if q := strings.TrimSpace(quality); q != "q=0" && q != "q=0.0" {
			list = append(list, strings.ToLower(name))
		}
	}
	return list
}

// lasting sends what never changes under its name.
func (s *Server) lasting(w http.ResponseWriter, r *http.Request, kind string, content io.ReadSeeker) {
	w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	w.Header().Set("Content-Type", kind)
	size, err := content.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if r.Method != http.MethodHead {
		_, _ = io.Copy(w, content) // who has gone away gets no answer
	}
}
