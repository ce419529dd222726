package bridge

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// entity is a link inside a text.
type entity struct {
	URL         string `json:"url"`
	ExpandedURL string `json:"expanded_url"`
	DisplayURL  string `json:"display_url"`
	MediaKey    string `json:"media_key"`
}

type entities struct {
	URLs  []entity `json:"urls"`
	Media []media  `json:"media"`
}

// media is an attached file in either family.
type media struct {
	ID            id     `json:"id"`
	IDStr         id     `json:"id_str"`
	MediaKey      string `json:"media_key"`
	Type          string `json:"type"`
	URL           string `json:"url"`
	MediaURL      string `json:"media_url"`
	MediaURLHTTPS string `json:"media_url_https"`
	VideoInfo     struct {
		Variants []variant `json:"variants"`
	} `json:"video_info"`
	Variants []variant `json:"variants"`
}

type variant struct {
	Bitrate     int    `json:"bitrate"`
	BitRate     int    `json:"bit_rate"`
	ContentType string `json:"content_type"`
	URL         string `json:"url"`
}

// media returns the file for the domain; false when the payload does not say where it is.
func (m media) media() (Media, bool) {
	out := Media{ID: firstOf(m.IDStr, m.ID), Type: MediaType(m.Type)}
	if out.ID == "" {
		out.ID = m.MediaKey
	}
	if out.Type == Photo || out.Type == "" {
		out.Type = Photo
		at := cmp.Or(m.MediaURLHTTPS, m.MediaURL)
		if at == "" && m.MediaKey != "" {
			at = m.URL // in v2 "url" is the file; in v1.1 it is the t.co link
		}
		if at == "" {
			return out, false
		}
		out.Variants = []Variant{{URL: clean(at)}}
		return out, true
	}
	for _, v := range append(m.VideoInfo.Variants, m.Variants...) {
		if v.URL != "" && !strings.Contains(strings.ToLower(v.ContentType), "mpegurl") {
			out.Variants = append(out.Variants, Variant{
				URL: clean(v.URL), ContentType: clean(v.ContentType), Bitrate: max(v.Bitrate, v.BitRate),
			})
		}
	}
	return out, len(out.Variants) > 0
}

// plain makes X's text the customer's: the links that only stand for an attached file are cut, the three characters
// that X escapes are put back.
func plain(text string, cut []string) string {
	for _, link := range cut {
		if link != "" {
			text = strings.Replace(text, link, "", 1)
		}
	}
	return strings.TrimRight(Unescape(clean(text)), " \t\n")
}

var entityReplacer = strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">")

// Unescape puts back the three characters that X escapes in texts.
func Unescape(text string) string { return entityReplacer.Replace(text) }

// clean makes sure that what is stored and passed on is valid UTF-8.
func clean(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

// isMediaLink reports whether a link in a text only stands for an attached file.
func isMediaLink(e entity) bool {
	return strings.Contains(e.ExpandedURL, "/messages/media/") || e.MediaKey != "" ||
		strings.HasPrefix(e.DisplayURL, "pic.twitter.com/") || strings.HasPrefix(e.DisplayURL, "pic.x.com/") ||
		(strings.Contains(e.ExpandedURL, "/status/") &&
			(strings.Contains(e.ExpandedURL, "/photo/") || strings.Contains(e.ExpandedURL, "/video/")))
}

// milli reads epoch milliseconds given as text; zero when they are not.
func milli(text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms <= 0 {
		return noTime
	}
	return time.UnixMilli(ms)
}

// when reads the dates of either family.
func when(text string) time.Time {
	for _, layout := range []string{time.RFC3339, time.RubyDate} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return noTime
}
