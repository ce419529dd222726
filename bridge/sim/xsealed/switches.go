package xsealed

// WithholdChatKeys keeps the changes of keys that two people make from now on from the API and from events, until
// ReleaseChatKeys.
func (x *Chats) WithholdChatKeys(a, b string) {
	x.Lock()
	defer x.Unlock()
	x.talk(a, b).isWithholding = true
}

// ReleaseChatKeys gives out what was withheld.
func (x *Chats) ReleaseChatKeys(a, b string) {
	x.Lock()
	defer x.Unlock()
	t := x.talk(a, b)
	t.isWithholding = false
	for _, c := range t.changes {
		c.isHidden = false
	}
}

// AskChat makes what somebody writes to somebody else a message request: not trusted, told by no event, not in the list of
// conversations, found by the conversation alone. An answer accepts it.
func (x *Chats) AskChat(fromID, toID string) {
	x.Lock()
	defer x.Unlock()
	x.talk(fromID, toID).askedOf = toID
}

// DistrustChat lets what somebody posts to somebody else fail, because the latter has not accepted it, or no longer.
func (x *Chats) DistrustChat(fromID, toID string, is bool) {
	x.Lock()
	defer x.Unlock()
	t := x.talk(fromID, toID)
	if t.distrusted = ""; is {
		t.distrusted = fromID
	}
}

// HideChatEvent leaves an event out of lists, so that the one after it names one that nobody has.
func (x *Chats) HideChatEvent(a, b, sequenceID string) {
	x.Lock()
	defer x.Unlock()
	if e := x.talk(a, b).event(sequenceID); e != nil {
		e.isHidden = true
	}
}
