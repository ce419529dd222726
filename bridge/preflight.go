package bridge

import (
	"fmt"
	"unicode/utf8"
)

// What X takes; nothing else in the domain knows these numbers.
const (
	// MaxDM is the most characters a direct message may have (X docs: direct messages, v1.1; not stated for v2).
	MaxDM = 10_000
	// MaxPost is the most weighted characters a post may have (X docs: counting characters).
	MaxPost = 280
	// MaxImage, MaxGIF and MaxVideo are the limits of files, in bytes (X docs: media best practices).
	MaxImage = 5 << 20
	MaxGIF   = 15 << 20
	MaxVideo = 512 << 20
)

// maxUpload is the limit of each type of file that X takes, in bytes.
var maxUpload = map[string]int{"image/png": MaxImage, "image/jpeg": MaxImage, "image/gif": MaxGIF, "video/mp4": MaxVideo}

// PreflightText refuses a reply that X would refuse, before any call. measure returns the weighted length of a post and
// whether X takes it. nil means that the text may go.
func PreflightText(d *Delivery, measure func(text string) (weighted int, valid bool)) *Error {
	switch {
	case d.Kind == KindHide:
		return nil
	case d.Reply.AttachmentID != "" && d.Text == "":
		return nil
	case !d.Kind.IsPublic():
		if n := utf8.RuneCountInString(d.Text); n > MaxDM {
			return dmTooLongError(n)
		}
	default:
		if weighted, valid := measure(d.Text); !valid {
			return postTooLongError(weighted)
		}
	}
	return nil
}

// PreflightFile refuses a file that X does not take.
func PreflightFile(f File) *Error {
	limit := maxUpload[f.Type]
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

// Refusal is why a reply must not be sent, in words, and what to do instead.
func Refusal(message, remedy string) *Error {
	return &Error{Kind: Rejected, Side: SidePerch, Op: "check reply", Message: message, Remedy: remedy}
}

func dmTooLongError(n int) *Error {
	return Refusal(fmt.Sprintf("the text has %d characters, but X takes at most %d in a direct message", n, MaxDM),
		"send it in several messages")
}

func postTooLongError(weighted int) *Error {
	if weighted <= MaxPost {
		return Refusal("X does not take this text as a public reply: it is empty or holds a character that X refuses", "change the text")
	}
	return Refusal(fmt.Sprintf("the text counts %d characters by X's rules, but a public reply has at most %d (a link counts 23, "+
		"an emoji or a Chinese or Japanese character 2)", weighted, MaxPost), "shorten it, or send it in several replies")
}

func fileTypeError(f File) *Error {
	return Refusal(fmt.Sprintf("X does not take the file %s (%s)", f.Name, f.Type), "send a PNG, JPEG or GIF picture or an MP4 video")
}

func emptyFileError(f File) *Error {
	return Refusal("the file "+f.Name+" is empty", "attach it again")
}

func fileTooLargeError(f File, limit int) *Error {
	return Refusal(fmt.Sprintf("the file %s has %.1f MB, but X takes at most %d MB of this kind", f.Name,
		float64(len(f.Data))/(1<<20), limit>>20), "send a smaller one")
}
