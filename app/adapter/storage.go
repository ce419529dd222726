package adapter

import (
	"bytes"
	"context"
	"crypto/rand"

	"perch/bridge"
	"perch/bridge/motion"
)

// ErrOtherFile tells that Motion gave back another file than it was given.
var ErrOtherFile = &bridge.Error{
	Kind: bridge.Operator, Side: bridge.SideMotion, Message: "Motion gave back another file than it was given", Remedy: "look at Motion's storage settings",
}

// ProveStorage stores a small file in Motion and fetches it again: no other question tells whether the user may. With an
// error, isStored tells that the first half went well. The error is the client's or ErrOtherFile.
func ProveStorage(ctx context.Context, m *motion.Client) (isStored bool, err error) {
	proof := []byte("Perch checks whether files can be stored: " + rand.Text() + "\n")
	id, err := m.Upload(ctx, bridge.File{Name: "perch-check.txt", Type: "text/plain", Data: proof})
	if err != nil {
		return false, err
	}
	back, err := m.Download(ctx, id)
	if err == nil && !bytes.Equal(back.Data, proof) {
		err = ErrOtherFile
	}
	return true, err
}
