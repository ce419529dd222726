package chat

import (
	"bytes"
	"context"
	"errors"
	"io"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/stream"
)

// Fetch gets a customer's encrypted file from X and decrypts it. Nothing is returned unless all of it was authentic. A file
// that can never be had is Rejected.
func (r *Rooms) Fetch(ctx context.Context, ch *bridge.Channel, media bridge.Media) (bridge.File, error) {
	s := *media.Sealed
	m := r.rooms[ch.Name]
	if m == nil || ch.Chat == nil || ch.ChatKeys.IsZero() {
		return bridge.File{}, fileError("Perch has no keys of encrypted chat for this channel any more")
	}
	if err := r.ready(ctx, m); err != nil {
		return bridge.File{}, err
	}
	key, err := r.fileKey(ctx, m, ch, s)
	if err != nil {
		return bridge.File{}, err
	}
	if s.Bytes > bridge.MaxInboundFile {
		return bridge.File{}, fileError("it is larger than 25 MB")
	}
	body, err := ch.Chat.FetchChatMedia(ctx, s.Conversation, s.Key)
	if err != nil {
		return bridge.File{}, err
	}
	defer func() { _ = body.Close() }()
	data, err := decrypt(body, key, s)
	if err != nil {
		return bridge.File{}, err
	}
	kind := bridge.SniffType(data)
	return bridge.File{Name: nameOf(s, kind), Type: kind, Data: data}, nil
}

// fileKey is the key of the conversation in the version of the file's message.
func (r *Rooms) fileKey(ctx context.Context, m *room, ch *bridge.Channel, s bridge.SealedFile) (*[stream.KeySize]byte, error) {
	id, err := xchat.ParseConversation(s.Conversation, "")
	if err != nil {
		return nil, fileError("it belongs to no conversation")
	}
	if err := r.load(ctx, m, id); err != nil {
		return nil, err
	}
	key, ok := m.ConversationKey(id, s.KeyVersion)
	if !ok {
		if _, err := r.seekKey(ctx, m, ch, soughtKey{id, s.KeyVersion}); err != nil {
			return nil, err
		}
		if key, ok = m.ConversationKey(id, s.KeyVersion); !ok {
			return nil, fileError("its key is not here any more")
		}
	}
	var raw [stream.KeySize]byte
	copy(raw[:], key.Reveal())
	return &raw, nil
}

// decrypt reads a whole file. A connection that breaks is another matter than a file that was cut.
func decrypt(body io.Reader, key *[stream.KeySize]byte, s bridge.SealedFile) ([]byte, error) {
	size := stream.Any
	if s.Bytes > 0 {
		size = s.Bytes
	}
	source := &watched{Reader: io.LimitReader(body, stream.SealedSize(bridge.MaxInboundFile)+1)}
	var plain bytes.Buffer
	_, err := io.Copy(&plain, stream.Open(key, source, size))
	switch {
	case source.err != nil:
		return nil, &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: "fetch the customer's encrypted file", Message: "X's answer broke off", Err: source.err}
	case plain.Len() > bridge.MaxInboundFile:
		return nil, fileError("it is larger than 25 MB")
	case errors.Is(err, stream.ErrSize):
		return nil, fileError("it has another size than its message says")
	case err != nil:
		return nil, fileError("it failed the check of authenticity: it was changed or cut")
	}
	return plain.Bytes(), nil
}

// watched keeps the error of its source that is no end.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// extensions are those of the types that customers send most, for files without a name.
var extensions = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "video/mp4": ".mp4", "application/pdf": ".pdf",
	"audio/mpeg": ".mp3", "audio/wave": ".wav", "application/ogg": ".ogg",
}

func nameOf(s bridge.SealedFile, kind string) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Key + extensions[kind]
}
