package xapi

import (
	"context"

	"perch/bridge/xapi/xcall"
)

func allCall(op, method, url string) xcall.Call {
	return xcall.Call{Op: op, Endpoint: endpointSubscribedAll, Method: method, URL: url}
}

func (c *base) subscribe(ctx context.Context, what xcall.Call) error {
	what.MayBeEmpty = true
	a, err := c.calls.Exchange(ctx, what)
	if _, err = judged(what, a, err); isCode(err, codeSubscribed) {
		return nil
	}
	return err
}
