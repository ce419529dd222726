// Package doctor finds out why Perch does not work, or proves that it does.
//
// It guarantees that the findings come in the order of their dependence, so that the first one that is not fine is the
// cause of those after it; that a check which cannot tell anything, because what it stands on has failed, says so in
// place of blaming something else; that every finding which is not fine says what to do; that a run ends within 15 s,
// whatever hangs; and that no secret is in a finding.
//
// It never sends a message and changes no setting. What it leaves behind is one small file in Motion for each channel,
// the proof that files can be stored. A password is tried once in a run, because Motion locks accounts.
//
// It works beside a running relay, whose journal and port it leaves alone, and without one: then it holds the relay's
// lock, takes the port and opens the tunnel itself for as long as it runs, so that the whole way can be proved.
package doctor

import (
	"slices"
)

// State is what came out of a check.
type State string

// The states of a finding.
const (
	OK State = "ok"
	// Warn means that it works, but not as well or as long as it should.
	Warn   State = "warn"
	Failed State = "failed"
	// Skipped means that the check could not be made; the message says why.
	Skipped State = "skipped"
)

// Finding is what came out of one check, in words.
type Finding struct {
	// Check names the check for scripts, Title for people.
	Check string `json:"check"`
	Title string `json:"-"`
	// Channel is empty for what concerns all channels.
	Channel string `json:"channel,omitempty"`
	State   State  `json:"state"`
	Message string `json:"message"`
	// Remedy says what to do; it is never empty for Warn and Failed.
	Remedy string `json:"remedy"`
	// TookMS is in milliseconds.
	TookMS int64 `json:"took_ms"`
}

// First returns the finding to begin with: the first that failed, else the first warning. ok is false when all is well.
func First(findings []Finding) (first Finding, ok bool) {
	for _, state := range []State{Failed, Warn} {
		if i := slices.IndexFunc(findings, func(f Finding) bool { return f.State == state }); i >= 0 {
			return findings[i], true
		}
	}
	return Finding{}, false
}
