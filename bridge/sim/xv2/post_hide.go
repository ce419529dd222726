package xv2

import (
	"net/http"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
)

// hidePost hides a reply in a conversation of the calling account, or shows it again (X's OpenAPI: hidePostsReply).
func (x *api) hidePost(in *xgate.Request) *serve.Answer {
	id, refused := in.PathID("id")
	if refused != nil {
		return refused
	}
	var body struct {
		IsHidden *bool `json:"hidden"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	if body.IsHidden == nil {
		return in.Malformed("hidden", "", "hidden is missing")
	}
	p := x.FindPost(id)
	switch {
	case p == nil:
		return missing("tweet", "id", id)
	case !x.Hide(p, in.Account.ID, *body.IsHidden):
		return in.Refuse(fault.NotYours())
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"hidden": *body.IsHidden}})
}
