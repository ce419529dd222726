package sim

import (
	"perch/bridge/sim/xsealed"
	"perch/bridge/sim/xstate"
)

// The names that whoever plays on X needs all the time.
type (
	// XOptions say how X behaves.
	XOptions = xstate.Options
	// Account is a person that an app may act for.
	Account = xstate.Account
	// Person is somebody on X.
	Person = xstate.Person
	// Profile is what X tells of somebody.
	Profile = xstate.Profile
	// Message is what somebody writes in a direct message.
	Message = xstate.Message
	// Post is what somebody posts in public.
	Post = xstate.Post
	// Note is what somebody writes in encrypted chat.
	Note = xsealed.Note
	// ChatOptions say how encrypted chat behaves.
	ChatOptions = xsealed.Options
)
