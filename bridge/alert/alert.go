// Package alert decides who is told of which trouble, and when.
//
// It guarantees that each place is told of a cause once, and once of its end; that what mends by itself within the time that the
// place allows is never told; that causes which begin together are told together; that in quiet hours only what is urgent is told,
// and what has ended meanwhile never; and that what was told, is to be told and could not be told is all in Book.State, by which
// a Book goes on after a restart where it was. It calls nobody, keeps nothing by itself, and is told the time.
package alert

import (
	"time"
)

// Level says who mends a cause.
type Level string

// The levels.
const (
	NeedsYou Level = "needs_you"
	Healing  Level = "healing"
)

// Pace says how long a cause lasts before it is told.
type Pace string

// The paces.
const (
	// AtOnce is told when it has lasted for Cause.Grace.
	AtOnce Pace = "at_once"
	// Patient mends by itself, most often: it is told when it has lasted for Place.After.
	Patient Pace = "patient"
	// Aging is the wait of the oldest message: it is told when that is as long as Place.Waiting.
	Aging Pace = "aging"
)

// Cause is one thing that is out of order. Its texts are for people and hold no secret and no customer's words.
type Cause struct {
	// Key tells it from all others, and stays as long as it lasts: "x/support", "dead/support".
	Key     string `json:"key"`
	Side    string `json:"side"`
	Channel string `json:"channel,omitempty"`
	Level   Level  `json:"level"`
	// Title is a few words, What a sentence, Remedy what to do (empty for nothing).
	Title  string `json:"title"`
	What   string `json:"what"`
	Remedy string `json:"remedy,omitempty"`
	// Count is how many messages it is about; 0 where it is about none.
	Count int `json:"count,omitempty"`
	// Since is when it began; zero where nobody knows, which is when it was first seen.
	Since time.Time `json:"since"`
	Pace  Pace      `json:"pace"`
	// Grace is how long it lasts at least; for AtOnce.
	Grace time.Duration `json:"grace,omitempty"`
	// IsUrgent is told in quiet hours too.
	IsUrgent bool `json:"urgent,omitempty"`
	// IsPast is something that has happened and does not end: nobody is told that it is solved.
	IsPast bool `json:"past,omitempty"`
}

// Place is where somebody is told.
type Place struct {
	Name string
	// After and Waiting are how long Patient and Aging causes last before they are told.
	After, Waiting time.Duration
	Quiet          Quiet
	// Except is the key of a cause that this place is not told: that it cannot be told itself.
	Except string
}

// ItemState says what an Item tells of its cause.
type ItemState string

// The states of an Item.
const (
	// Open is a cause that has begun, More one that has grown since it was told, Solved one that has ended.
	Open   ItemState = "open"
	More   ItemState = "more"
	Solved ItemState = "solved"
	// Test is no cause: somebody tries whether alerts arrive.
	Test ItemState = "test"
)

// Item is one line of a notice.
type Item struct {
	State ItemState `json:"state"`
	Cause
	// Until is when it ended; zero while it has not.
	Until time.Time `json:"until,omitzero"`
	// Messages are who wrote and what, where that is wanted.
	Messages []string `json:"messages,omitempty"`
}

// Notice is what a place is told at once. ID is unique within a Book and grows.
type Notice struct {
	ID      int64     `json:"id"`
	Place   string    `json:"place"`
	Made    time.Time `json:"made"`
	Items   []Item    `json:"items"`
	Due     time.Time `json:"due"`
	Tries   int       `json:"tries"`
	Problem string    `json:"problem,omitempty"`
}

// IsUrgent reports whether the notice goes out in quiet hours too.
func (n Notice) IsUrgent() bool {
	for _, i := range n.Items {
		if i.IsUrgent || i.State == Test {
			return true
		}
	}
	return false
}

// Case is how a cause stands with a place.
type Case struct {
	Place string `json:"place"`
	Cause
	// Seen is when it was first seen; Told when it was told, zero for not yet, and ToldCount of how many messages.
	Seen      time.Time `json:"seen"`
	Told      time.Time `json:"told,omitzero"`
	ToldCount int       `json:"told_count,omitempty"`
	// Gone is since when it is not seen any more; zero while it is.
	Gone time.Time `json:"gone,omitzero"`
}

// State is all that a Book knows.
type State struct {
	Cases   []Case   `json:"cases"`
	Notices []Notice `json:"notices"`
	// Last is the greatest ID that a notice had.
	Last int64 `json:"last"`
}
