package xapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

const opHide = "hide the customer's reply"

func (v *v2) hideCall(postID string) xcall.Call {
	return xcall.Call{
		Op: opHide, Endpoint: endpointHide, Method: http.MethodPut, URL: v.calls.URLOf("/2/tweets/" + url.PathEscape(postID) + "/hidden"),
		JSON: map[string]bool{"hidden": true},
	}
}

// HidePost implements bridge.Moderator (X docs: hide replies).
func (v *v2) HidePost(ctx context.Context, postID string) error {
	what := v.hideCall(postID)
	a, err := v.calls.Do(ctx, what)
	if err != nil {
		return notHidden(err)
	}
	var body struct {
		Data struct {
			IsHidden bool `json:"hidden"`
		} `json:"data"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return err
	}
	if !body.Data.IsHidden {
		return a.Unexpected(what.Op, nil)
	}
	return nil
}

// notHidden says in words what X's bare refusals mean here.
func notHidden(err error) error {
	e := *bridge.AsError(err)
	status, _, _ := strings.Cut(e.Code, "/")
	switch {
	case e.Kind != bridge.Rejected:
		return err
	case status == "404":
		e.Message, e.Remedy = "the customer's reply does not exist any more", "there is nothing to hide"
	default:
		e.Message = "X does not let this post be hidden: that can be done only to a reply in a conversation that the account itself has begun"
		e.Remedy = "block or report the author on X if that is called for"
	}
	return &e
}

// HidePost implements bridge.Moderator: API v1.1 knows no such call.
func (v *v11) HidePost(context.Context, string) error {
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideX, Op: opHide, Message: "API v1.1 cannot hide replies",
		Remedy: "hide it on X, or use API v2 in this channel",
	}
}

func (v *v11) hideCall(string) xcall.Call { return xcall.Call{} }

// HideCall implements bridge.XCalls.
func (c *Client) HideCall(postID string) (bridge.Call, bool) {
	what := c.hideCall(postID)
	if what.Method == "" {
		return bridge.Call{}, false
	}
	return c.calls.Shown(what), true
}
