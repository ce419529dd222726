package payload

import (
	"math"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// maxTold bounds what is kept of a profile's text and of a post that is cited, in characters: X allows 160 for the first, and
// people are shown less of both.
const maxTold = 300

// profile is what an account holds beside id and names, in both families.
type profile struct {
	Verified     loose.Bool `json:"verified"`
	VerifiedType loose.Text `json:"verified_type"`
	Followers    tally      `json:"followers_count"`
	Metrics      struct {
		Followers tally `json:"followers_count"`
	} `json:"public_metrics"`
	Description loose.Text `json:"description"`
}

// tally is a number of things. Whatever is not one is not known.
type tally struct {
	n       int
	isKnown bool
}

// UnmarshalJSON implements json.Unmarshaler; it never fails.
func (c *tally) UnmarshalJSON(raw []byte) error {
	var text loose.Text
	if err := text.UnmarshalJSON(raw); err != nil {
		return err
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(string(text)), 64)
	*c = tally{}
	if err == nil && f >= 0 && f <= math.MaxInt32 {
		*c = tally{int(f), true}
	}
	return nil
}

// told is what the account's object tells of whoever has it.
func (u *user) told() bridge.Profile {
	if u == nil {
		return bridge.Profile{}
	}
	if u.Data != nil {
		return u.Data.told()
	}
	followers := u.Followers
	if !followers.isKnown {
		followers = u.Metrics.Followers
	}
	return bridge.Profile{
		Verified: u.verification(), Followers: followers.n, HasFollowers: followers.isKnown, Text: bounded(unescape(string(u.Description))),
	}
}

// verification is what X says of it. A kind of it counts more than the mere word.
func (u *user) verification() bridge.Verification {
	switch kind := bridge.Verification(u.VerifiedType); kind {
	case bridge.VerifiedBlue, bridge.VerifiedBusiness, bridge.VerifiedGovernment:
		return kind
	}
	switch {
	case !u.Verified.Known:
		return bridge.VerifiedUntold
	case u.Verified.Value:
		return bridge.VerifiedYes
	}
	return bridge.VerifiedNo
}

// bounded shortens a text.
func bounded(text string) string {
	if len(text) <= maxTold {
		return text
	}
	n := 0
	for at := range text {
		if n++; n > maxTold {
			return strings.TrimSpace(text[:at]) + "…"
		}
	}
	return text
}
