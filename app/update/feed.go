package update

import (
	"encoding/json"
	"net/url"
	"time"

	"golang.org/x/mod/semver"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/visible"
)

const (
	// format is the form of the feed that this program knows.
	format = 1
	// maxNotes bounds the line of news, in bytes; maxVersion a version.
	maxNotes, maxVersion = 300, 64
)

// parse reads a feed whose signature was right. Members that are not known do not matter.
func parse(text []byte, now time.Time) (Release, error) {
	var feed struct {
		Format    int        `json:"format"`
		Version   loose.Text `json:"version"`
		Published loose.Time `json:"published"`
		Expires   loose.Time `json:"expires"`
		Page      loose.Text `json:"page"`
		Notes     loose.Text `json:"notes"`
	}
	if err := json.Unmarshal(text, &feed); err != nil {
		return Release{}, feedError("the release feed cannot be read", err)
	}
	version := string(feed.Version)
	switch {
	case feed.Format > format:
		return Release{}, feedError("the release feed is of a form that this version of Perch does not know: there is a newer one", nil)
	case feed.Format != format, len(version) > maxVersion, !semver.IsValid(canonical(version)):
		return Release{}, feedError("the release feed names no version", nil)
	case !feed.Expires.IsZero() && now.After(feed.Expires.Time):
		return Release{}, oldError(feed.Expires.Time)
	}
	return Release{Version: canonical(version)[1:], Published: feed.Published.Time, Page: page(string(feed.Page)), Notes: line(string(feed.Notes))}, nil
}

// page returns an address that people may be led to, or nothing.
func page(text string) string {
	if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return ""
	}
	return visible.Line(text)
}

func line(text string) string {
	text = visible.Line(text)
	if len(text) > maxNotes {
		cut := maxNotes
		for cut > 0 && text[cut]&0xC0 == 0x80 { // not within a character
			cut--
		}
		text = text[:cut] + "…"
	}
	return text
}

func oldError(since time.Time) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: opCheck, Code: codeOld,
		Message: "the release feed has run out on " + since.Format(time.DateOnly) + "; what it says may be old",
		Remedy:  "see that this computer's clock is right, and look at the release page yourself: somebody may be holding back a newer feed",
	}
}
