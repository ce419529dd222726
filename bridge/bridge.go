// Package bridge carries messages between X and XCALLY Motion. It is the domain: the rules, the states and the
// ports; adapters (bridge/xapi, bridge/motion, bridge/webhook, bridge/sqlite, …) depend on it and never it on them.
//
// # What it promises
//
//  1. Nothing is acknowledged before it is on disk. Kill -9 or power loss at any point loses no acknowledged message.
//  2. Inbound (X to Motion): at least once, duplicates removed by channel and X's own id. Order is kept within a
//     conversation; one slow conversation never holds up another.
//  3. Outbound (Motion to X): no blind repeat. When X may have taken a message but the answer was lost, Perch looks
//     for it; when it cannot tell, the message waits as Undecided for a person. A direct message is never sent again by
//     itself. A public post is sent once more, because X refuses an identical one.
//  4. Nothing fails silently: each message ends Delivered, Dead (with reason and remedy) or Discarded by a person.
//  5. A reply typed in a direct-message interaction never becomes a public post, and the other way round.
//  6. What Perch cannot read is counted, shown and told to the agent, never dropped.
//  7. A reply that waits never goes out from another X account than the one that its channel spoke for: keys that may be
//     another account's send nothing before X has told whose they are, nor after it while such replies wait.
//
// # States
//
// Queued → Sending → Delivered, or Queued again with a due time (retry or deferral), Undecided, Dead. A person turns
// Dead and Undecided into Queued or Discarded, and Undecided into Delivered.
//
// A retry follows a failed attempt: after 5 s, 30 s, 2 min, 10 min, 30 min, 2 h, 5 h, then every 10 h until five days
// after arrival. A deferral (rate limit, paused side, operator problem) does not count as an attempt. Permanent
// refusals end Dead at once. Retry-After and x-rate-limit-reset win over the table.
package bridge

import "perch/bridge/xchat/keys"

// Channel is one X account joined to one Open Channel account of Motion.
type Channel struct {
	Name string
	Wanted
	X      XClient
	Motion MotionClient
	// Keys tells one account's keys from another's without holding them; empty when there are none. With the keys of the
	// last confirmed account Perch sends without asking X first.
	Keys string
	// ChatKeys are the private keys of the account's encrypted chat; the zero value when Perch was given none.
	ChatKeys keys.Private
	// Chat is X's API for encrypted chat; nil where there is none.
	Chat ChatAPI
	// Limits is what X's client obeys; shown to people. It may be nil.
	Limits Limits
	// Costs is what is known of what X charges for; nil for nothing.
	Costs Costing
	// Agents is what the channel does for the agents beside carrying messages.
	Agents Agents
}

// Agents is what a channel does for the agents beside carrying messages: each part is a wish of the admin's.
type Agents struct {
	// WhoWrites puts what X tells of a new customer into the contact.
	WhoWrites bool
	// AnsweredPost puts a line with the post that a public post answers or quotes before it.
	AnsweredPost bool
	// DM, Hide, Thread and Link are the commands that a reply may begin with.
	DM, Hide, Thread, Link bool
}

// Wanted is what a channel wants to hear of from X.
type Wanted struct {
	// Mentions is whether public posts are delivered, or direct messages only.
	Mentions bool
	// Encrypted is whether X is asked to tell of encrypted messages, which it charges for.
	Encrypted bool
	// Chat is whether encrypted messages can be opened, so that what else X tells of encrypted chat is of use. It is free.
	Chat bool
}
