package chat

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/gif"  // sizes of GIF pictures
	_ "image/jpeg" // sizes of JPEG pictures
	_ "image/png"  // sizes of PNG pictures
	"strings"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

// MaxFile is the most that goes out as a file of encrypted chat, in bytes. X does not say it; other programs hold to less.
const MaxFile = 25 << 20

// The sizes that stand in for those that are not known (pixels), as X's example programs have them.
const (
	imageSide   = 1024
	videoWidth  = 1280
	videoHeight = 720
)

// Preflight refuses a file that X does not take in encrypted chat.
func Preflight(f bridge.File) *bridge.Error {
	switch {
	case len(f.Data) == 0:
		return bridge.Refusal("the file "+f.Name+" is empty", "attach it again")
	case len(f.Data) > MaxFile:
		return bridge.Refusal(fmt.Sprintf("the file %s has %.1f MB, but at most %d MB go into an encrypted message", f.Name,
			float64(len(f.Data))/(1<<20), MaxFile>>20), "send a smaller one")
	}
	return nil
}

// upload encrypts a file with the conversation's key and brings it to X.
func (r *Rooms) upload(ctx context.Context, ch *bridge.Channel, t xchat.Thread, f bridge.File) (wire.Media, error) {
	if refusal := Preflight(f); refusal != nil {
		return wire.Media{}, refusal
	}
	var key [stream.KeySize]byte
	copy(key[:], t.Key.Reveal())
	size := int64(len(f.Data))
	hash, err := ch.Chat.UploadChatMedia(ctx, t.Conversation.Path(), stream.Seal(&key, bytes.NewReader(f.Data)), stream.SealedSize(size))
	if err != nil {
		return wire.Media{}, err
	}
	media := wire.Media{HashKey: hash, Type: typeOf(f.Type), Size: size, Filename: f.Name, AttachmentID: xchat.NewID()}
	media.Width, media.Height = sizeOf(f, media.Type)
	return media, nil
}

func typeOf(mime string) wire.MediaType {
	switch {
	case mime == "image/gif":
		return wire.MediaGIF
	case mime == "image/svg+xml":
		return wire.MediaSVG
	case strings.HasPrefix(mime, "image/"):
		return wire.MediaImage
	case strings.HasPrefix(mime, "video/"):
		return wire.MediaVideo
	case strings.HasPrefix(mime, "audio/"):
		return wire.MediaAudio
	}
	return wire.MediaFile
}

// sizeOf is the size of a picture or video in pixels; 0 for what has none.
func sizeOf(f bridge.File, kind wire.MediaType) (width, height int64) {
	switch kind {
	case wire.MediaVideo:
		return videoWidth, videoHeight
	case wire.MediaImage, wire.MediaGIF, wire.MediaSVG:
		if c, _, err := image.DecodeConfig(bytes.NewReader(f.Data)); err == nil {
			return int64(c.Width), int64(c.Height)
		}
		return imageSide, imageSide
	}
	return 0, 0
}
