package uitest

import (
	"context"
	"slices"
	"sync"

	"perch/app/control"
)

// Chat keeps keys of encrypted chat in memory and asks nobody. It is safe for concurrent use.
type Chat struct {
	mu   sync.Mutex
	acts []string
	// Left is how many guesses of the PIN are left.
	Left     int
	relay    *Relay    // whose status shows the keys
	settings *Settings // where they are said to be stored
}

// NewChat returns a Chat that has all 20 guesses.
func NewChat(r *Relay, s *Settings) *Chat { return &Chat{Left: 20, relay: r, settings: s} }

// Fingerprint is that of all keys that are taken here.
const Fingerprint = "jQ1M5uY8r3mE73-2RPXy3OFaAgt6a_iZv5g6uTLwq5w"

// Acts returns what was done, without the keys.
func (c *Chat) Acts() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.acts)
}

func (c *Chat) become(act, state string) {
	c.mu.Lock()
	c.acts = append(c.acts, act)
	c.mu.Unlock()
	_, _ = c.settings.SetSecret(context.Background(), "support", "x.chat_keys", map[bool]string{true: Fingerprint}[state != "off"])
	c.relay.Change(func(s *control.Status) {
		s.Channels = slices.Clone(s.Channels)
		s.Channels[0].Chat = control.Chat{State: state}
		if state != "off" {
			s.Channels[0].Chat.Fingerprint, s.Channels[0].Chat.Conversations = Fingerprint, 12
		}
	})
}

// ImportChat takes anything but "foreign-keys".
func (c *Chat) ImportChat(_ context.Context, channel, pasted string) (control.ChatResult, error) {
	if pasted == "foreign-keys" {
		return control.ChatResult{}, control.Said("these keys do not belong to @acme_support; get them from the account's own backup")
	}
	c.become("import "+channel, "ready")
	return control.ChatResult{Account: "acme_support", Fingerprint: Fingerprint, CanSign: true, Message: "the keys of @acme_support are stored"}, nil
}

// UnlockChat takes the PIN 1234.
func (c *Chat) UnlockChat(_ context.Context, channel, pin string, confirm func(int) bool) (control.ChatResult, error) {
	c.mu.Lock()
	left := c.Left
	c.mu.Unlock()
	switch {
	case left <= control.FewGuesses && !confirm(left):
		return control.ChatResult{}, control.FewGuessesError("only 2 guesses are left", "be sure of the PIN")
	case pin != "1234":
		c.mu.Lock()
		c.Left--
		c.acts = append(c.acts, "guess "+channel)
		c.mu.Unlock()
		return control.ChatResult{}, control.Said("the PIN is wrong; look it up before you try again")
	}
	c.become("unlock "+channel, "ready")
	return control.ChatResult{Message: "the keys are back"}, nil
}

// CheckChat finds the keys good.
func (c *Chat) CheckChat(_ context.Context, channel string) (control.ChatResult, error) {
	c.become("check "+channel, "ready")
	return control.ChatResult{Message: "the keys are those of @acme_support and work"}, nil
}

// ForgetChat forgets them.
func (c *Chat) ForgetChat(_ context.Context, channel string) (control.ChatResult, error) {
	c.become("forget "+channel, "off")
	return control.ChatResult{Message: "the keys are forgotten"}, nil
}
