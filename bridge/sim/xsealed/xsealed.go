// Package xsealed is X Chat of the simulated X: what X keeps of encrypted conversations, and the people who write in them
// with keys of their own.
//
// It checks what the API is given by X's documents and not by what a client happens to send: forms, sizes, versions, and
// every signature with the standard library alone. What the account has posted is opened by the simulated customer, so
// that a test sees what a customer would read. The State's lock is for everything here.
package xsealed

import (
	"fmt"
	"strconv"
	"time"

	"perch/bridge/sim/xevents"
	"perch/bridge/xchat"
	"perch/bridge/xchat/juicebox/realm"
	"perch/bridge/xchat/keys"
)

// Options say how X Chat behaves. The zero value tells of everything at once.
type Options struct {
	// HideChanges leaves changes of keys out of events and lists until it is unset.
	HideChanges bool
	// OnceChanges tells of a change of keys with the first message after it only.
	OnceChanges bool
	// Silent makes events of customers appear in lists only, as X does with requests of strangers.
	Silent bool
	// Requests keeps conversations out of the list and says that requests wait.
	Requests bool
	// Failures are the types with which the next messages are refused inside a success; 0 lets one pass.
	Failures []int32
	// NoToken leaves the conversation token out.
	NoToken bool
}

// Chats is X Chat. Make it with New; its methods take the State's lock unless they say otherwise.
type Chats struct {
	x       *xevents.Events
	options Options
	people  map[string]*person
	talks   map[xchat.ConversationID]*talk
	files   map[string]*file
	uploads map[string]*upload
	realms  *realm.Set
	server  func() string
	forms   int // of conversation ids, used in turn
}

// New returns an X Chat that nobody uses yet. base is X's address.
func New(x *xevents.Events, base func() string) *Chats {
	return &Chats{
		x: x, people: map[string]*person{}, talks: map[xchat.ConversationID]*talk{}, files: map[string]*file{}, uploads: map[string]*upload{}, server: base,
	}
}

// ChangeChat alters the options.
func (c *Chats) ChangeChat(alter func(*Options)) {
	c.x.Lock()
	defer c.x.Unlock()
	alter(&c.options)
}

// talk is a conversation of two.
type talk struct {
	id       xchat.ConversationID
	events   []*event // oldest first
	key      string   // the version of the newest key
	wrapped  map[string]string
	told     map[string]bool // versions of keys of which somebody was told
	posted   map[string]posted
	ring     map[string]keys.Conversation // what the simulated people know
	changeOf map[string]string            // the change of keys that brought a version
}

// event is one event of a conversation, as X keeps it.
type event struct {
	sequence, previous, messageID, sender, encoded string
	what                                           string
	keyVersion                                     string
	at                                             time.Time
}

// posted is what a message was posted with, and what X answered.
type posted struct{ bytes, answer string }

func (c *Chats) talk(id xchat.ConversationID) *talk {
	t := c.talks[id]
	if t == nil {
		t = &talk{
			id: id, wrapped: map[string]string{}, told: map[string]bool{}, posted: map[string]posted{}, ring: map[string]keys.Conversation{}, changeOf: map[string]string{},
		}
		c.talks[id] = t
	}
	return t
}

func pairOf(a, b string) xchat.ConversationID {
	id, err := xchat.ParseConversation(a+":"+b, "")
	if err != nil {
		panic(fmt.Sprintf("xsealed: %s and %s cannot talk", a, b)) // a mistake of the test
	}
	return id
}

// form writes a conversation's id in one of the forms that X's own samples have, in turn.
func (c *Chats) form(id xchat.ConversationID) string {
	c.forms++
	left, right := split(id)
	switch c.forms % 3 {
	case 1:
		return left + ":" + right
	case 2:
		return right + ":" + left
	default:
		return left + "-" + right
	}
}

func split(id xchat.ConversationID) (left, right string) {
	for i, r := range string(id) {
		if r == ':' {
			return string(id[:i]), string(id[i+1:])
		}
	}
	return string(id), ""
}

func milli(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
