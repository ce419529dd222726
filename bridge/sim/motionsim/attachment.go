package motionsim

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// Attachments returns every file, by id.
func (m *Motion) Attachments() []Attachment {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.SortedFunc(maps.Values(m.attachments), func(a, b Attachment) int { return cmp.Compare(a.ID, b.ID) })
}

// Attach stores a file as an agent would, and returns its id.
func (m *Motion) Attach(f media.File) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.keep(Attachment{Name: f.Name, Type: f.MIME(), Data: f.Data}).ID
}

// keep stores a file. The caller holds mu.
func (m *Motion) keep(a Attachment) Attachment {
	a.ID = m.nextID()
	m.attachments[a.ID] = a
	return a
}

func (m *Motion) upload(in *request) *serve.Answer {
	kind, attributes, _ := mime.ParseMediaType(in.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return in.malformed(http.StatusBadRequest, "its Content-Type is not multipart/form-data")
	}
	reader := multipart.NewReader(bytes.NewReader(in.body), attributes["boundary"])
	part, err := reader.NextPart()
	if err != nil {
		return in.malformed(http.StatusBadRequest, "its body has no part: %v", err)
	}
	if part.FormName() != "file" || part.FileName() == "" {
		return in.malformed(http.StatusBadRequest, "its part is not named file or has no file name")
	}
	data, err := io.ReadAll(part)
	if err != nil {
		return in.malformed(http.StatusBadRequest, "its part cannot be read: %v", err)
	}
	if _, err := reader.NextPart(); err != io.EOF { //nolint:errorlint // NextPart returns it unwrapped
		return in.malformed(http.StatusBadRequest, "its body has more than one part")
	}
	if int64(len(data)) > m.options.MaxAttachment {
		return in.malformed(http.StatusRequestEntityTooLarge, "the file of %d bytes is over the limit", len(data))
	}
	if len(data) == 0 {
		return in.malformed(http.StatusBadRequest, "the file is empty")
	}
	return serve.JSON(http.StatusCreated, m.keep(Attachment{Name: part.FileName(), Type: part.Header.Get("Content-Type"), Data: data}).describe())
}

// attachment finds the file that the path names. The caller holds mu.
func (m *Motion) attachment(in *request) (Attachment, *serve.Answer) {
	id, err := strconv.Atoi(in.PathValue("id"))
	if err != nil {
		return Attachment{}, in.malformed(http.StatusBadRequest, "the id in its path is not a number")
	}
	a, found := m.attachments[id]
	if !found {
		return Attachment{}, serve.JSON(http.StatusNotFound, map[string]any{"message": "Not Found"})
	}
	return a, nil
}

func (m *Motion) showAttachment(in *request) *serve.Answer {
	a, refused := m.attachment(in)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, a.describe())
}

func (m *Motion) download(in *request) *serve.Answer {
	file, refused := m.attachment(in)
	if refused != nil {
		return refused
	}
	a := &serve.Answer{Status: http.StatusOK, Body: file.Data}
	a.Header().Set("Content-Type", "application/octet-stream")
	a.Header().Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(file.Name, `"`, "'")+`"`)
	return a
}

// about is the file behind the address of a call.
func (m *Motion) about(r *http.Request) []byte {
	parts := strings.Split(r.URL.Path, "/")
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, part := range parts {
		if id, err := strconv.Atoi(part); err == nil && strings.HasPrefix(r.URL.Path, "/api/attachments") {
			return m.attachments[id].Data
		}
	}
	return nil
}
