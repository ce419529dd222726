// Package control is the control API: HTTP on a Unix socket that only its owner can open, on Windows on a named pipe that
// those can open who may use the folder with its name. The command line, the tray and the window are its clients, so that
// each can do all that the others can.
//
// It guarantees that the JSON names stay as they are (scripts rely on them; new members may be added), that no answer
// holds a secret, and that times are RFC 3339 with offset. Server and Client are safe for concurrent use.
package control

import (
	"cmp"
	"time"
)

// The states of the relay in Status.State.
const (
	StateRunning  = "running"
	StatePaused   = "paused"
	StateDegraded = "degraded"
	StateStopped  = "stopped"
	// StateSilent is a relay that works on its folder and cannot be asked: its journal is read in its place.
	StateSilent = "not_answering"
)

// Status is a snapshot of everything people ask about first.
type Status struct {
	State string `json:"state"`
	// Conditions are what there is to know of beyond that all is well, worst first; State follows from them.
	Conditions []Condition `json:"conditions"`
	Listen     string      `json:"listen"`
	Channels   []Channel   `json:"channels"`
	Reach      Reach       `json:"reach"`
	// Journal is how the place is where every message is kept: "connected", or "degraded" while a step of it fails (the
	// disk is full, most often), with what to do. The counts of the channels may be of an earlier time then.
	Journal Link   `json:"journal"`
	Version string `json:"version"`
	// PausedUntil is when a pause ends by itself; nil when it does not, or nothing is paused.
	PausedUntil *time.Time `json:"paused_until,omitempty"`
	// Started is when the relay started; nil when it is not running.
	Started *time.Time `json:"started,omitempty"`
	// StoppedAt is when the journal last kept something; only while the relay cannot be asked, and nil where that is not known.
	StoppedAt *time.Time `json:"stopped_at,omitempty"`
	// Silence is why a relay cannot be asked that works on the folder; only while State is "not_answering".
	Silence *Failure `json:"silence,omitempty"`
	// PID is the relay's process; 0 when it is not running.
	PID int `json:"pid,omitempty"`
	// Service is what runs the relay: "systemd-user", "systemd-system", "launchd-user", "launchd-system" or "windows"; ""
	// for none, or for one that was started by itself.
	Service string `json:"service"`
	// Update is what the relay has found about newer versions of Perch; nil when it is not to look by itself, or has not yet.
	Update *Update `json:"update,omitempty"`
	// Backup is how it stands with the relay's backups.
	Backup Backup `json:"backup"`
	// Figures is how Prometheus has the relay's figures; nil where no port of their own is asked for.
	Figures *Figures `json:"figures,omitempty"`
	// Alerts are how the places stand that are told of trouble.
	Alerts []Alert `json:"alerts"`
	// Disk is the room where the journal is, and Certificates are those that somebody has to renew.
	Disk         Disk          `json:"disk"`
	Certificates []Certificate `json:"certificates,omitempty"`
	// Costs is what the present month has cost so far; nil where that is not known.
	Costs *Spending `json:"costs,omitempty"`
	// Demo is set when this is the relay of a demo: X and Motion are simulated, and it can neither be started again nor
	// outlive the demo.
	Demo bool `json:"demo,omitempty"`
}

// Channel is the state of one channel.
type Channel struct {
	Name string `json:"name"`
	// Account is the brand's handle without "@"; empty until X has told it.
	Account string `json:"account"`
	X       Link   `json:"x"`
	Motion  Link   `json:"motion"`
	// Reply is how the Reply URL is that Motion has: "degraded" when agents' answers do not come here by it, "unknown"
	// where Motion does not tell or cannot be asked.
	Reply     Link      `json:"reply"`
	Inbound   Inbound   `json:"inbound"`
	Outbound  Outbound  `json:"outbound"`
	Encrypted int       `json:"encrypted"`
	Blocked   []Blocked `json:"blocked"`
	Chat      Chat      `json:"chat"`
}

// Link is the connection to one side: "connected", "degraded", "paused" or "unknown", and why in words.
type Link struct {
	State  string     `json:"state"`
	Detail string     `json:"detail"`
	Since  *time.Time `json:"since"`
	// Failure is what Detail says is wrong, in its parts; nil while nothing is. RetryAt is when the relay tries again.
	Failure *Failure   `json:"failure,omitempty"`
	RetryAt *time.Time `json:"retry_at,omitempty"`
	// IsUnreached is set while the side has not answered once since the relay started.
	IsUnreached bool `json:"unreached,omitempty"`
}

// Inbound counts messages from X to Motion.
type Inbound struct {
	Queued    int `json:"queued"`
	Delivered int `json:"delivered"`
	Dead      int `json:"dead"`
	// OldestWaitingAt is when the message came in that waits the longest; nil when none waits.
	OldestWaitingAt *time.Time `json:"oldest_waiting_at"`
}

// Outbound counts messages from Motion to X.
type Outbound struct {
	Queued    int `json:"queued"`
	Delivered int `json:"delivered"`
	Undecided int `json:"undecided"`
	Dead      int `json:"dead"`
	// OldestWaitingAt is when the message came in that waits the longest; nil when none waits.
	OldestWaitingAt *time.Time `json:"oldest_waiting_at"`
}

// Blocked is a queue that waits: "in", "in/files", "out/dm", "out/chat" or "out/post".
type Blocked struct {
	Queue string    `json:"queue"`
	Kind  string    `json:"kind"`
	Cause string    `json:"cause"`
	Until time.Time `json:"until"`
}

// Reach is how X's events come in.
type Reach struct {
	Mode      string `json:"mode"`
	PublicURL string `json:"public_url"`
	State     string `json:"state"`
	// Detail says in words what is wrong; empty when nothing is.
	Detail string `json:"detail"`
	// Failure is what Detail says is wrong, in its parts; nil while nothing is. RetryAt is when the relay tries again, and
	// Since when it began to work in this way.
	Failure *Failure   `json:"failure,omitempty"`
	RetryAt *time.Time `json:"retry_at,omitempty"`
	Since   *time.Time `json:"since,omitempty"`
	// LastProof is when it was last proved that X's events come in; nil for never.
	LastProof *time.Time `json:"last_proof"`
	// Gaps are the latest times in which events may not have arrived, and what was fetched afterwards; oldest first.
	Gaps []Gap `json:"gaps"`
	// Tunnel is what carries the public address; nil when nothing does.
	Tunnel *Tunnel `json:"tunnel,omitempty"`
}

// Gap is a time in which events may not have arrived. Lost says in words what X could no longer give.
type Gap struct {
	Channel   string    `json:"channel"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Recovered int       `json:"recovered"`
	Lost      string    `json:"lost,omitempty"`
}

// Tunnel is "ssh", "ngrok", "cloudflared" or "tls", and its state: "connecting", "connected", "degraded" or "failed".
type Tunnel struct {
	Kind   string `json:"kind"`
	State  string `json:"state"`
	Detail string `json:"detail"`
}

// URLs are the addresses of one channel, to be pasted into Motion and X's developer portal.
type URLs struct {
	Channel    string `json:"channel"`
	ReplyURL   string `json:"reply_url"`
	WebhookURL string `json:"webhook_url"`
}

// Message is one delivery, as people see it.
type Message struct {
	ID          int64      `json:"id"`
	Channel     string     `json:"channel"`
	Direction   string     `json:"direction"`
	Kind        string     `json:"kind"`
	State       string     `json:"state"`
	Attempts    int        `json:"attempts"`
	ReceivedAt  time.Time  `json:"received_at"`
	DueAt       *time.Time `json:"due_at"`
	DeliveredAt *time.Time `json:"delivered_at"`
	From        string     `json:"from"`
	To          string     `json:"to"`
	Text        string     `json:"text"`
	Media       []Media    `json:"media"`
	XID         string     `json:"x_id"`
	MotionID    string     `json:"motion_id"`
	ThreadID    string     `json:"thread_id"`
	Error       *Failure   `json:"error"`
	// Parent is the message that this file or note belongs to; 0 for none.
	Parent int64 `json:"parent,omitempty"`
	// PersonID is the customer's id at X; "" until it is known.
	PersonID string `json:"person_id,omitempty"`
	// Command is what the agent began the text with, without the slash: "dm", "link", "thread" or "hide"; "" for none.
	Command string `json:"command,omitempty"`
	// IsRefused is set on a reply that Perch has refused because of what it asks for or where it would go: it can only be discarded.
	IsRefused bool `json:"is_refused,omitempty"`
}

// Who is what a conversation with the message's customer is asked for by; "" when nobody is known.
func (m Message) Who() string {
	if m.Direction == "out" {
		return cmp.Or(m.PersonID, m.To)
	}
	return cmp.Or(m.PersonID, m.From)
}

// Media is one file of a message. Bytes is 0 until it was fetched.
type Media struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Failure is what went wrong last, and what to do.
type Failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}

// Attempt is one line of a message's history. Number is 0 for a deferral, a look or a person's act.
type Attempt struct {
	Number  int       `json:"number"`
	At      time.Time `json:"at"`
	TookMS  float64   `json:"took_ms"`
	Outcome string    `json:"outcome"`
	Kind    string    `json:"kind,omitempty"`
	Code    string    `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
}

// Detail is a message with its history and with what Perch understood of it (an event or a reply).
type Detail struct {
	Message
	// StoredAt is when it was on disk, which is before it was acknowledged; nil where that is not known (any more).
	StoredAt *time.Time `json:"kept_at"`
	History  []Attempt  `json:"history"`
	Content  any        `json:"content"`
	// Received is the post that held the message, as it came; it may hold others too. nil when it is not kept any more.
	Received *Document `json:"came_in"`
	// Calls are the calls that carry, or carried, the message to the other side.
	Calls []Document `json:"goes_out"`
}

// Limit is what X told about one of its limits.
type Limit struct {
	Channel  string   `json:"channel"`
	Endpoint string   `json:"endpoint"`
	Windows  []Window `json:"windows"`
	// Waiting counts the messages that need this endpoint.
	Waiting int `json:"waiting"`
}

// Window is one window of a limit: "15min", "user_24h" or "app_24h".
type Window struct {
	Name      string    `json:"name"`
	Limit     int       `json:"limit"`
	Remaining int       `json:"remaining"`
	ResetAt   time.Time `json:"reset_at"`
}

// Query selects messages. Zero fields select all.
type Query struct {
	Channel, Direction, Kind, State, Search string
	// Before and After bound the id, both exclusive.
	Before, After int64
	// Since and Until bound the time at which a message came in; Until is not part of it.
	Since, Until time.Time
	// Limit is how many at most; 0 means 100.
	Limit int
}

// failure is the body of an unsuccessful answer.
type failure struct {
	What    string `json:"what"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	Code    string `json:"code,omitempty"`
	// Left is how many guesses of a PIN are left, where that is known.
	Left *int `json:"left,omitempty"`
}

// Document is JSON as people read it: indented, in the order in which it was written, and without secrets.
type Document struct {
	// Call is the method and the address of a call; "" for what came in.
	Call string `json:"call,omitempty"`
	// Text is the JSON, or what was no JSON as it was.
	Text string `json:"text"`
	// IsForm is set on a call whose body is a form, which Text shows as JSON.
	IsForm bool `json:"form,omitempty"`
	// Bytes is the size of the whole as it came or goes. Cut is set when Text ends before the whole does.
	Bytes int  `json:"bytes"`
	Cut   bool `json:"cut,omitempty"`
}
