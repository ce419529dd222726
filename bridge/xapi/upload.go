package xapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"time"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/wait"
	"perch/bridge/xapi/xcall"
)

const (
	// chunkSize is how much of a file goes in one request, in bytes; X takes 5 MB at most (X docs: media upload).
	chunkSize = 4 << 20
	// chunkTimeout bounds the upload of one chunk.
	chunkTimeout = 2 * time.Minute
	// processingLimit bounds the wait for X to process a file; a video takes a minute or two.
	processingLimit = 3 * time.Minute
	// processingPause is the wait between two questions when X does not say one.
	processingPause = 2 * time.Second

	opUpload = "upload file"
)

// UploadMedia implements bridge.Sender.
func (c *Client) UploadMedia(ctx context.Context, file bridge.File, public bool) (string, error) {
	id, err := c.upload(ctx, file, category(file.Type, public))
	if e := bridge.AsError(err); e != nil && e.Kind == bridge.Rejected && !strings.HasPrefix(e.Code, bridge.CodeMedia) {
		refused := *e
		refused.Code = bridge.CodeMedia + e.Code
		return "", &refused
	}
	return id, err
}

// category is X's media_category: what the file is and what it is for.
func category(mime string, public bool) string {
	use := "dm_"
	if public {
		use = "tweet_"
	}
	switch {
	case mime == "image/gif":
		return use + "gif"
	case strings.HasPrefix(mime, "video/"):
		return use + "video"
	default:
		return use + "image"
	}
}

// processing is how far X is with a file.
type processing struct {
	State      loose.Text      `json:"state"`
	CheckAfter loose.Int       `json:"check_after_secs"`
	Error      json.RawMessage `json:"error"`
}

// isDone reports whether there is nothing to wait for.
func (p *processing) isDone() bool { return p == nil || p.State == "succeeded" || p.State == "" }

// failed returns why X will not take the file. An error is one whatever the state beside it says, unless it is done.
func (p *processing) failed() error {
	if p == nil || p.State == "succeeded" || (p.State != "failed" && loose.IsEmpty(p.Error)) {
		return nil
	}
	var list xcall.Problems
	var named struct {
		Name loose.Text `json:"name"`
	}
	loose.Part(p.Error, &list)
	loose.Part(p.Error, &named)
	said := "it does not say why"
	if len(list) > 0 {
		said = cmp.Or(cmp.Or(list[0].Words()...), string(named.Name), said)
	}
	return &bridge.Error{
		Kind: bridge.Rejected, Side: bridge.SideX, Op: opUpload, Code: bridge.CodeMedia + loose.Brief(string(named.Name)),
		Message: "X could not process the file: " + loose.Brief(said), Remedy: "convert it (MP4 with H.264 and AAC, or PNG) and send it again",
	}
}

// await asks until X has processed the file.
func (c *base) await(ctx context.Context, p *processing, ask func(context.Context) (*processing, error)) error {
	for end := time.Now().Add(processingLimit); ; {
		if err := p.failed(); err != nil || p.isDone() {
			return err
		}
		rest := time.Duration(p.CheckAfter) * time.Second
		if rest <= 0 {
			rest = processingPause
		}
		if time.Now().Add(rest).After(end) {
			return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: opUpload, Message: "X takes too long to process the file"}
		}
		if err := sleep(ctx, rest); err != nil {
			return err
		}
		var err error
		if p, err = ask(ctx); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	if !wait.Pause(ctx, d) {
		return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SidePerch, Op: opUpload, Message: "Perch is stopping", Err: ctx.Err()}
	}
	return nil
}

// chunks calls send for each part of the data, in order.
func chunks(data []byte, send func(index int, part []byte) error) error {
	for i := 0; i*chunkSize < len(data); i++ {
		if err := send(i, data[i*chunkSize:min((i+1)*chunkSize, len(data))]); err != nil {
			return err
		}
	}
	return nil
}

// multipartBody makes a form of some fields and the part "media".
func multipartBody(fields map[string]string, part []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			return nil, "", err
		}
	}
	file, err := w.CreateFormFile("media", "media")
	if err != nil {
		return nil, "", err
	}
	if _, err := file.Write(part); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}

func (c *base) appendChunk(ctx context.Context, target string, fields map[string]string, part []byte) error {
	body, contentType, err := multipartBody(fields, part)
	if err != nil {
		return err
	}
	_, err = c.calls.Do(ctx, xcall.Call{
		Op: opUpload, Endpoint: endpointUpload, Method: http.MethodPost, URL: target, Body: body, ContentType: contentType, Limit: chunkTimeout,
		MayBeEmpty: true, Family: xcall.FamilyMedia,
	})
	return err
}

// step makes one call of an upload, a POST unless it says otherwise.
func (c *base) step(ctx context.Context, what xcall.Call) (*xcall.Answer, error) {
	what.Op = opUpload
	if what.Method == "" {
		what.Method = http.MethodPost
	}
	if what.Endpoint == "" {
		what.Endpoint = endpointUpload
	}
	return c.calls.Do(ctx, what)
}

// mediaIDPattern is what X's numbers of files look like (X docs: media upload).
var mediaIDPattern = regexp.MustCompile(`^[0-9]{1,20}$`)

// named returns why an answer about a file cannot be used: X refuses the file, or does not say its number.
func named(id loose.ID, p *processing) error {
	if err := p.failed(); err != nil || mediaIDPattern.MatchString(string(id)) {
		return err
	}
	return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: opUpload, Message: "X did not say the number of the file"}
}
