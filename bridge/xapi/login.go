package xapi

import (
	"context"
	"encoding/json"
	"net/http"

	"perch/bridge"
	"perch/bridge/xapi/payload"
	"perch/bridge/xapi/xcall"
)

// RedeemLogin asks X for the tokens of a login that a person has agreed to, with what began it: the verifier and the address
// that X has led to. The tokens are neither kept nor in use.
func (c *base) RedeemLogin(ctx context.Context, code, verifier, redirect string) (Tokens, error) {
	return c.calls.Redeem(ctx, code, verifier, redirect)
}

// LoginOwner asks X whose the tokens of the login are.
func (c *base) LoginOwner(ctx context.Context) (bridge.Person, error) {
	what := xcall.Call{
		Op: "ask X whose the login is", Endpoint: endpointMe, Method: http.MethodGet, URL: c.calls.URLOf("/2/users/me"), Family: xcall.FamilyChat,
	}
	a, err := c.calls.AsLogin(ctx, what)
	if err != nil {
		return bridge.Person{}, err
	}
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return bridge.Person{}, err
	}
	person := payload.Person(body.Data)
	if person.ID == "" {
		return bridge.Person{}, a.Unexpected(what.Op, nil)
	}
	return person, nil
}
