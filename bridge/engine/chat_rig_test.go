package engine_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/xchat"
	"perch/bridge/xchat/keys"
	"perch/bridge/xchat/keys/keytest"
	"perch/bridge/xchat/stream"
	"perch/bridge/xchat/wire"
)

const (
	brandVersion, customerVersion = "1736001112223", "1765001112223"
	chatPair                      = xchat.ConversationID(customerID + ":" + brandID)
)

// fakeChat is X Chat as the domain sees it, with one customer who has keys of her own.
type fakeChat struct {
	t        testing.TB
	mu       sync.Mutex
	calls    map[string]int
	records  map[string][]bridge.ChatRow
	events   []bridge.ChatEvent // of the one conversation, oldest first
	changes  []string
	files    map[string][]byte
	sequence int

	brandKeys keys.Private
	customer  xchat.Writer
	reader    *xchat.Reader // the customer's
	ring      xchat.KeyRing
	signers   xchat.Records
	thread    xchat.Thread

	// ahead is how far X's clock is ahead.
	ahead   func() time.Duration
	onSend  func(n int) error
	onFetch func(call string) error
	// fail makes X answer a message with a failure event.
	fail func(n int) int32
	// lose makes X take the message and lose the answer.
	lose        func(n int) bool
	hideChanges bool
	// refuseOld makes X look at the key before it looks whether it has the message; after may lose an answer.
	refuseOld bool
	noTimes   bool
	perPage   int                   // the most that X lists at once
	onPage    func(count int) error // may refuse to list so many events
	hang      time.Duration         // how long X is silent about a file
	// others are the events of other conversations, by path.
	others   map[string][]bridge.ChatEvent
	after    func(n int) error
	requests bool
	// list are conversations that X's list has before the one, onEvents may refuse to list events, edit changes what is listed.
	list     []bridge.ChatConversation
	onEvents func(conversation string) error
	edit     func(*bridge.ChatPage)
	// served counts the events that X has listed: each is paid for.
	served int
}

func newFakeChat(t testing.TB) *fakeChat {
	t.Helper()
	c := &fakeChat{
		t: t, calls: map[string]int{}, records: map[string][]bridge.ChatRow{}, files: map[string][]byte{}, sequence: 1000,
		brandKeys: keytest.Private(t), ring: xchat.KeyRing{chatPair: {}}, signers: xchat.Records{},
	}
	theirs := keytest.Private(t)
	c.register(brandID, c.brandKeys, brandVersion)
	c.register(customerID, theirs, customerVersion)
	c.customer = xchat.Writer{OwnID: customerID, Keys: theirs, KeyVersion: customerVersion}
	c.reader = &xchat.Reader{OwnID: customerID, Keys: theirs, KeyVersion: customerVersion, Signers: c.signers, Conversations: c.ring}
	return c
}

func (c *fakeChat) register(user string, private keys.Private, version string) {
	row := bridge.ChatRow{Row: keytest.Row(c.t, private, version)}
	c.records[user] = append([]bridge.ChatRow{row}, c.records[user]...)
	record, err := row.Verify()
	if err != nil {
		c.t.Fatal(err)
	}
	c.signers[user] = append(c.signers[user], record)
}

func (c *fakeChat) count(call string) (int, error) {
	c.calls[call]++
	if c.onFetch != nil {
		if err := c.onFetch(call); err != nil {
			return 0, err
		}
	}
	return c.calls[call], nil
}

func (c *fakeChat) called(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls[call]
}

func (c *fakeChat) ChatRecords(_ context.Context, user string) ([]bridge.ChatRow, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.count("records"); err != nil {
		return nil, err
	}
	return slices.Clone(c.records[user]), nil
}

func (c *fakeChat) ClockAhead() time.Duration {
	if c.ahead == nil {
		return 0
	}
	return c.ahead()
}

func (c *fakeChat) ChatConversations(context.Context, string) (bridge.ChatList, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.count("list"); err != nil || len(c.events) == 0 {
		return bridge.ChatList{HasRequests: c.requests}, err
	}
	if c.requests {
		return bridge.ChatList{HasRequests: true}, nil
	}
	one := bridge.ChatConversation{ID: chatPair.Path(), UpdatedAt: c.events[len(c.events)-1].CreatedAt}
	if c.noTimes {
		one.UpdatedAt = time.Time{}
	}
	return bridge.ChatList{Conversations: append(slices.Clone(c.list), one)}, nil
}

func (c *fakeChat) ChatEvents(_ context.Context, conversation, next string, count int) (bridge.ChatPage, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.count("events"); err != nil {
		return bridge.ChatPage{}, err
	}
	if c.onEvents != nil {
		if err := c.onEvents(conversation); err != nil {
			return bridge.ChatPage{}, err
		}
	}
	if events, ok := c.others[conversation]; ok {
		return bridge.ChatPage{Events: slices.Clone(events)}, nil
	}
	if conversation != customerID && conversation != chatPair.Path() {
		return bridge.ChatPage{}, &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: "no conversation", Code: bridge.CodeNoConversation}
	}
	if c.onPage != nil {
		if err := c.onPage(count); err != nil {
			return bridge.ChatPage{}, err
		}
	}
	if c.perPage > 0 {
		count = min(count, c.perPage)
	}
	newest := slices.Clone(c.events)
	slices.Reverse(newest)
	from := 0
	_, _ = fmt.Sscan(next, &from)
	page := bridge.ChatPage{Events: newest[min(from, len(newest)):min(from+count, len(newest))]}
	if !c.hideChanges {
		page.KeyChanges = slices.Clone(c.changes)
	}
	if from+count < len(newest) {
		page.Next = fmt.Sprint(from + count)
	}
	c.served += len(page.Events)
	page.Events = slices.Clone(page.Events)
	if c.edit != nil {
		c.edit(&page)
	}
	return page, nil
}

func (c *fakeChat) SendChatKeys(_ context.Context, conversation string, post xchat.KeysPost) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.count("keys"); err != nil {
		return err
	}
	if conversation != customerID {
		return rejected("not the other side's id")
	}
	event := c.acted(brandID, post.Signatures[0])
	change, ok := c.reader.Open(event, xchat.Origin{}).(*xchat.KeyChange)
	if !ok {
		return rejected("the change of keys does not open")
	}
	key, isVerified := change.Sending()
	if !isVerified {
		return rejected("the change of keys is not verified")
	}
	c.changes = append(c.changes, event)
	c.ring[chatPair][change.KeyVersion] = key
	c.thread = xchat.Thread{Conversation: chatPair, Key: key, KeyVersion: change.KeyVersion}
	return nil
}

// version is that of the key with which messages are written.
func (c *fakeChat) version() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.thread.KeyVersion
}

func (c *fakeChat) SendChat(_ context.Context, conversation string, post xchat.MessagePost) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, err := c.count("send")
	if err == nil && c.onSend != nil {
		err = c.onSend(n)
	}
	if err != nil {
		return "", err
	}
	if conversation != customerID {
		return "", rejected("not the other side's id")
	}
	if c.refuseOld {
		if m, err := wire.ParseEvent(append(append([]byte{0x0c, 0, 7, 0x0c, 0, 1}, c.decode(post.Event)...), 0, 0)); err == nil && m.Detail.Message.KeyVersion != c.thread.KeyVersion {
			return c.failure(post.MessageID, 6), nil
		}
	}
	for _, e := range c.events {
		if p, _ := xchat.Peek(e.Sealed.Event); p.MessageID == post.MessageID {
			return e.Sealed.Event, nil
		}
	}
	if c.fail != nil {
		if kind := c.fail(n); kind != 0 {
			return c.failure(post.MessageID, kind), nil
		}
	}
	event := c.take(brandID, post)
	if c.after != nil {
		if err := c.after(n); err != nil {
			return "", err
		}
	}
	if c.lose != nil && c.lose(n) {
		return "", &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
	}
	return event, nil
}

func (c *fakeChat) ChatCall(conversation string, post xchat.MessagePost) bridge.Call {
	return bridge.Call{Method: "CHAT", URL: conversation, Body: []byte(post.MessageID)}
}

func (c *fakeChat) UploadChatMedia(_ context.Context, _ string, sealed io.Reader, size int64) (string, error) {
	raw, err := io.ReadAll(sealed)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || int64(len(raw)) != size {
		return "", rejected("another size")
	}
	if _, err := c.count("upload"); err != nil {
		return "", err
	}
	name := fmt.Sprint("hash", len(c.files))
	c.files[name] = raw
	return name, nil
}

func (c *fakeChat) FetchChatMedia(ctx context.Context, conversation, key string) (io.ReadCloser, error) {
	if c.hang > 0 { // as a host that takes the connection and says nothing
		select {
		case <-time.After(c.hang):
		case <-ctx.Done():
		}
		return nil, temporary(bridge.SideX)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := c.count("download"); err != nil {
		return nil, err
	}
	if conversation != chatPair.Path() {
		return nil, rejected("not a pair with a hyphen")
	}
	return io.NopCloser(bytes.NewReader(c.files[key])), nil
}

// take keeps a posted message as an event. The caller has the lock.
func (c *fakeChat) take(sender string, post xchat.MessagePost) string {
	detail := append(append([]byte{0x0c, 0, 1}, c.decode(post.Event)...), 0)
	signature := append(append([]byte{0x0c, 0, 9}, c.decode(post.Signature)...), 0)
	e, err := wire.ParseEvent(signature)
	if err != nil {
		c.t.Error(err)
	}
	e.MessageID, e.SenderID, e.ConversationID = post.MessageID, sender, string(chatPair)
	return c.keep(e, detail)
}

func (c *fakeChat) acted(sender string, a xchat.ActionSignature) string {
	c.sequence++
	e := wire.Event{
		MessageID: a.MessageID, SenderID: sender, ConversationID: string(chatPair), SequenceID: fmt.Sprint("20804000000000", c.sequence),
		CreatedAt: fmt.Sprint(time.Now().UnixMilli()), IsTrusted: true,
		Signature: &wire.Signature{Signature: a.Signature.Signature, KeyVersion: a.Signature.KeyVersion, Version: a.Signature.Version},
	}
	return base64.StdEncoding.EncodeToString(e.Encode(c.decode(a.Detail)))
}

func (c *fakeChat) keep(e wire.Event, detail []byte) string {
	previous := ""
	if len(c.events) > 0 {
		previous = c.events[len(c.events)-1].ID
	}
	c.sequence++
	e.SequenceID, e.PreviousID, e.IsTrusted = fmt.Sprint("20804000000000", c.sequence), previous, true
	e.CreatedAt = fmt.Sprint(time.Now().UnixMilli())
	encoded := base64.StdEncoding.EncodeToString(e.Encode(detail))
	c.events = append(c.events, bridge.ChatEvent{ID: e.SequenceID, CreatedAt: time.Now(), Sealed: bridge.Sealed{
		Conversation: chatPair.Path(), Sender: e.SenderID, Event: encoded,
	}})
	return encoded
}

func (c *fakeChat) failure(id string, kind int32) string {
	detail := []byte{0x0c, 0, 5, 0x08, 0, 1, 0, 0, 0, byte(kind), 0, 0}
	e := wire.Event{MessageID: id, SenderID: brandID, ConversationID: string(chatPair), SequenceID: "1"}
	return base64.StdEncoding.EncodeToString(e.Encode(detail))
}

func (c *fakeChat) decode(text string) []byte {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		c.t.Error(err)
	}
	return raw
}

// begin has the customer give the conversation a key; the change is returned as X tells of it.
func (c *fakeChat) begin() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []xchat.Participant
	for _, user := range []string{customerID, brandID} {
		record, err := c.records[user][0].Verify()
		if err != nil {
			c.t.Fatal(err)
		}
		all = append(all, xchat.Participant{UserID: user, Record: record})
	}
	post, thread, err := c.customer.KeyChange(chatPair, all, time.Now(), c.thread.KeyVersion)
	if err != nil {
		c.t.Fatal(err)
	}
	c.thread = thread
	c.ring[chatPair][thread.KeyVersion] = thread.Key
	event := c.acted(customerID, post.Signatures[0])
	c.changes = append(c.changes, event)
	return event
}

// write has the customer write, and returns the event.
func (c *fakeChat) write(draft xchat.Draft) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	post, err := c.customer.Message(c.thread, draft)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.take(customerID, post)
}

// attach uploads a file of the customer's.
func (c *fakeChat) attach(name string, data []byte, kind wire.MediaType) wire.Media {
	c.mu.Lock()
	defer c.mu.Unlock()
	var key [stream.KeySize]byte
	copy(key[:], c.thread.Key.Reveal())
	sealed, err := io.ReadAll(stream.Seal(&key, bytes.NewReader(data)))
	if err != nil {
		c.t.Fatal(err)
	}
	hash := fmt.Sprint("hash", len(c.files))
	c.files[hash] = sealed
	return wire.Media{HashKey: hash, Type: kind, Size: int64(len(data)), Filename: name}
}

// read lists the texts of the brand's messages as the customer reads them.
func (c *fakeChat) read() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var texts []string
	for _, e := range c.events {
		found := c.reader.Open(e.Sealed.Event, xchat.Origin{Conversation: string(chatPair)})
		if m, ok := found.(*xchat.Message); ok && m.SenderID == brandID {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// chatBody is an event as the stream and the webhook tell of it.
func chatBody(event, change string) []byte {
	p, _ := xchat.Peek(event)
	payload := map[string]any{
		"id": p.MessageID, "sender_id": p.SenderID, "conversation_id": string(chatPair), "encoded_event": event, "created_at_msec": fmt.Sprint(time.Now().UnixMilli()),
	}
	if change != "" {
		payload["conversation_key_change_event"] = change
	}
	body, _ := json.Marshal(map[string]any{"data": map[string]any{ // texts only: cannot fail
		"event_type": "chat.received", "filter": map[string]any{"user_id": brandID}, "payload": payload,
	}})
	return body
}
