// Package update asks a release feed whether there is a newer Perch.
//
// It guarantees that nothing is believed whose signature is not that of the key that the settings name; that nothing is
// installed, and nothing asked for but the feed and its signature; that only https is spoken (http on this computer
// itself), also where a server leads elsewhere; that what is read is bounded in size and time; and that a feed which has
// run out is not taken for news. Check is safe for concurrent use. Errors are *bridge.Error.
package update

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"aead.dev/minisign"
	"golang.org/x/mod/semver"

	"perch/bridge"
)

// opCheck names what fails, in words.
const opCheck = "look for a newer Perch"

// Source is where releases are told of, and whose word is believed.
type Source struct {
	// Feed is the address of the feed; its signature is at the same address with ".minisig" added.
	Feed string
	// Key is a public key of minisign, as minisign prints it ("RW…").
	Key string
}

// Release is what the feed tells.
type Release struct {
	Version   string
	Published time.Time
	// Page is where people read about it and get it; "" when the feed names none that is https.
	Page string
	// Notes say in a line what is new; it may be empty.
	Notes string
}

// Result is what a look at the feed has shown.
type Result struct {
	// Current is the version of this program.
	Current string
	// IsNewer is set when Latest is a later version than Current.
	IsNewer bool
	Latest  Release
	// CheckedAt is when the feed was read.
	CheckedAt time.Time
}

// Check reads the feed once. current is the version of this program.
func Check(ctx context.Context, from Source, current string, now func() time.Time) (Result, error) {
	key, err := ParseKey(from.Key)
	if err != nil {
		return Result{}, err
	}
	if err := CheckFeed(from.Feed); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	client := newClient()
	defer client.CloseIdleConnections()
	latest, err := fetch(ctx, client, from.Feed, key, now())
	if err != nil {
		return Result{}, err
	}
	return Result{Current: current, Latest: latest, IsNewer: isNewer(latest.Version, current), CheckedAt: now()}, nil
}

func fetch(ctx context.Context, client *http.Client, feed string, key minisign.PublicKey, now time.Time) (Release, error) {
	text, err := get(ctx, client, feed, maxFeed)
	if err != nil {
		return Release{}, err
	}
	signature, err := get(ctx, client, signatureOf(feed), maxSignature)
	if err != nil {
		return Release{}, err
	}
	if !minisign.Verify(key, text, signature) {
		return Release{}, unsignedError()
	}
	return parse(text, now)
}

// isNewer compares two versions. What is no version of three numbers, like that of a program that somebody has built without
// one, is older than all.
func isNewer(latest, current string) bool {
	return semver.Compare(canonical(latest), canonical(current)) > 0
}

func canonical(version string) string {
	return "v" + strings.TrimPrefix(strings.TrimSpace(version), "v")
}

// ParseKey reads a public key of minisign: the text "RW…", or the whole of the file minisign.pub.
func ParseKey(text string) (minisign.PublicKey, error) {
	var key minisign.PublicKey
	if strings.TrimSpace(text) == "" {
		return key, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opCheck, Message: "no key of the release feed is set",
			Remedy: "write the public key that is published with the releases into perch.toml: [update], key",
		}
	}
	if err := key.UnmarshalText([]byte(strings.TrimSpace(text))); err != nil {
		return key, &bridge.Error{
			Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opCheck, Message: "the key of the release feed is no public key of minisign",
			Remedy: "copy it again: it is one line of 56 characters that begins with RW", Err: err,
		}
	}
	return key, nil
}

func unsignedError() error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SidePerch, Op: opCheck, Code: codeUnsigned,
		Message: "the release feed is not signed by the key that perch.toml names; what it says is not believed",
		Remedy:  "compare [update] key with the one that is published with the releases. If it is the same, somebody may have changed the feed: install nothing, and tell those who publish Perch",
	}
}

// The codes of errors.
const (
	codeUnsigned = "update/unsigned"
	codeFeed     = "update/feed"
	codeOld      = "update/old"
)

func feedError(message string, err error) error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SidePerch, Op: opCheck, Code: codeFeed, Message: message,
		Remedy: "see whether its address is right ([update] feed in perch.toml) and can be reached from here; nothing else of Perch needs it", Err: err,
	}
}

// Sentence says in words what a look has shown.
func (r Result) Sentence() string {
	if !r.IsNewer {
		return "Perch " + r.Current + " is the newest version"
	}
	return "Perch " + r.Latest.Version + " is available; this is " + cmp.Or(r.Current, "an unknown version")
}
