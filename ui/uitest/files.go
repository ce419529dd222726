package uitest

import (
	"context"
	"fmt"
	"strings"

	"perch/app/control"
)

// SetFiles makes the relay answer to questions for files with f; nil for what it does by itself.
func (r *Relay) SetFiles(f func(ctx context.Context, id int64, n int) (control.File, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.files = f
}

// File implements window.Messages. Every photo is that of a parcel.
func (r *Relay) File(ctx context.Context, id int64, n int) (control.File, error) {
	r.mu.Lock()
	answer := r.files
	r.mu.Unlock()
	if answer != nil {
		return answer(ctx, id, n)
	}
	d, err := r.Message(ctx, id)
	if err != nil {
		return control.File{}, err
	}
	if n < 0 || n >= len(d.Media) {
		return control.File{}, fmt.Errorf("message %d has no file with the number %d", id, n) //nolint:err113 // a fake
	}
	f := d.Media[n]
	if f.Type == "photo" || strings.HasPrefix(f.Type, "image/") {
		return control.File{Name: f.Name, Type: "image/jpeg", Data: Parcel()}, nil
	}
	return control.File{Name: f.Name, Type: f.Type, Data: []byte("no picture")}, nil
}
