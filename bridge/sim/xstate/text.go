package xstate

import (
	"crypto/sha256"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// link is a t.co link in a text; start and end count code points of the text as X gives it.
type link struct {
	start, end             int
	url, expanded, display string
	isMedia                bool
}

// spelled is a text as X gives it: links shortened, files appended as a link, the three characters escaped.
type spelled struct {
	text  string
	links []link
}

// shorten makes the t.co link that stands for something; the same thing always gets the same one.
func shorten(what string) string {
	sum := sha256.Sum256([]byte(what))
	code := base64.RawURLEncoding.EncodeToString(sum[:])
	return "https://t.co/" + strings.NewReplacer("-", "x", "_", "y").Replace(code)[:10]
}

// spell writes a text as X gives it. place, when set, is where its files are to be seen, and gets a link at the end.
func spell(typed, place string, plainLinks bool) spelled {
	var s spelled
	rest := typed
	for !plainLinks {
		at := linkPattern.FindStringIndex(rest)
		if at == nil {
			break
		}
		s.text += escape.Replace(rest[:at[0]])
		address := rest[at[0]:at[1]]
		s.add(link{url: shorten(address), expanded: address, display: strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")})
		rest = rest[at[1]:]
	}
	s.text += escape.Replace(rest)
	if place != "" {
		if s.text != "" && !strings.HasSuffix(s.text, " ") {
			s.text += " "
		}
		short := shorten(place)
		s.add(link{url: short, expanded: place, display: "pic.twitter.com/" + short[len("https://t.co/"):], isMedia: true})
	}
	return s
}

func (s *spelled) add(l link) {
	l.start = utf8.RuneCountInString(s.text)
	s.text += l.url
	l.end = utf8.RuneCountInString(s.text)
	s.links = append(s.links, l)
}

// media returns the link that stands for the files; nil when there are none.
func (s *spelled) media() *link {
	for i := range s.links {
		if s.links[i].isMedia {
			return &s.links[i]
		}
	}
	return nil
}

// v11Links makes the "urls" of v1.1 entities. Links that stand for files belong to them in direct messages only.
func (s *spelled) v11Links(withMedia bool) []any {
	list := []any{}
	for _, l := range s.links {
		if !l.isMedia || withMedia {
			list = append(list, map[string]any{
				"url": l.url, "expanded_url": l.expanded, "display_url": l.display, "indices": []int{l.start, l.end},
			})
		}
	}
	return list
}

// v2Links makes the "urls" of v2 entities, the links of files included.
func (s *spelled) v2Links(files []*Hosted) []any {
	list := []any{}
	for _, l := range s.links {
		one := map[string]any{"url": l.url, "expanded_url": l.expanded, "display_url": l.display, "start": l.start, "end": l.end}
		if l.isMedia && len(files) > 0 {
			one["media_key"] = files[0].key()
		}
		list = append(list, one)
	}
	return list
}

// clip cuts a text after n code points.
func clip(text string, n int) string {
	runes := []rune(text)
	return string(runes[:min(n, len(runes))])
}

var (
	linkPattern    = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]}']`)
	mentionPattern = regexp.MustCompile(`(?:^|[^A-Za-z0-9_@/])@([A-Za-z0-9_]{1,15})`)
	escape         = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
)
