package payload

import (
	"bytes"
	"slices"
	"strings"

	"perch/bridge/loose"
)

// link is a link inside a text.
type link struct {
	URL         loose.Text `json:"url"`
	ExpandedURL loose.Text `json:"expanded_url"`
	MediaKey    loose.Text `json:"media_key"`
}

type entities struct {
	URLs  loose.List[link]  `json:"urls"`
	Media loose.List[media] `json:"media"`
}

// plain makes X's text the customer's: the links that only stand for an attached file are cut, the three characters
// that X escapes are put back.
func plain(text string, cut []string) string {
	for _, l := range cut {
		text = cutLink(text, l)
	}
	return strings.TrimRight(unescape(text), " \t\n")
}

// cutLink takes out a link where it stands as a word of its own.
func cutLink(text, link string) string {
	if !strings.HasPrefix(link, "http://") && !strings.HasPrefix(link, "https://") {
		return text
	}
	for at := 0; ; {
		i := strings.Index(text[at:], link)
		if i < 0 {
			return text
		}
		from := at + i
		to := from + len(link)
		if to == len(text) || !isLinkByte(text[to]) {
			return text[:from] + text[to:]
		}
		at = to
	}
}

// isLinkByte reports whether a short link would go on with c.
func isLinkByte(c byte) bool {
	return c == '/' || c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

var entityReplacer = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// unescape puts back the three characters that X escapes in texts.
func unescape(text string) string {
	if !strings.Contains(text, "&") {
		return text // the replacer looks at each byte
	}
	return entityReplacer.Replace(text)
}

// ownFiles finds the links that stand for files of the message itself, and for nobody else's: by the number of the
// message, under any of the numbers that it has had, or by the key of a file that is attached.
func ownFiles(links []link, ids, keys []string) []string {
	var own []string
	for _, l := range links {
		if (l.MediaKey != "" && slices.Contains(keys, string(l.MediaKey))) ||
			slices.ContainsFunc(ids, func(id string) bool { return isFileOf(string(l.ExpandedURL), id) }) {
			own = append(own, string(l.URL))
		}
	}
	return own
}

// isFileOf reports whether an address is that of a file of the message: /messages/media/ID, or /status/ID/photo/1.
func isFileOf(address, id string) bool {
	address, _, _ = strings.Cut(address, "?")
	if id == "" {
		return false
	}
	if _, rest, found := strings.Cut(address, "/messages/media/"); found {
		return strings.TrimSuffix(rest, "/") == id
	}
	_, rest, found := strings.Cut(address, "/status/"+id+"/")
	return found && (strings.HasPrefix(rest, "photo/") || strings.HasPrefix(rest, "video/"))
}

// lastFile finds the link to a file of some message that ends a text: X puts the link of a message's own file there, and
// does not always name the message in it.
func lastFile(text string, links []link) []string {
	for _, l := range links {
		if strings.Contains(string(l.ExpandedURL), "/messages/media/") && strings.HasSuffix(strings.TrimSpace(text), string(l.URL)) {
			return []string{string(l.URL)}
		}
	}
	return nil
}

// textMember is the text of a message; a list of texts is one of as many lines. isOdd is set for something that is no text, but not nothing either.
type textMember struct {
	text  string
	isOdd bool
}

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (w *textMember) UnmarshalJSON(raw []byte) error {
	var text loose.Names
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	isObject := bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
	*w = textMember{strings.Join(text.List, "\n"), isObject || text.Odd > 0}
	return nil
}
