package bridge

import (
	"net/http"
	"strings"
)

// SniffType returns the MIME type of a file's content, without parameters. Names are not trusted.
func SniffType(data []byte) string {
	if len(data) >= 12 && string(data[4:8]) == "ftyp" {
		return "video/mp4" // the standard library knows some brands only
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	return kind
}
