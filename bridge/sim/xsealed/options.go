package xsealed

import "time"

// Options say how encrypted chat behaves. The zero value tells of everything at once.
type Options struct {
	// HideChanges leaves changes of keys out of events and lists until it is unset.
	HideChanges bool
	// OnceChanges tells of a change of keys with the first event after it only.
	OnceChanges bool
	// KeysInData puts changes of keys among the listed events, too.
	KeysInData bool
	// Silent makes events of customers appear in lists only, as X does with requests of strangers.
	Silent bool
	// Requests keeps conversations out of the list and says that requests wait. AskChat does that for one conversation.
	Requests bool
	// Failures are the types with which the next messages are refused inside a success, with Tier; 0 lets one pass.
	Failures []int32
	Tier     int32
	// NoToken leaves the conversation token out.
	NoToken bool
	// MediaColon wants conversation ids with a colon for files, in place of the hyphen.
	MediaColon bool
	// UploadLife is how long an upload may take; 0 means 24 h.
	UploadLife time.Duration
}

// ChangeChat alters the options.
func (x *Chats) ChangeChat(alter func(*Options)) {
	x.Lock()
	defer x.Unlock()
	alter(&x.options)
}
