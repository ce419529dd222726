package account

import (
	"fmt"

	"perch/bridge"
)

// OpCheckKeys is the operation of errors about whose the keys of a channel are.
const OpCheckKeys = "check X keys"

func revokedError() *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: "listen to X", Message: "the X account has taken back the app's access",
		Remedy: "sign in to X's developer portal, make new access tokens, store them with perch secret set",
	}
}

func readOnlyError(channel string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: OpCheckKeys, Message: "the X keys of channel " + channel + " may only read",
		Remedy: "in X's developer portal set the app to \"Read and write and Direct message\", then make new access tokens, store them with perch secret set",
	}
}

func noDMError(channel string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideX, Op: OpCheckKeys,
		Message: "the X keys of channel " + channel + " lack the direct-message permission",
		Remedy:  "in X's developer portal set the app to \"Read and write and Direct message\", then make new access tokens, store them with perch secret set",
	}
}

// nameOf is how people call an account.
func nameOf(a bridge.Account) string {
	if a.Handle != "" {
		return "@" + a.Handle
	}
	return "the account " + a.ID
}

// doubtfulError says that a channel waits for X to tell whose its keys are; cause is what X said instead, nil before it
// has said anything.
func doubtfulError(channel string, cause *bridge.Error) *bridge.Error {
	e := &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideX, Op: OpCheckKeys,
		Message: "the X keys of channel " + channel + " have changed, and replies wait until X has told whose they are",
		Remedy:  "nothing to do: Perch asks X by itself",
	}
	if cause != nil {
		e.Kind, e.Code, e.Err = cause.Kind, cause.Code, cause.Err
		e.Message += ": " + cause.Message
		if cause.Remedy != "" {
			e.Remedy = cause.Remedy
		}
	}
	return e
}

// StrangerError says that the keys of a channel are those of another account while that many replies wait which were
// written for the known one.
func StrangerError(channel string, known, owner bridge.Account, waiting int) *bridge.Error {
	e := &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Op: OpCheckKeys, Code: "other account"}
	e.Message = fmt.Sprintf("the X keys of channel %s are those of %s, but the channel speaks for %s, so nothing is sent", channel, nameOf(owner), nameOf(known))
	if waiting == 0 {
		e.Message += "; no reply waits any more"
		e.Remedy = fmt.Sprintf("to go on with %s: perch resume; or store the keys of %s", nameOf(owner), nameOf(known))
		return e
	}
	replies := fmt.Sprintf("%d replies wait", waiting)
	if waiting == 1 {
		replies = "1 reply waits"
	}
	e.Message += "; " + replies + " that would go out from the wrong account"
	e.Remedy = fmt.Sprintf("store the keys of %s; or, to go on with %s, give up what waits (see it with: perch traffic --direction out "+
		"--state queued, and --state undecided; drop each with: perch discard ID), then: perch resume", nameOf(known), nameOf(owner))
	return e
}
