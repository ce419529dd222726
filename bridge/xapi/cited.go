package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"perch/bridge"
	"perch/bridge/xapi/payload"
	"perch/bridge/xapi/xcall"
)

// postRules class what X says of a post that it does not give (X docs: error codes; v2 answers 200 with the reason).
var postRules = []xcall.Rule{
	{
		Codes: []int{8, 63, 144}, Texts: []string{"could not find tweet", "could not find post", "no status found", "user has been suspended"},
		Kind: bridge.Rejected, Code: bridge.CodeNoPost, Message: "X has the post no more",
	},
}

const opCited = "look up the post that is answered"

// Post implements bridge.PostSource.
func (v *v2) Post(ctx context.Context, id string) (bridge.Cited, error) {
	a, err := v.lookUpPost(ctx, id, xcall.Call{
		URL: v.calls.URLOf("/2/tweets/" + url.PathEscape(id)), Query: url.Values{
			"expansions": {"author_id"}, "tweet.fields": {"attachments,author_id,entities,note_tweet"}, "user.fields": {"username"},
		},
	})
	if err != nil {
		return bridge.Cited{}, err
	}
	var body struct {
		Data     json.RawMessage `json:"data"`
		Includes json.RawMessage `json:"includes"`
	}
	if err := a.Decode(opCited, &body); err != nil {
		return bridge.Cited{}, err
	}
	found, ok := payload.Cited(body.Data, body.Includes)
	if !ok || found.ID != id {
		return bridge.Cited{}, a.Unexpected(opCited, nil)
	}
	v.read(bridge.BilledPostRead, id)
	return found, nil
}

// Post implements bridge.PostSource.
func (v *v11) Post(ctx context.Context, id string) (bridge.Cited, error) {
	a, err := v.lookUpPost(ctx, id, xcall.Call{
		URL: v.calls.URLOf("/1.1/statuses/show.json"), Query: url.Values{"id": {id}, "tweet_mode": {"extended"}},
	})
	if err != nil {
		return bridge.Cited{}, err
	}
	found, ok := payload.CitedStatus(a.Body)
	if !ok || found.ID != id {
		return bridge.Cited{}, a.Unexpected(opCited, nil)
	}
	return found, nil
}

// lookUpPost makes the call for a post, and names the answer that there is none.
func (c *base) lookUpPost(ctx context.Context, id string, what xcall.Call) (*xcall.Answer, error) {
	what.Op, what.Endpoint, what.Method = opCited, endpointPost, http.MethodGet
	if !bridge.IsPostID(id) {
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: what.Op, Message: "its id is not one of X's"}
	}
	a, err := c.calls.Exchange(ctx, what)
	if err != nil {
		return nil, err
	}
	verdict, ok := a.Verdict()
	if ok {
		return a, nil
	}
	if status := verdict.Status; status == http.StatusNotFound || status == http.StatusForbidden || status == http.StatusGone {
		if e := xcall.ByRules(postRules, what, verdict); e != nil {
			return nil, e
		}
	}
	return nil, xcall.Classify(what, verdict)
}
