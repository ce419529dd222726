// Package tray decides what the tray shows and says. It is pure: a Snapshot and a time go in, a View or notices come
// out, and nothing else is read or changed.
//
// It guarantees that the worst channel decides the icon, that the menu has the same items in the same order whatever
// happens (only their texts, and whether they show, change), and that nobody is told of the same cause twice.
package tray

import (
	"time"

	"perch/app/control"
	"perch/app/desk"
)

// T gives the text for a key, as translation.Texts does.
type T func(key string, args ...any) string

// Phase is what the tray knows of the relay's process.
type Phase string

// The phases. The empty one means that nobody has asked yet.
const (
	PhaseUp         Phase = "up"
	PhaseDown       Phase = "down"
	PhaseStarting   Phase = "starting"
	PhaseStopping   Phase = "stopping"
	PhaseRestarting Phase = "restarting"
	// PhaseSilent is a relay whose process is there and does not answer.
	PhaseSilent Phase = "silent"
)

// Snapshot is all that the tray knows at one moment.
type Snapshot struct {
	Phase Phase
	// Status and Limits are the relay's last answers; they count while Phase is PhaseUp, but for Status.Demo: what was a
	// demo stays one.
	Status control.Status
	Limits []control.Limit
	// IsConfigured tells that there is a perch.toml.
	IsConfigured bool
	// Died tells that the relay ended although nobody had asked it to.
	Died bool
	// Locked tells that the relay cannot be started before a person gives the passphrase of its vault.
	Locked bool
	// Failure says why the relay could not be started, or what else the user asked for and did not get.
	Failure string
	// RetryAt is when the tray starts the relay again; zero when it will not.
	RetryAt time.Time
	// Login tells whether Perch starts at login; unknown means that it cannot on this system.
	Login desk.Answer
	// Host tells whether anything shows the icon. It is unknown while nobody has asked, and for as long as a panel that
	// is late may still come.
	Host desk.Answer
}

// The items' IDs. CopyWebhook and CopyReply have a child for each channel, "copy-reply/support", when there are several.
const (
	ItemDetail  = "detail"
	ItemOpen    = "open"
	ItemStart   = "start"
	ItemStop    = "stop"
	ItemRestart = "restart"
	ItemPause   = "pause"
	// The menu of pauses that end by themselves has a child for each length: "pause/30m0s".
	ItemPauseMenu   = "pause-menu"
	ItemResume      = "resume"
	ItemAttention   = "attention"
	ItemCopyWebhook = "copy-webhook"
	ItemCopyReply   = "copy-reply"
	// The menus of several channels stand beside the plain items, because an item that has children takes no click.
	ItemWebhookMenu = "webhook-menu"
	ItemReplyMenu   = "reply-menu"
	ItemLogin       = "login"
	ItemQuit        = "quit"
	// Separator is the ID of every line between items.
	Separator = ""
)

// View is what the tray shows. Icon is a state of package assets.
type View struct {
	Icon, Tooltip, FirstLine string
	Items                    []Item
}

// Item is an item of the menu. One with Separator as its ID is a line.
type Item struct {
	ID, Title       string
	Enabled, Hidden bool
	// IsCheckable items have a box, ticked when Checked.
	IsCheckable, Checked bool
	Children             []Item
}

// NeedsYou counts the messages that wait for a person.
func NeedsYou(s control.Status) int {
	n := 0
	for _, c := range s.Channels {
		n += c.Inbound.Dead + c.Outbound.Dead + c.Outbound.Undecided
	}
	return n
}

// Waiting counts the messages that are on their way or wait for their turn.
func Waiting(s control.Status) int {
	n := 0
	for _, c := range s.Channels {
		n += c.Inbound.Queued + c.Outbound.Queued
	}
	return n
}
