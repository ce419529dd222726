package bridge

import (
	"path"
	"strings"
	"unicode/utf8"
)

const (
	// MaxDM is the most characters a direct message may have (X docs: direct messages, v1.1; not stated for v2).
	MaxDM = 10_000
	// MaxPost is the most weighted characters a post may have (X docs: counting characters).
	MaxPost = 280
)

// preflightText refuses what X would refuse, before any call. nil means that the text may go.
func (b *Bridge) preflightText(d *Delivery) *Error {
	switch {
	case d.Reply.AttachmentID != "" && d.Text == "":
		return nil
	case d.Kind == KindDM:
		if n := utf8.RuneCountInString(d.Text); n > MaxDM {
			return dmTooLongError(n)
		}
	default:
		if weighted, valid := b.measure(d.Text); !valid {
			return postTooLongError(weighted)
		}
	}
	return nil
}

// isTextInstead reports whether a text came where a picture or a video was asked for: it stands in its place.
func isTextInstead(f File) bool {
	if !strings.HasPrefix(f.Type, "text/") {
		return false
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".mp4":
		return true
	}
	return false
}

// preflightFile refuses a file that X does not take.
func preflightFile(f File) *Error {
	limit := map[string]int{"image/png": MaxImage, "image/jpeg": MaxImage, "image/gif": MaxGIF, "video/mp4": MaxVideo}[f.Type]
	switch {
	case limit == 0:
		return fileTypeError(f)
	case len(f.Data) == 0:
		return emptyFileError(f)
	case len(f.Data) > limit:
		return fileTooLargeError(f, limit)
	}
	return nil
}
