package motion

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
)

// notification is the body of a call of the Receive URL (XCALLY docs: custom Open Channel).
type notification struct {
	From         string          `json:"from"`
	Body         string          `json:"body"`
	MapKey       string          `json:"mapKey"`
	FirstName    string          `json:"firstName,omitempty"`
	Description  string          `json:"description,omitempty"`
	URL          string          `json:"url,omitempty"`
	Phone        string          `json:"phone,omitempty"`
	ThreadID     string          `json:"threadId,omitempty"`
	ExternalURL  string          `json:"externalUrl,omitempty"`
	AttachmentID json.RawMessage `json:"AttachmentId,omitempty"`
}

// Notify implements bridge.MotionClient.
func (c *Client) Notify(ctx context.Context, n bridge.Notification) (bridge.Receipt, error) {
	mapKey, err := c.findMapKey(ctx)
	if err != nil {
		return bridge.Receipt{}, err
	}
	body := bodyOf(n, mapKey)
	a, err := c.post(ctx, body, false)
	authorized := err == nil && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && c.HasCredentials()
	if authorized {
		a, err = c.post(ctx, body, true)
	}
	var isPlain bool
	if err == nil && isRefused(a) {
		a, isPlain, err = c.insist(ctx, a, body, authorized)
	}
	if err != nil {
		return bridge.Receipt{}, err
	}
	if !a.ok() {
		return bridge.Receipt{}, classify(opNotify, a)
	}
	r, err := receiptOf(a)
	r.IsPlain = isPlain
	return r, err
}

const opNotify = "hand message to Motion"

// receiptOf reads what Motion answered to a message. Only an answer that names what Motion has made of it counts as yes.
func receiptOf(a *answer) (bridge.Receipt, error) {
	var o object
	_ = decode(a.body, &o) // what cannot be read has no members
	r := receipt(o)
	switch {
	case o.saysNo():
		return r, notReceived(a, "Motion did not take the message: "+said(a))
	case r == (bridge.Receipt{}) && !loose.IsJSON(a.body):
		return r, foreign(opNotify, a)
	case r == (bridge.Receipt{}):
		return r, notReceived(a, "Motion's answer does not say that it took the message")
	}
	return r, nil
}

func notReceived(a *answer, message string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideMotion, Op: opNotify, Code: strconv.Itoa(a.status), Message: message,
		Remedy: "look at Motion's logs and at the Open Channel account; Perch keeps trying",
	}
}

func bodyOf(n bridge.Notification, mapKey string) notification {
	return notification{
		From: n.From, Body: n.Body, MapKey: mapKey, FirstName: n.FirstName, ThreadID: n.ThreadID, ExternalURL: n.ExternalURL,
		AttachmentID: attachmentID(n.AttachmentID), Description: n.Description, URL: n.URL,
	}
}

func (c *Client) post(ctx context.Context, n notification, authorized bool) (*answer, error) {
	what, err := c.postCall(n, authorized)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, what)
}

func (c *Client) postCall(n notification, authorized bool) (call, error) {
	body, err := json.Marshal(n)
	return call{
		op: opNotify, method: http.MethodPost, url: c.config.ReceiveURL, body: body, contentType: "application/json",
		authorized: authorized, limit: maxAnswer, timeout: callTimeout,
	}, err
}

// NotifyCall implements bridge.MotionClient. The Map Key is the one that is known now.
func (c *Client) NotifyCall(n bridge.Notification) bridge.Call {
	what, _ := c.postCall(bodyOf(n, c.MapKey()), false) // strings, and a number that is one: cannot fail
	return bridge.Call{Method: what.method, URL: what.url, Body: what.body}
}

func wantsPhone(a *answer) bool {
	return isRefused(a) && strings.Contains(strings.ToLower(string(a.body)), "phone")
}

// attachmentID sends a number as a number, as Motion gave it.
func attachmentID(id string) json.RawMessage {
	if id == "" {
		return nil
	}
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return json.RawMessage(id)
	}
	return json.RawMessage(strconv.Quote(id))
}

// receipt reads leniently what Motion answered; only interaction.id is known for sure.
func receipt(a object) bridge.Receipt {
	for _, name := range []string{"data", "result"} {
		if inner := a.object(name); inner != nil && a.get("interaction", "message") == nil {
			a = inner
		}
	}
	message := a.object("message")
	r := bridge.Receipt{
		InteractionID: cmp.Or(a.object("interaction").id("id"), a.id("OpenchannelInteractionId", "InteractionId"), message.id("OpenchannelInteractionId")),
		MessageID:     message.id("id"),
		ContactID:     cmp.Or(a.object("contact").id("id"), a.id("ContactId"), message.id("ContactId")),
	}
	if r.MessageID == "" {
		r.MessageID = a.id("id")
	}
	return r
}
