package xsealed

import (
	"bytes"
	"strconv"

	"perch/bridge/xchat/stream"
)

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
