package xapi

import "context"

func allCall(op, method, url string) call {
	return call{op: op, endpoint: endpointSubscribedAll, method: method, url: url}
}

func (c *base) subscribe(ctx context.Context, what call) error {
	what.mayBeEmpty = true
	a, err := c.calls.exchange(ctx, what)
	if _, err = judged(what, a, err); isCode(err, codeSubscribed) {
		return nil
	}
	return err
}
