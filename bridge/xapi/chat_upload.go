package xapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
)

const (
	// chatPart is how much of an encrypted file goes in one request before it is encoded, in bytes, and maxChatParts the most
	// parts that X numbers (X's OpenAPI; the size as X's own client has it).
	chatPart, maxChatParts = 3 << 20, 1000
	opChatUpload           = "upload encrypted file"
)

// UploadChatMedia implements bridge.ChatAPI.
func (c *Client) UploadChatMedia(ctx context.Context, conversation string, sealed io.Reader, size int64) (string, error) {
	path, err := c.pairPath(ctx, opChatUpload, conversation)
	if err != nil {
		return "", err
	}
	if size <= 0 || size > chatPart*maxChatParts {
		return "", wrongSize(nil)
	}
	up := &chatUpload{base: c.base, conversation: path}
	key, err := up.send(ctx, sealed, size)
	if e := bridge.AsError(err); e != nil && e.Kind == bridge.Rejected && !strings.HasPrefix(e.Code, bridge.CodeMedia) {
		refused := *e
		refused.Code = bridge.CodeMedia + e.Code
		return "", &refused
	}
	return key, err
}

func wrongSize(err error) error {
	return &bridge.Error{
		Kind: bridge.Invalid, Side: bridge.SidePerch, Op: opChatUpload, Message: "the encrypted file is empty, too large or not as long as it was said to be",
		Remedy: "send a smaller file", Err: err,
	}
}

// chatUpload is one upload under way.
type chatUpload struct {
	*base
	// conversation is in the form that X took: with a hyphen, or with a colon where it refused that.
	conversation string
	session, key string
}

func (u *chatUpload) send(ctx context.Context, sealed io.Reader, size int64) (string, error) {
	if err := u.begin(ctx, size); err != nil {
		return "", err
	}
	parts, err := u.parts(ctx, sealed, size)
	if err != nil {
		return "", err
	}
	return u.key, u.finish(ctx, parts)
}

func (u *chatUpload) begin(ctx context.Context, size int64) error {
	a, err := u.step(ctx, "initialize", map[string]any{"total_bytes": size})
	if err != nil {
		return err
	}
	var begun struct {
		Data struct {
			Session loose.ID `json:"session_id"`
			Key     loose.ID `json:"media_hash_key"`
		} `json:"data"`
	}
	if err := a.Decode(opChatUpload, &begun); err != nil {
		return err
	}
	u.session, u.key = string(begun.Data.Session), string(begun.Data.Key)
	if !sessionPattern.MatchString(u.session) || !mediaKeyPattern.MatchString(u.key) || u.session == "0" || u.key == "0" { // 0 is none
		return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: opChatUpload, Message: "X did not say the number of the file"}
	}
	return nil
}

// parts sends the file piece by piece and returns how many there were. There are as many as size says, or it is an error.
func (u *chatUpload) parts(ctx context.Context, sealed io.Reader, size int64) (int, error) {
	buffer := make([]byte, min(size, chatPart))
	for n := 0; ; n++ {
		part := buffer[:min(size, chatPart)]
		if _, err := io.ReadFull(sealed, part); err != nil {
			return n, unread(err)
		}
		_, err := u.step(ctx, u.session+"/append", map[string]any{"media_hash_key": u.key, "segment_index": n, "media": part})
		if err != nil {
			return n, err
		}
		if size -= int64(len(part)); size == 0 {
			return n + 1, endOf(sealed)
		}
	}
}

// endOf checks that nothing is left.
func endOf(sealed io.Reader) error {
	var more [1]byte
	if n, err := io.ReadFull(sealed, more[:]); n > 0 || !errors.Is(err, io.EOF) {
		return unread(err)
	}
	return nil
}

// unread is the error of a file that ends early or late; what the reader itself says of it goes first.
func unread(err error) error {
	if e := (*bridge.Error)(nil); errors.As(err, &e) {
		return e
	}
	return wrongSize(err)
}

func (u *chatUpload) finish(ctx context.Context, parts int) error {
	a, err := u.step(ctx, u.session+"/finalize", map[string]any{"media_hash_key": u.key, "num_parts": strconv.Itoa(parts)})
	if err != nil {
		return err
	}
	var done struct {
		Data struct {
			IsDone loose.Bool `json:"success"`
		} `json:"data"`
	}
	if len(loose.Trim(a.Body)) > 0 && a.Decode(opChatUpload, &done) == nil && done.Data.IsDone.Known && !done.Data.IsDone.Value {
		return &bridge.Error{Kind: bridge.Temporary, Side: bridge.SideX, Op: opChatUpload, Message: "X did not take the file", Code: bridge.CodeMedia + "unfinished"}
	}
	return nil
}

// step makes one call of the upload. X's clients disagree about the form of the conversation, so that a refusal of the one is
// answered with the other, which is kept then.
func (u *chatUpload) step(ctx context.Context, path string, body map[string]any) (*xcall.Answer, error) {
	a, err := u.post(ctx, path, body)
	other := strings.Replace(u.conversation, "-", ":", 1)
	if !strings.HasPrefix(bridge.CodeOf(err)+"/", "400/") || other == u.conversation {
		return a, err
	}
	before := u.conversation
	u.conversation = other
	second, secondErr := u.post(ctx, path, body)
	if secondErr != nil && strings.HasPrefix(bridge.CodeOf(secondErr)+"/", "400/") {
		u.conversation = before
		return nil, err
	}
	return second, secondErr
}

func (u *chatUpload) post(ctx context.Context, path string, body map[string]any) (*xcall.Answer, error) {
	what := chatCall(opChatUpload, endpointChatUpload, http.MethodPost)
	body["conversation_id"] = u.conversation
	what.URL, what.JSON, what.Limit = u.calls.URLOf("/2/chat/media/upload/"+path), body, chunkTimeout
	what.MayBeEmpty = path != "initialize"
	return u.calls.Do(ctx, what)
}
