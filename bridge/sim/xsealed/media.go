package xsealed

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// Media is an encrypted file at X.
type Media struct {
	// Session names it while it is uploaded, Key from then on.
	Session, Key string
	// Conversation is in the canonical form.
	Conversation string
	Expires      time.Time
	// Sealed is the whole of it, once it is complete.
	Sealed     []byte
	IsComplete bool

	owner string
	total int
	parts [][]byte
}

// MaxMedia is the greatest file that X takes (bytes, encrypted), and uploadLife how long an upload may take.
const (
	MaxMedia   = 25 << 20
	uploadLife = 24 * time.Hour
)

// newMedia makes room for a file.
func (x *Chats) newMedia(owner, conversation string, total int) *Media {
	life := x.options.UploadLife
	if life == 0 {
		life = uploadLife
	}
	m := &Media{Session: x.NewID(), Key: randomKey(), Conversation: conversation, Expires: x.Now().Add(life), owner: owner, total: total}
	x.media[m.Key] = m
	return m
}

func randomKey() string {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// hide encrypts a file of a person's, with the newest key, and says what a message says of it.
func (x *Chats) hide(t *talk, f media.File) wire.Media {
	sealed, _ := io.ReadAll(stream.Seal((*[keySize]byte)(t.latest().key), bytes.NewReader(f.Data))) // it is in memory
	m := x.newMedia("", t.id, len(sealed))
	m.Sealed, m.IsComplete = sealed, true
	says := wire.Media{HashKey: m.Key, Width: 64, Height: 48, Type: wire.MediaImage, Size: int64(len(f.Data)), Filename: f.Name, AttachmentID: newUUID()}
	switch f.DetectedKind() {
	case media.GIF:
		says.Type = wire.MediaGIF
	case media.Video:
		says.Type, says.Width, says.Height, says.Duration = wire.MediaVideo, 1280, 720, 1000
	}
	return says
}

// Download finds a file for one who takes part in its conversation. The caller holds the lock.
func (x *Chats) Download(own, conversation, key string) (*Media, *Refusal) {
	if !sidePattern.MatchString(conversation) {
		return nil, wrong("id", "files are found by a pair with a hyphen or a group only, not by "+strconv.Quote(conversation))
	}
	id, refused := x.resolve(own, conversation)
	if refused != nil {
		return nil, refused
	}
	m := x.media[key]
	if m == nil || m.Conversation != id || !m.IsComplete {
		return nil, &Refusal{Fault: fault.Fault{Status: http.StatusNotFound, Title: "Not Found", Detail: "The media does not exist."}}
	}
	return m, nil
}

// SpoilChatMedia changes what X keeps of every file of a conversation, and of those that come later nothing: "cut" ends them
// in the middle, "swap" changes two chunks for each other, "flip" one bit, "gone" takes them away.
func (x *Chats) SpoilChatMedia(a, b, how string) {
	x.Lock()
	defer x.Unlock()
	for key, m := range x.media {
		if m.Conversation != pairID(a, b) {
			continue
		}
		switch how {
		case "cut":
			m.Sealed = m.Sealed[:stream.HeaderSize+(len(m.Sealed)-stream.HeaderSize)/2]
		case "swap":
			m.Sealed = swapped(m.Sealed)
		case "flip":
			m.Sealed = bytes.Clone(m.Sealed)
			m.Sealed[len(m.Sealed)-1] ^= 1
		case "gone":
			delete(x.media, key)
		}
	}
}

// Spoil changes the encrypted bytes of every file that is kept.
func (x *Chats) Spoil(change func([]byte) []byte) {
	x.Lock()
	defer x.Unlock()
	for _, m := range x.media {
		m.Sealed = change(m.Sealed)
	}
}

// swapped changes the first two chunks for each other; a file of one chunk has its halves changed.
func swapped(sealed []byte) []byte {
	head, body := sealed[:stream.HeaderSize], sealed[stream.HeaderSize:]
	n := min(stream.ChunkSize+stream.Overhead, len(body)/2)
	return bytes.Join([][]byte{head, body[n : 2*n], body[:n], body[2*n:]}, nil)
}
