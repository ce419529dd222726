package control

import (
	"time"

	"perch/app/update"
	"perch/bridge"
)

// Update is what is known of newer versions of Perch.
type Update struct {
	Current string `json:"current"`
	// Latest is the newest version that the release feed names; "" when none was read yet. Newer is set when it is later than
	// Current.
	Latest string `json:"latest"`
	Newer  bool   `json:"newer"`
	// Page is where people get it, Notes what is new in a line, Published when it appeared; each may be missing.
	Page      string     `json:"page,omitempty"`
	Notes     string     `json:"notes,omitempty"`
	Published *time.Time `json:"published,omitempty"`
	// CheckedAt is when the feed was read last; nil for never. Error says in words why the last look failed.
	CheckedAt *time.Time `json:"checked_at"`
	Error     string     `json:"error,omitempty"`
}

// FromUpdate makes what people see of a look at the release feed.
func FromUpdate(r update.Result) Update {
	return Update{
		Current: r.Current, Latest: r.Latest.Version, Newer: r.IsNewer, Page: r.Latest.Page, Notes: r.Latest.Notes,
		Published: orNil(r.Latest.Published), CheckedAt: orNil(r.CheckedAt),
	}
}

// FromLooks makes it of what a relay has found by itself; nil when it has not looked.
func FromLooks(r update.Result, err error) *Update {
	if r.CheckedAt.IsZero() && err == nil {
		return nil
	}
	out := FromUpdate(r)
	if err != nil {
		out.Error = bridge.FailureOf(bridge.AsError(err)).Sentence()
	}
	return &out
}
