package sim

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// holds reports whether a call is one that an oddity is for: by its address, its body, or what it asks for.
func holds(want string, r *http.Request, body, about []byte) bool {
	return want == "" || strings.Contains(r.URL.RequestURI(), want) || bytes.Contains(body, []byte(want)) || bytes.Contains(about, []byte(want))
}

// longNumber is an id of X in an address.
var longNumber = regexp.MustCompile(`[0-9]{15,20}`)

// about is what stands behind the address of a call: a file, or the texts of the message or post.
func (x *X) about(r *http.Request) []byte {
	x.mu.Lock()
	defer x.mu.Unlock()
	if file := x.files[r.URL.Path]; file != nil {
		return file.data
	}
	var all []byte
	for _, id := range longNumber.FindAllString(r.URL.RequestURI(), -1) {
		if p := x.post(id); p != nil {
			all = append(all, p.typed...)
		}
		for _, d := range x.dms {
			if d.id == id {
				all = append(all, d.typed...)
			}
		}
	}
	return all
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
