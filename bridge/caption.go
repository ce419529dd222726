package bridge

import (
	"cmp"
	"path"
	"regexp"
	"strings"
)

// fileNamePattern is what the name of a file looks like: one line that ends in the extension of a usual kind of file.
var fileNamePattern = regexp.MustCompile(`(?i)^[^\n\r/\\]{1,200}\.(png|jpe?g|jfif|gif|webp|heic|avif|bmp|tiff?|svg|mp4|m4v|mov|webm|avi|mkv|mp3|` +
	`m4a|ogg|wav|pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|zip|html?|bin)$`)

// extensionOf are the usual extensions of the files that X takes.
var extensionOf = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "video/mp4": ".mp4"}

// captioned tells the text beside an agent's file from the name of the file, both of which Motion puts into the same
// member. stored is the name under which Motion keeps the file and kind its type, as far as they are known.
func captioned(r Reply, stored, kind string) (text string, files []Attached) {
	text = strings.TrimSpace(r.Body)
	names := []string{stored, r.FileName}
	if kind == "" {
		kind = "file"
	}
	if text == "" || isFileName(text, names) {
		return "", []Attached{{Type: kind, Name: cmp.Or(text, r.FileName, stored, "file"+extensionOf[kind])}}
	}
	return r.Body, []Attached{{Type: kind, Name: cmp.Or(r.FileName, stored, "file"+extensionOf[kind])}}
}

// isFileName reports whether a text is the name of the file, and not something that an agent wrote beside it.
func isFileName(text string, names []string) bool {
	looksLike := fileNamePattern.MatchString(text)
	for _, name := range names {
		switch {
		case name == "":
		case strings.EqualFold(text, name):
			return true
		case looksLike && len(text) > len(name) && strings.HasSuffix(strings.ToLower(text), " "+strings.ToLower(name)):
			return false // a sentence that ends in the name
		case looksLike && !strings.EqualFold(path.Ext(text), path.Ext(name)):
			looksLike = false
		}
	}
	return looksLike
}
