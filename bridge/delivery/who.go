package delivery

import (
	"context"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/visible"
)

const (
	// maxDescription bounds what a new contact is told of, in characters, and maxProfileText the person's own words in it: X
	// allows 160 for them.
	maxDescription = 300
	maxProfileText = 200
	// whoTries is how often a message is tried together with who writes. A Motion that fails over it gets the message alone.
	whoTries = 3
)

// meet finds out whether the first notification of the delivery is the first of somebody whom Perch has not met, and so goes
// with what X tells of the person. A contact that is there already is never changed.
func (j *job) meet(ctx context.Context) {
	d := j.d
	isFirst := !d.Progress.TextDone && d.Progress.FilesDone == 0
	if !j.ch.Agents.WhoWrites || j.remembered || !isFirst || d.Attempts >= whoTries || !tellsWho(d) {
		return
	}
	_, isMet, err := j.journal.PersonByID(ctx, d.Channel, d.Event.From.ID, time.Time{})
	j.isNew = err == nil && !isMet
}

// tellsWho reports whether there is anything to tell. Events of encrypted chat hold nothing of people.
func tellsWho(d *bridge.Delivery) bool {
	return d.Event != nil && d.Event.Sealed == nil && (d.Kind == bridge.KindDM || d.Kind.IsPublic()) && d.From != "" && d.From != d.Event.From.ID
}

// withWho adds who writes to a notification.
func withWho(d *bridge.Delivery, n bridge.Notification) bridge.Notification {
	n.Description, n.URL = describe(d.Event.Profile), bridge.ProfileURL(d.From)
	return n
}

// describe is one line about a person: "Verified on X (business) · 1,234 followers · "profile text"".
func describe(p bridge.Profile) string {
	var parts []string
	switch p.Verified {
	case bridge.VerifiedNo:
		parts = append(parts, "Not verified on X")
	case bridge.VerifiedYes:
		parts = append(parts, "Verified on X")
	case bridge.VerifiedBlue, bridge.VerifiedBusiness, bridge.VerifiedGovernment:
		parts = append(parts, "Verified on X ("+string(p.Verified)+")")
	case bridge.VerifiedUntold:
	}
	if p.HasFollowers {
		parts = append(parts, followers(p.Followers))
	}
	if text := oneLine(p.Text); text != "" {
		parts = append(parts, quote(shorten(text, maxProfileText)))
	}
	return shorten(visible.Line(strings.Join(parts, " · ")), maxDescription)
}

func followers(n int) string {
	if n == 1 {
		return "1 follower"
	}
	return thousands(n) + " followers"
}

// thousands writes a number as people read it: 1,234,567.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	const group = 3
	for at := len(digits) - group; at > 0; at -= group {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// oneLine makes one line of a text, without space at its ends and with one between words.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
