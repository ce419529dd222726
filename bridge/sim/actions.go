package sim

// Actions are what a client can do in either version of the API. Make them with NewActions.
type Actions struct {
	*Events
	// uploads are under the State's lock.
	uploads map[string]*upload
}

// NewActions makes the actions of an X to which nothing was uploaded.
func NewActions(events *Events) *Actions { return &Actions{events, map[string]*upload{}} }
