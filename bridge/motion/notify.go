package motion

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
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
		return bridge.Receipt{}, classify(opNotify, a)
	}
	return taken(a)
}

const opNotify = "hand message to Motion"

// taken reads what Motion answered to a message. Only an answer that names what Motion has made of it counts as yes.
func taken(a *answer) (bridge.Receipt, error) {
	r := receipt(a.body)
	switch {
	case saysNo(a.body):
		return r, notTaken(a, "Motion did not take the message: "+said(a))
	case r == (bridge.Receipt{}) && !loose.IsJSON(a.body):
		return r, foreign(opNotify, a)
	case r == (bridge.Receipt{}):
		return r, notTaken(a, "Motion's answer does not say that it took the message")
	}
	return r, nil
}

func notTaken(a *answer, message string) *bridge.Error {
	return &bridge.Error{
		Kind: bridge.Temporary, Side: bridge.SideMotion, Op: opNotify, Code: strconv.Itoa(a.status), Message: message,
		Remedy: "look at Motion's logs and at the Open Channel account; Perch keeps trying",
	}
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
	return storedID(op, a)
}

// filePattern is what Motion's numbers of files look like.
var filePattern = regexp.MustCompile(`^[0-9]{1,19}$`)

// storedID reads the number of a file out of the answer that says that Motion has it.
func storedID(op string, a *answer) (string, error) {
	var stored object
	err := decode(a.body, &stored)
	if !loose.IsJSON(a.body) {
		return "", foreign(op, a)
	}
	if err != nil || !filePattern.MatchString(stored.id("id")) || saysNo(a.body) {
		e := &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideMotion, Op: op, Message: "Motion did not say the number of the file", Err: err}
		if saysNo(a.body) {
			e.Message = "Motion did not take the file: " + said(a)
		}
		return "", e
	}
	return stored.id("id"), nil
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
	file := bridge.File{Name: fileName(a.header), Type: bridge.SniffType(a.body), Data: a.body}
	if len(a.body) == 0 { // Motion keeps no empty files
		return bridge.File{}, foreign(op, a)
	}
	if file.Type == "text/html" && !isNamed(file.Name, ".html", ".htm") {
		return bridge.File{}, foreign(op, a)
	}
	if loose.IsObject(a.body) && saysNo(a.body) && !isNamed(file.Name, ".json") {
		return bridge.File{}, &bridge.Error{
			Kind: bridge.Temporary, Side: bridge.SideMotion, Op: op, Message: "Motion did not give the file: " + said(a), Remedy: "attach it again if it lasts; Perch keeps trying",
		}
	}
	return file, nil
}

// fileName is the name under which Motion keeps a file; "" when it does not tell.
func fileName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	name := params["filename"]
	if i := strings.LastIndexAny(name, "/\\"); i >= 0 {
		name = name[i+1:]
	}
	return loose.Clean(name)
}

func isNamed(name string, endings ...string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(strings.ToLower(name), e) })
}

// classifyFile differs in two points: a missing file is not a wrong address, and one too large is named.
func classifyFile(op string, a *answer) *bridge.Error {
	e := classify(op, a)
	switch {
	case a.status == http.StatusNotFound && strings.HasPrefix(op, "fetch") && !isFromTheWay(a):
		e.Kind, e.Message, e.Remedy = bridge.Rejected, "Motion does not have the file any more", "attach it again"
	case a.status == http.StatusRequestEntityTooLarge:
		e.Kind, e.RetryAt = bridge.Rejected, time.Time{}
		e.Message = "the file is larger than Motion allows"
		e.Remedy = "raise \"Max attachment size\" in Motion's settings (and nginx's limit), then: perch retry"
	case a.status == http.StatusForbidden && e.Kind == bridge.Operator:
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
	if err == nil && (a == nil || (a.status == http.StatusNotFound && !isFromTheWay(a))) {
		what.url = c.base + "/api/users?fields=id&limit=1" // a cheap question that every version answers
		a, err = c.do(ctx, what)
	}
	if err != nil {
		return "", err
	}
	switch {
	case a.status == http.StatusNotFound && !isFromTheWay(a):
	case !a.ok():
		return "", classify(op, a)
	case !loose.IsJSON(a.body) || saysNo(a.body):
		return "", foreign(op, a)
	}
	c.learnMapKey(a.body)
	return c.MapKey(), nil
}

// mapKeyPattern is what the names of contact fields look like.
var mapKeyPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// learnMapKey finds the key in the account by its name, whatever its case.
func (c *Client) learnMapKey(body []byte) {
	var account object
	if decode(body, &account) != nil {
		account = nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mapKey = account.text(mapKeyNames...); !mapKeyPattern.MatchString(c.mapKey) {
		c.mapKey = DefaultMapKey
	}
}
