package xapi

import (
	"context"
	"regexp"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

// found checks that a look-up brought who was asked for, with the handle that messages need.
func found(person bridge.Person, a *xcall.Answer, err error, isAsked bool) (bridge.Person, error) {
	if err == nil && (!isAsked || person.Handle == "") {
		err = a.Unexpected(opLookUp, nil)
	}
	return person, err
}

// idPattern is what ids in X's answers look like; some of them become parts of addresses.
var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// known returns the first id that looks like one.
func known(ids ...loose.ID) string {
	for _, id := range ids {
		if idPattern.MatchString(string(id)) {
			return string(id)
		}
	}
	return ""
}

const opLookUp = "look up account"

// sentID makes a sending call. An answer of success without an id leaves the outcome unknown: a look will find it.
func sentID(ctx context.Context, c *base, what xcall.Call, into any, id func() string) (string, error) {
	a, err := c.calls.Do(ctx, what)
	if err != nil {
		return "", err
	}
	if err := a.Decode(what.Op, into); err != nil || id() == "" {
		return "", &bridge.Error{
			Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Op: what.Op, Message: "X took the message but did not say its number", Err: err,
		}
	}
	return id(), nil
}
