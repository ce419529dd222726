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

// StartUpload makes room for a file of an account's. The caller holds the lock.
func (x *Chats) StartUpload(own, conversation string, total int) (*Media, *Refusal) {
	id, refused := x.ResolveSide(own, conversation)
	switch {
	case refused != nil:
		return nil, refused
	case x.find(id) == nil:
		return nil, &Refusal{Fault: none()}
	case total > MaxMedia:
		return nil, &Refusal{Fault: invalid("The media is too large.")}
	}
	if _, ok := stream.OpenedSize(int64(total)); !ok {
		return nil, wrong("total_bytes", "no encrypted file has "+strconv.Itoa(total)+" bytes")
	}
	return x.newMedia(own, id, total), nil
}

// upload finds an upload of an account's that goes on.
func (x *Chats) upload(own, session, conversation, key string) (*Media, *Refusal) {
	m := x.media[key]
	id, refused := x.ResolveSide(own, conversation)
	switch {
	case refused != nil:
		return nil, refused
	case m == nil || m.Session != session || m.owner != own || m.Conversation != id:
		return nil, wrong("media_hash_key", "session, media_hash_key and conversation_id are not those of one upload")
	case x.Now().After(m.Expires):
		return nil, &Refusal{Fault: invalid("The upload session has expired.")}
	}
	return m, nil
}

// AddSegment takes one part of a file. Parts come in order; one may come again. The caller holds the lock.
func (x *Chats) AddSegment(own, session, conversation, key string, index int, part []byte) (*Media, *Refusal) {
	m, refused := x.upload(own, session, conversation, key)
	switch {
	case refused != nil:
		return nil, refused
	case index < 0 || index > maxSegment || len(part) == 0:
		return nil, wrong("segment_index", "the segment is empty, or its index not between 0 and 999")
	case index < len(m.parts) && bytes.Equal(m.parts[index], part):
		return m, nil
	case index != len(m.parts):
		return nil, wrong("segment_index", "segment "+strconv.Itoa(index)+" comes after "+strconv.Itoa(len(m.parts))+" segments, or with other bytes than before")
	case m.IsComplete:
		return nil, wrong("media_hash_key", "the upload was finalized before")
	}
	m.parts = append(m.parts, bytes.Clone(part))
	return m, nil
}

// maxSegment is the last index of a part (X's OpenAPI).
const maxSegment = 999

// EndUpload puts a file together. It may be called again. The caller holds the lock.
func (x *Chats) EndUpload(own, session, conversation, key, parts string) *Refusal {
	m, refused := x.upload(own, session, conversation, key)
	if refused != nil {
		return refused
	}
	sealed := bytes.Join(m.parts, nil)
	switch {
	case parts != strconv.Itoa(len(m.parts)):
		return wrong("num_parts", "num_parts is "+strconv.Quote(parts)+", but "+strconv.Itoa(len(m.parts))+" parts came")
	case len(sealed) != m.total:
		return wrong("total_bytes", strconv.Itoa(len(sealed))+" bytes came, but total_bytes said "+strconv.Itoa(m.total))
	}
	m.Sealed, m.IsComplete = sealed, true
	return nil
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
