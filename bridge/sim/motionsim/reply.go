package motionsim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"perch/bridge/sim/hostile"
	"perch/bridge/sim/media"
	"perch/bridge/sim/serve"
)

// Reply is what an agent sends.
type Reply struct {
	// ID is Motion's message id; 0 means a new one. The same id again is a repeat of the POST.
	ID   int
	Text string
	// File is sent in place of the text.
	File *media.File
	// Agent is the agent's full name; empty means one that is made up.
	Agent string
	// Set puts members into the body as they are; a nil value leaves the member out.
	Set map[string]any
}

// ReplyResult is what the Reply URL answered. A status of 200 to 299 means to Motion that the message went out.
type ReplyResult struct {
	Status int
	Body   string
	Took   time.Duration
	// MessageID is Motion's id of the message.
	MessageID int
}

// maxReplyAnswer is the most that is read of the Reply URL's answer, in bytes.
const maxReplyAnswer = 1 << 20

var (
	errNoReplyURL    = errors.New("the account has no Reply URL")
	errNoInteraction = errors.New("there is no such interaction")
)

// Reply posts an agent's message to the Reply URL and waits for the answer. An error means that there was none.
func (m *Motion) Reply(ctx context.Context, interactionID int, r Reply) (ReplyResult, error) {
	m.mu.Lock()
	i := m.interaction(interactionID)
	if i == nil {
		m.mu.Unlock()
		return ReplyResult{}, fmt.Errorf("%w: %d", errNoInteraction, interactionID)
	}
	message, body := m.write(i, r)
	m.mu.Unlock()
	var result ReplyResult
	var err error
	for _, p := range m.odd.Posts(hostile.Replies, serve.Encode(body)) {
		result, err = m.postReply(ctx, p)
	}
	result.MessageID = message.ID
	message.Status = result.Status
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = append(m.messages, message)
	return result, err
}

// StartConversation lets an agent write to somebody who never wrote.
func (m *Motion) StartConversation(ctx context.Context, handle, text string) (ReplyResult, error) {
	m.mu.Lock()
	c := m.contact(handle, map[string]string{"firstName": handle})
	i := m.openInteraction(c, handle, "", "")
	m.mu.Unlock()
	return m.Reply(ctx, i.id, Reply{Text: text})
}

// write makes an agent's message and the body that tells of it. The caller holds mu.
func (m *Motion) write(i *interaction, r Reply) (Message, map[string]any) {
	if r.ID == 0 {
		r.ID = m.nextID()
	}
	r.Agent = cmp.Or(r.Agent, agentFullName)
	message := Message{
		ID: r.ID, Interaction: i.id, Contact: i.contact.id, From: i.key, Direction: "out", Body: r.Text, ThreadID: i.threadID,
		ExternalURL: i.externalURL, FirstName: i.contact.fields["firstName"], At: m.options.Now(),
	}
	var attachment any
	if r.File != nil {
		message.Body = r.File.Name
		message.AttachmentID = m.keep(Attachment{Name: r.File.Name, Type: r.File.MIME(), Data: r.File.Data}).ID
		attachment = message.AttachmentID
	}
	body := map[string]any{
		"id": r.ID, "body": message.Body, "AttachmentId": attachment, "OpenchannelAccountId": m.options.AccountID,
		"OpenchannelInteractionId": i.id, "UserId": agentID, "ContactId": i.contact.id, "direction": "out", "secret": false,
		"Contact": i.contact.describe(), "contact": i.contact.describe(),
		"Interaction": map[string]any{"id": i.id, "threadId": serve.OrNull(i.threadID)},
		"agent":       map[string]any{"id": agentID, "name": agentName, "fullname": r.Agent}, "interface": "SIP/" + agentName,
	}
	for name, value := range r.Set {
		if body[name] = value; value == nil {
			delete(body, name)
		}
	}
	return message, body
}

// ReplyRaw posts any body to the Reply URL and waits for the answer. An error means that there was none.
func (m *Motion) ReplyRaw(ctx context.Context, body []byte) (ReplyResult, error) {
	return m.postReply(ctx, hostile.PlainParcel(body))
}

func (m *Motion) postReply(ctx context.Context, p hostile.Parcel) (ReplyResult, error) {
	url := m.ReplyURL()
	if url == "" {
		return ReplyResult{}, errNoReplyURL
	}
	ctx, cancel := context.WithTimeout(ctx, m.options.ReplyTimeout)
	defer cancel()
	defer context.AfterFunc(m.ctx, cancel)()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, p.Reader())
	if err != nil {
		return ReplyResult{}, err
	}
	if p.Kind != "" {
		request.Header.Set("Content-Type", p.Kind)
	}
	began := time.Now()
	response, err := m.client.Do(request)
	if err != nil {
		return ReplyResult{Took: time.Since(began)}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxReplyAnswer))
	return ReplyResult{Status: response.StatusCode, Body: string(raw), Took: time.Since(began)}, err
}

// Open returns the id of the open interaction of a customer in a thread ("" for direct messages); 0 when there is none.
func (m *Motion) Open(handle, threadID string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range m.interactions {
		if strings.EqualFold(i.key, handle) && i.threadID == threadID && !i.isClosed {
			return i.id
		}
	}
	return 0
}
