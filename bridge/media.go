package bridge

import (
	"net/http"
	"strings"
)

// MediaType is X's word for the kind of an attached file.
type MediaType string

// X's media types (X docs: data dictionary, media object).
const (
	Photo MediaType = "photo"
	GIF   MediaType = "animated_gif"
	Video MediaType = "video"
)

// Variant is one encoding of a file at X.
type Variant struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type,omitempty"`
	// Bitrate is in bits a second; 0 for GIFs and when X gave none.
	Bitrate int `json:"bitrate,omitempty"`
}

// Media is a file that a customer attached. A photo has exactly one variant; a file of which X has told no more than that
// it is there has none, and is to be looked up.
type Media struct {
	ID       string    `json:"id,omitempty"`
	Type     MediaType `json:"type"`
	Variants []Variant `json:"variants,omitempty"`
	// Sealed is set for an encrypted file of X Chat, which has no variants.
	Sealed *SealedFile `json:"sealed,omitempty"`
}

// IsDescribed reports whether it is known where the file is.
func (m Media) IsDescribed() bool { return len(m.Variants) > 0 || m.Sealed != nil }

// isSameFile compares the ids of files, which are v1.1's numbers or v2's keys: the kind, an underscore and the number.
func isSameFile(a, b string) bool {
	return a != "" && b != "" && a[strings.LastIndexByte(a, '_')+1:] == b[strings.LastIndexByte(b, '_')+1:]
}

// File is the content of an attachment. Data must not be changed once handed on.
type File struct {
	Name string
	// Type is the MIME type, found by looking at the bytes and not by the name.
	Type string
	Data []byte
}

// Attached describes one file of a message for people.
type Attached struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// SniffType returns the MIME type of a file's content, without parameters. Names are not trusted.
func SniffType(data []byte) string {
	if len(data) >= 12 && string(data[4:8]) == "ftyp" {
		return "video/mp4" // the standard library knows some brands only
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}

// Limits of files, in bytes.
const (
	// MaxInboundFile is the most that is fetched from X (Motion's "Max attachment size" allows 1 to 25 MB).
	MaxInboundFile = 25 << 20
	// MaxShownFile is the most that is handed to people who look at a message.
	MaxShownFile = MaxInboundFile
)
