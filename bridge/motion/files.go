package motion

import (
	"bytes"
	"context"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
)

// Upload implements bridge.MotionClient.
func (c *Client) Upload(ctx context.Context, file bridge.File) (string, error) {
	const op = "hand file to Motion"
	if !c.HasCredentials() {
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
	if !c.HasCredentials() {
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
	case a.status == http.StatusNotFound && strings.HasPrefix(op, "fetch") && !isIntermediary(a):
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
