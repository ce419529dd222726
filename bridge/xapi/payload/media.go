package payload

import (
	"cmp"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// media is an attached file in either family.
type media struct {
	ID            loose.ID   `json:"id"`
	IDStr         loose.ID   `json:"id_str"`
	MediaKey      loose.Text `json:"media_key"`
	Type          loose.Text `json:"type"`
	URL           loose.Text `json:"url"`
	MediaURL      loose.Text `json:"media_url"`
	MediaURLHTTPS loose.Text `json:"media_url_https"`
	// Source is the post that the file belongs to, when that is another one.
	Source    loose.ID `json:"source_status_id_str"`
	VideoInfo struct {
		Variants loose.List[variant] `json:"variants"`
	} `json:"video_info"`
	Variants loose.List[variant] `json:"variants"`
}

type variant struct {
	Bitrate     loose.Int  `json:"bitrate"`
	BitRate     loose.Int  `json:"bit_rate"`
	ContentType loose.Text `json:"content_type"`
	URL         loose.Text `json:"url"`
}

// media returns the file for the domain, without variants when the payload does not say where it is.
func (m media) media() bridge.Media {
	out := bridge.Media{ID: cmp.Or(loose.First(m.IDStr, m.ID), string(m.MediaKey)), Type: bridge.MediaType(m.Type)}
	for _, v := range append(m.VideoInfo.Variants, m.Variants...) {
		if v.URL != "" && !strings.Contains(strings.ToLower(string(v.ContentType)), "mpegurl") {
			out.Variants = append(out.Variants, bridge.Variant{
				URL: string(v.URL), ContentType: string(v.ContentType), Bitrate: max(int(v.Bitrate), int(v.BitRate), 0),
			})
		}
	}
	if len(out.Variants) > 0 && out.Type == "" {
		out.Type = bridge.Video
	}
	if out.Type != bridge.Photo && out.Type != "" {
		return out
	}
	at := cmp.Or(m.MediaURLHTTPS, m.MediaURL)
	if at == "" && m.MediaKey != "" {
		at = m.URL // in v2 "url" is the file; in v1.1 it is the t.co link
	}
	if at != "" {
		out.Type, out.Variants = bridge.Photo, []bridge.Variant{{URL: string(at)}}
	}
	return out
}

// Media reads the files of a list, in the form of either profile.
func Media(raw []byte) []bridge.Media {
	var list loose.List[media]
	loose.Part(raw, &list)
	var found []bridge.Media
	for _, m := range list {
		found = append(found, m.media())
	}
	return found
}
