package doctor

import (
	"context"
	"fmt"
	"strings"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/xchat/keys"
)

const (
	fixChatKeys  = "import them anew: perch chat import --channel %s; or get them back with the account's PIN: perch chat unlock --channel %s"
	fixChatLogin = "log in with: perch x login"
	// chatReceived is the event without which encrypted messages are not heard of.
	chatReceived = "chat.received"
)

// chatChecks is a channel's encrypted chat.
type chatChecks struct {
	*xChecks
	private keys.Private
}

// planChat lists the checks of encrypted chat, for a channel that has keys of it or had need of them.
func (x *xChecks) planChat(store *check) {
	c := &chatChecks{xChecks: x}
	if x.value(x.Name, "x.chat_keys") == "" {
		if c.unread() > 0 {
			x.add(check{name: "chat-keys", title: "keys of encrypted chat", channel: x.Name, needs: []*check{store}, run: c.checkNeed})
		}
		return
	}
	parsed := x.add(check{name: "chat-keys", title: "keys of encrypted chat", channel: x.Name, needs: []*check{store}, run: c.checkKeys})
	record := x.add(check{name: "chat-record", title: "record of encrypted chat", channel: x.Name, needs: []*check{parsed, x.accountCheck}, run: c.checkRecord})
	x.add(check{name: "chat-events", title: "events of encrypted chat", channel: x.Name, needs: []*check{record}, run: c.checkEvents})
}

// unread counts the encrypted messages that the relay could not read.
func (c *chatChecks) unread() int {
	for _, s := range c.relay.status.Channels {
		if s.Name == c.Name {
			return s.Encrypted
		}
	}
	return 0
}

func (c *chatChecks) checkNeed(context.Context) result {
	return warn(fmt.Sprintf("%d encrypted messages came that cannot be read here", c.unread()),
		"Perch reads and answers them with the account's key: perch chat unlock --channel "+c.Name+", or perch chat import --channel "+c.Name)
}

// checkKeys looks whether what is stored are keys, and whether they work.
func (c *chatChecks) checkKeys(context.Context) result {
	private, err := adapter.ChatKeys(c.Name, c.Values)
	if err == nil {
		err = private.Check()
	}
	switch {
	case err != nil:
		return bad("what is stored as x.chat_keys cannot be used: "+err.Error(), strings.ReplaceAll(fixChatKeys, "%s", c.Name))
	case !private.CanSign():
		c.private = private
		return warn("the keys have no signing part: encrypted messages can be read here, and answered in the X app only",
			"to answer too, import the account's whole keys of 64 bytes: perch chat import --channel "+c.Name)
	}
	c.private = private
	return fine("the keys can read and sign; fingerprint " + private.Fingerprint())
}

// checkRecord asks X whether the keys are the account's newest.
func (c *chatChecks) checkRecord(ctx context.Context) result {
	if c.account.ID == "" {
		return skip("not checked: X did not tell whose keys they are")
	}
	rows, err := c.client.ChatRecords(ctx, c.account.ID)
	if err != nil {
		return c.failure(err)
	}
	record, err := adapter.JudgeChat(c.private, rows, c.account)
	if err != nil {
		return failure(err)
	}
	return fine("the keys are those of @" + c.account.Handle + ", version " + record.Version())
}

// checkEvents looks whether X tells of encrypted messages.
func (c *chatChecks) checkEvents(ctx context.Context) result {
	if !c.client.HasActivity() {
		return warn("API v1.1 does not tell of encrypted messages: they are fetched from time to time only", "write api = \"v2\" below [channel.x] in perch.toml")
	}
	if c.Config.Reach.Mode == config.ModePoll {
		return fine("X is asked for encrypted messages as for all others")
	}
	all, err := c.client.Subscriptions(ctx)
	switch {
	case err != nil:
		return c.failure(err)
	case hasSubscription(all, chatReceived, c.account.ID, ""):
		return fine("X tells of encrypted messages to @" + c.account.Handle)
	case !c.X.Chat:
		return warn("X is not asked to tell of encrypted messages, because chat is false in perch.toml: they are fetched from time to time only",
			"write chat = true below [channel.x] in perch.toml")
	case !c.relay.isRunning:
		return fine("the relay asks X for them when it starts")
	}
	return warn("X does not tell of encrypted messages, which come late then: the subscription to "+chatReceived+" is missing",
		"the relay asks for it again within the hour; if it stays, "+fixChatLogin+", or look at: perch logs --level warn")
}

// failure says which login X wants, where that is what is missing. A token that the relay will renew is no trouble; the
// doctor changes nothing, and so does not renew it.
func (c *chatChecks) failure(err error) result {
	r := failure(err)
	if !strings.HasPrefix(bridge.CodeOf(err), bridge.CodeLogin) {
		return r
	}
	if login := adapter.XLogin(c.Name, c.Values); login.Refresh != "" && !login.Expires.IsZero() && login.Expires.Before(c.Now()) {
		return skip("not checked: the token of the login has ended; the relay renews it when it needs it")
	}
	if !strings.Contains(r.remedy, fixChatLogin) {
		r.remedy = fixChatLogin
	}
	return r
}
