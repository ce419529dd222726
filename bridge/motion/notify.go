package motion

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"perch/bridge"
)

// notification is the body of a call of the Receive URL (XCALLY docs: custom Open Channel).
type notification struct {
	From         string          `json:"from"`
	Body         string          `json:"body"`
	MapKey       string          `json:"mapKey"`
	FirstName    string          `json:"firstName,omitempty"`
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
	if err == nil && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden) && c.hasCredentials() {
		a, err = c.post(ctx, body, true)
	}
	if err == nil && wantsPhone(a) {
		body.Phone = "none" // as the old plugin did; some installations insist on it
		a, err = c.post(ctx, body, false)
	}
	if err != nil {
		return bridge.Receipt{}, err
	}
	if !a.ok() {
		return bridge.Receipt{}, classify("hand message to Motion", a)
	}
	return receipt(a.body), nil
}

func bodyOf(n bridge.Notification, mapKey string) notification {
	return notification{
		From: n.From, Body: n.Body, MapKey: mapKey, FirstName: n.FirstName, ThreadID: n.ThreadID, ExternalURL: n.ExternalURL,
		AttachmentID: attachmentID(n.AttachmentID),
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
		op: "hand message to Motion", method: http.MethodPost, url: c.config.ReceiveURL, body: body, contentType: "application/json",
		authorized: authorized, limit: maxAnswer, timeout: callTimeout,
	}, err
}

// NotifyCall implements bridge.MotionClient. The Map Key is the one that is known now.
func (c *Client) NotifyCall(n bridge.Notification) bridge.Call {
	what, _ := c.postCall(bodyOf(n, c.MapKey()), false) // strings, and a number that is one: cannot fail
	return bridge.Call{Method: what.method, URL: what.url, Body: what.body}
}

func wantsPhone(a *answer) bool {
	return (a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity) &&
		strings.Contains(strings.ToLower(string(a.body)), "phone")
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
func receipt(body []byte) bridge.Receipt {
	var a object
	if decode(body, &a) != nil {
		return bridge.Receipt{}
	}
	message := a.object("message")
	r := bridge.Receipt{
		InteractionID: cmp.Or(a.object("interaction").text("id"), a.text("OpenchannelInteractionId"), message.text("OpenchannelInteractionId")),
		MessageID:     message.text("id"),
		ContactID:     cmp.Or(a.object("contact").text("id"), a.text("ContactId"), message.text("ContactId")),
	}
	if r.MessageID == "" && a.text("OpenchannelInteractionId") != "" {
		r.MessageID = a.text("id")
	}
	return r
}

// Upload implements bridge.MotionClient.
func (c *Client) Upload(ctx context.Context, file bridge.File) (string, error) {
	const op = "hand file to Motion"
	if !c.hasCredentials() {
		return "", noCredentials(op)
	}
	body, contentType, err := form(file)
	if err != nil {
		return "", err
	}
	a, err := c.do(ctx, call{
		op: op, method: http.MethodPost, url: c.base + "/api/attachments", body: body, contentType: contentType,
		authorized: true, limit: maxAnswer, timeout: fileTimeout,
	})
	if err != nil {
		return "", err
	}
	if !a.ok() {
		return "", classifyFile(op, a)
	}
	var stored object
	if err := decode(a.body, &stored); err != nil || stored.text("id") == "" {
		return "", &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideMotion, Op: op, Message: "Motion did not say the number of the file", Err: err}
	}
	return stored.text("id"), nil
}

func form(file bridge.File) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition("file", file.Name))
	header.Set("Content-Type", file.Type)
	part, err := w.CreatePart(header)
	if err == nil {
		_, err = part.Write(file.Data)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

// maxDownload is the largest file that is taken from Motion, in bytes; Motion's own limit is 25 MB.
const maxDownload = 64 << 20

// Download implements bridge.MotionClient.
func (c *Client) Download(ctx context.Context, id string) (bridge.File, error) {
	const op = "fetch the agent's file"
	if !c.hasCredentials() {
		return bridge.File{}, noCredentials(op)
	}
	a, err := c.do(ctx, call{
		op: op, method: http.MethodGet, url: c.base + "/api/attachments/" + url.PathEscape(id) + "/download",
		authorized: true, limit: maxDownload, timeout: fileTimeout,
	})
	if err != nil {
		return bridge.File{}, err
	}
	if !a.ok() {
		return bridge.File{}, classifyFile(op, a)
	}
	return bridge.File{Type: bridge.SniffType(a.body), Data: a.body}, nil
}

// classifyFile differs in two points: a missing file is not a wrong address, and one too large is named.
func classifyFile(op string, a *answer) *bridge.Error {
	e := classify(op, a)
	switch {
	case a.status == http.StatusNotFound && strings.HasPrefix(op, "fetch"):
		e.Kind, e.Message, e.Remedy = bridge.Rejected, "Motion does not have the file any more", "attach it again"
	case a.status == http.StatusRequestEntityTooLarge:
		e.Message = "the file is larger than Motion allows"
		e.Remedy = "raise \"Max attachment size\" in Motion's settings (and nginx's limit), then: perch retry"
	case a.status == http.StatusForbidden:
		e.Message, e.Remedy = "the Motion user may not use attachments", "give the user admin rights in Motion, then: perch resume"
	}
	return e
}

func noCredentials(op string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Operator, Side: bridge.SideMotion, Op: op, Message: "files need Motion's user and password, which are not set",
		Remedy: "set user in perch.toml and the secret motion.password (or motion.api_key), then: perch reload",
	}
}

var accountPath = regexp.MustCompile(`/accounts/([^/?]+)/(notify|receive)`)

// AccountID returns the number of the Open Channel account in the Receive URL, or "".
func (c *Client) AccountID() string {
	if m := accountPath.FindStringSubmatch(c.config.ReceiveURL); m != nil {
		return m[1]
	}
	return ""
}

// MapKey returns the Map Key as far as it is known without asking Motion.
func (c *Client) MapKey() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return cmp.Or(c.config.MapKey, c.mapKey, DefaultMapKey)
}

// findMapKey returns the Map Key, asking the account once. Where the account cannot tell, the old plugin's key is used.
func (c *Client) findMapKey(ctx context.Context) (string, error) {
	c.mu.Lock()
	known := cmp.Or(c.config.MapKey, c.mapKey)
	c.mu.Unlock()
	if known != "" || !c.hasCredentials() {
		return cmp.Or(known, DefaultMapKey), nil
	}
	return c.Check(ctx)
}

// Check implements bridge.MotionClient. Without credentials it asks only whether Motion answers.
func (c *Client) Check(ctx context.Context) (string, error) {
	const op = "check Motion"
	what := call{op: op, method: http.MethodGet, url: c.base + "/", limit: maxAnswer, timeout: callTimeout}
	if !c.hasCredentials() {
		_, err := c.do(ctx, what)
		return c.MapKey(), err
	}
	what.authorized, what.url = true, c.base+"/api/openchannel/accounts"+c.ownPath()
	var a *answer
	var err error
	if c.AccountID() != "" {
		a, err = c.do(ctx, what)
	}
	if err == nil && (a == nil || a.status == http.StatusNotFound) {
		what.url = c.base + "/api/users?fields=id&limit=1" // a cheap question that every version answers
		a, err = c.do(ctx, what)
	}
	if err != nil {
		return "", err
	}
	if !a.ok() && a.status != http.StatusNotFound {
		return "", classify(op, a)
	}
	c.learnMapKey(a.body)
	return c.MapKey(), nil
}

// learnMapKey finds the key in the account by its name, whatever its case.
func (c *Client) learnMapKey(body []byte) {
	var account object
	if decode(body, &account) != nil {
		account = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.mapKey = cmp.Or(account.text(mapKeyNames...), DefaultMapKey)
}
