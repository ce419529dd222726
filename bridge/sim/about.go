package sim

import (
	"net/http"
	"regexp"
)

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
