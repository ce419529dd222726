package xsealed

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/xchat"
)

// file is an encrypted file of a conversation.
type file struct {
	talk xchat.ConversationID
	data []byte
}

// upload is a file on its way.
type upload struct {
	session, key, owner string
	talk                xchat.ConversationID
	total               int
	data                []byte
	parts               int
	expires             time.Time
}

// uploadLife is how long an upload may take.
const uploadLife = time.Hour

var mediaTalk = regexp.MustCompile(`^[0-9]{1,19}-[0-9]{1,19}$`)

// talkOf is the conversation that a body names: two ids with a hyphen.
func (c *Chats) talkOf(in *xgate.Request, text string) (xchat.ConversationID, *serve.Answer) {
	id, err := xchat.ParseConversation(text, "")
	if !mediaTalk.MatchString(text) || err != nil || id.Peer(in.Account.ID) == "" {
		return "", in.Malformed("conversation_id", text, "conversation_id %q is not one of the account's in the form a-b", text)
	}
	return id, nil
}

func (c *Chats) beginUpload(in *xgate.Request) *serve.Answer {
	var body struct {
		Conversation string `json:"conversation_id"`
		Total        int    `json:"total_bytes"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	id, refused := c.talkOf(in, body.Conversation)
	if refused != nil {
		return refused
	}
	if body.Total < 24 {
		return in.Malformed("total_bytes", strconv.Itoa(body.Total), "total_bytes %d is no encrypted file", body.Total)
	}
	u := &upload{session: "s" + c.x.NewID(), key: "m" + c.x.NewID(), owner: in.Account.ID, talk: id, total: body.Total, expires: c.x.Now().Add(uploadLife)}
	c.uploads[u.session] = u
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"session_id": u.session, "media_hash_key": u.key, "conversation_id": id.Path()}})
}

// ownUpload finds the upload that a path names, and checks that the body is about it.
func (c *Chats) ownUpload(in *xgate.Request, conversation, key string) (*upload, *serve.Answer) {
	u := c.uploads[in.PathValue("session")]
	id, refused := c.talkOf(in, conversation)
	switch {
	case refused != nil:
		return nil, refused
	case u == nil || u.owner != in.Account.ID:
		return nil, in.Malformed("session", in.PathValue("session"), "there is no such upload")
	case u.key != key || u.talk != id:
		return nil, in.Malformed("media_hash_key", key, "the upload belongs to another file or conversation")
	case c.x.Now().After(u.expires):
		return nil, problem(http.StatusBadRequest, "invalid-request", "Invalid Request", "The upload has expired.")
	}
	return u, nil
}

func (c *Chats) appendUpload(in *xgate.Request) *serve.Answer {
	var body struct {
		Conversation string `json:"conversation_id"`
		Key          string `json:"media_hash_key"`
		Index        int    `json:"segment_index"`
		Media        string `json:"media"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	u, refused := c.ownUpload(in, body.Conversation, body.Key)
	if refused != nil {
		return refused
	}
	raw, err := base64.StdEncoding.DecodeString(body.Media)
	if err != nil || len(raw) == 0 {
		return in.Malformed("media", "", "media is not base64 of a part")
	}
	if body.Index != u.parts || body.Index > 999 {
		return in.Malformed("segment_index", strconv.Itoa(body.Index), "segment_index %d is not the next one, %d", body.Index, u.parts)
	}
	u.parts, u.data = u.parts+1, append(u.data, raw...)
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"expires_at": u.expires.Unix()}})
}

func (c *Chats) finishUpload(in *xgate.Request) *serve.Answer {
	var body struct {
		Conversation string  `json:"conversation_id"`
		Key          string  `json:"media_hash_key"`
		Parts        string  `json:"num_parts"`
		MessageID    *string `json:"message_id"`
		TTL          *string `json:"ttl_msec"`
	}
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	u, refused := c.ownUpload(in, body.Conversation, body.Key)
	if refused != nil {
		return refused
	}
	if body.Parts != strconv.Itoa(u.parts) || len(u.data) != u.total {
		return in.Malformed("num_parts", body.Parts, "%d parts of %d bytes came, %s parts and %d bytes were promised", u.parts, len(u.data), body.Parts, u.total)
	}
	delete(c.uploads, u.session)
	c.files[u.key] = &file{talk: u.talk, data: u.data}
	return serve.JSON(http.StatusOK, map[string]any{"data": map[string]any{"success": true}})
}

func (c *Chats) download(in *xgate.Request) *serve.Answer {
	id, refused := c.talkOf(in, in.PathValue("id"))
	if refused != nil {
		return refused
	}
	f := c.files[in.PathValue("key")]
	if f == nil || f.talk != id {
		return problem(http.StatusNotFound, "resource-not-found", "Not Found", "The file does not exist.")
	}
	a := &serve.Answer{Status: http.StatusOK, Body: f.data}
	a.Header().Set("Content-Type", "application/octet-stream")
	return a
}

// Spoil changes the encrypted bytes of every file that is kept.
func (c *Chats) Spoil(change func([]byte) []byte) {
	c.x.Lock()
	defer c.x.Unlock()
	for _, f := range c.files {
		f.data = change(f.data)
	}
}
