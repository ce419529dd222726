package chat

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/visible"
	"perch/bridge/xchat"
	"perch/bridge/xchat/wire"
)

// render says what a verified event is for an agent: its words and its files; what is not for people is named in nothing.
func render(found xchat.Finding, own string) (words string, files []bridge.Media, nothing string) {
	switch f := found.(type) {
	case *xchat.Message:
		lines := []string{}
		if f.Reply != nil {
			lines = append(lines, quoteLine(f.Reply, own))
		}
		body, files := content(f.Content, f.Conversation, f.KeyVersion)
		return join(append(groupLine(f.Conversation, lines), body)), files, ""
	case *xchat.Plain:
		body, files := content(f.Unverified, f.Conversation, f.KeyVersion)
		return join(append(groupLine(f.Conversation, []string{plainLine}), body)), files, ""
	case *xchat.Edit:
		return join(groupLine(f.Conversation, []string{editLine, f.Text})), nil, ""
	case *xchat.Reaction:
		return join(groupLine(f.Conversation, []string{reactionLine(f)})), nil, ""
	case *xchat.Delete:
		if !f.ForAll {
			return "", nil, "cleared"
		}
		return join(groupLine(f.Conversation, []string{deleteLine(len(f.SequenceIDs))})), nil, ""
	case *xchat.Ignored:
		if f.What == xchat.UnknownContent {
			return join(groupLine(f.Conversation, []string{unknownLine})), nil, ""
		}
		return "", nil, f.What
	case *xchat.Notice:
		if line := noticeLines[f.Kind]; line != "" {
			return join(groupLine(f.Conversation, []string{line})), nil, ""
		}
	}
	return "", nil, "other"
}

// groupLine says before anything else that a message was written to a group.
func groupLine(id xchat.ConversationID, lines []string) []string {
	if id.IsGroup() {
		return append([]string{inGroupLine}, lines...)
	}
	return lines
}

func join(lines []string) string {
	var all []string
	for _, line := range lines {
		if line != "" {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}

// content is the text of a message with a line for all that is neither text nor file.
func content(c xchat.Content, id xchat.ConversationID, version string) (body string, files []bridge.Media) {
	lines := []string{c.Text}
	if c.Forwarded != "" {
		lines = append(lines, forwardedLine(c.Forwarded))
	}
	if c.Choice != nil && c.Text == "" {
		lines = append(lines, choiceLine(cmp.Or(c.Choice.OptionID, c.Choice.Metadata)))
	}
	more, files := attached(c, id, version)
	lines = append(lines, more...)
	for _, b := range c.Buttons {
		lines = append(lines, buttonLine(b))
	}
	return join(lines), files
}

// attached are the files of a message, and lines for what is attached and is no file.
func attached(c xchat.Content, id xchat.ConversationID, version string) (lines []string, files []bridge.Media) {
	more := 0
	for _, a := range c.Attachments {
		switch line := attachmentLine(a); {
		case a.Kind != wire.AttachmentMedia && line != "" && !strings.Contains(c.Text, line):
			lines = append(lines, line)
		case a.Kind != wire.AttachmentMedia:
		case len(files) == maxFiles:
			more++
		default:
			files = append(files, file(a.Media, id, version)...)
			if !a.Media.HasKey() && !isFileAddress(a.Media.LegacyURL) {
				lines = append(lines, noFileLine)
			}
		}
	}
	if more > 0 {
		lines = append(lines, moreFilesLine(more))
	}
	return lines, files
}

// maxFiles is how many files of one message are handed on. X's own app sends up to ten; the sender chooses what it writes.
const maxFiles = 20

// file is where a file of a message is; none when the message does not say so in a form that may be asked for.
func file(m wire.Media, id xchat.ConversationID, version string) []bridge.Media {
	kinds := map[wire.MediaType]bridge.MediaType{wire.MediaImage: bridge.Photo, wire.MediaSVG: bridge.Photo, wire.MediaGIF: bridge.GIF, wire.MediaVideo: bridge.Video}
	one := bridge.Media{ID: m.HashKey, Type: kinds[m.Type]}
	switch {
	case m.HasKey():
		one.Sealed = &bridge.SealedFile{
			Conversation: id.Path(), Key: m.HashKey, KeyVersion: version, Name: fileName(m.Filename), Bytes: max(m.Size, 0),
		}
	case isFileAddress(m.LegacyURL):
		one.Variants = []bridge.Variant{{URL: m.LegacyURL}}
	default:
		return nil
	}
	return []bridge.Media{one}
}

// fileHosts are where X keeps files of direct messages (X docs: direct messages, media).
var fileHosts = []string{"ton.twitter.com", "ton.x.com", "pbs.twimg.com", "video.twimg.com"}

// isFileAddress reports whether an address, which the sender chose, is one of a file at X. Perch signs what it asks for there.
func isFileAddress(address string) bool {
	target, err := url.Parse(address)
	return err == nil && target.Scheme == "https" && target.User == nil && slices.Contains(fileHosts, target.Host)
}

// maxFileName bounds a file's name, in bytes.
const maxFileName = 120

// fileName makes a sender's name of a file harmless: one word of a path, without signs that steer.
func fileName(name string) string {
	name = visible.Line(path.Base(strings.ReplaceAll(name, `\`, "/")))
	if name == "." || name == ".." || name == "/" {
		return ""
	}
	for len(name) > maxFileName {
		_, size := utf8.DecodeRuneInString(name)
		name = name[size:] // its end tells the kind
	}
	return name
}
