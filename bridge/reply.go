package bridge

import (
	"cmp"
	"path"
	"regexp"
	"strings"
)

// Reply is what an agent sent, as Motion posted it to the Reply URL. Every field may be empty.
type Reply struct {
	// MotionID is Motion's message id, the key of duplicates.
	MotionID string `json:"motion_id,omitempty"`
	// Body is the text; when AttachmentID is set it may be the name of the file.
	Body         string `json:"body"`
	AttachmentID string `json:"attachment_id,omitempty"`
	// FileName is the name of the file where Motion told it beside the text.
	FileName string `json:"file_name,omitempty"`
	// InteractionID and ThreadID are of Motion's interaction; ThreadID is set for public ones only.
	InteractionID string `json:"interaction_id,omitempty"`
	ThreadID      string `json:"thread_id,omitempty"`
	// IsThreadRounded is set when ThreadID came as a number that may have lost its last digits.
	IsThreadRounded bool   `json:"is_thread_rounded,omitempty"`
	ContactID       string `json:"contact_id,omitempty"`
	// Handle is the value of the Map Key in the contact, without a leading "@".
	Handle string `json:"handle,omitempty"`
	Agent  string `json:"agent,omitempty"`
	// Command is what the agent began the text with; Body is without it.
	Command Command `json:"command,omitempty"`
}

// NoteThread is the public thread of the interaction in which the agent wrote, also where the reply itself goes in private.
func (d *Delivery) NoteThread() string {
	if d.Reply != nil && d.Reply.Command == CommandDM {
		return d.Reply.ThreadID
	}
	return d.ThreadID
}

// fileNamePattern is what the name of a file looks like: one line that ends in the extension of a usual kind of file.
var fileNamePattern = regexp.MustCompile(`(?i)^[^\n\r/\\]{1,200}\.(png|jpe?g|jfif|gif|webp|heic|avif|bmp|tiff?|svg|mp4|m4v|mov|webm|avi|mkv|mp3|` +
	`m4a|ogg|wav|pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|zip|html?|bin)$`)

// extensionOf are the usual extensions of the files that X takes.
var extensionOf = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "video/mp4": ".mp4"}

// Captioned tells the text beside an agent's file from the name of the file, both of which Motion puts into the same
// member. stored is the name under which Motion keeps the file and kind its type, as far as they are known.
func Captioned(r Reply, stored, kind string) (text string, files []Attached) {
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
