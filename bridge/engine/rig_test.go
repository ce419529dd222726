package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/engine"
	"perch/bridge/schedule"
	"perch/bridge/sqlite"
	"perch/bridge/xapi/payload"
	"perch/bridge/xchat/keys"
)

const (
	brandID    = "4337869213"
	customerID = "3001969357"
)

// fakeX is X as the domain sees it. A nil hook succeeds.
type fakeX struct {
	mu     sync.Mutex
	dms    []bridge.Sent
	posts  []bridge.Sent
	calls  map[string]int
	nextID int

	// id is whose the keys are; empty for the brand's.
	id     string
	onMe   func() error
	onDM   func(n int, text string) error
	onPost func(n int, text string) error
	// lose makes X take the message and lose the answer.
	lose     func(n int) bool
	looks    func(n int) error
	hideSent bool
	// ahead is how far X's clock is ahead.
	ahead    func() time.Duration
	people   map[string]bridge.Person
	files    func(bridge.Media) (bridge.File, error)
	onUpload func(n int) error
	onLookUp func(id string) ([]bridge.Media, error)
	onUser   func()
	onHide   func(n int) error
	hidden   []string
	// onCited is what X says of a post that is looked up.
	onCited func(ctx context.Context, id string) (bridge.Cited, error)
}

func newFakeX() *fakeX {
	return &fakeX{calls: map[string]int{}, nextID: 100, people: map[string]bridge.Person{"annlee": {ID: customerID, Handle: "annlee", Name: "Ann Lee"}}}
}

func (x *fakeX) count(call string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.calls[call]++
	return x.calls[call]
}

func (x *fakeX) called(call string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls[call]
}

func (x *fakeX) Me(context.Context) (bridge.Account, error) {
	x.count("me")
	if x.onMe != nil {
		if err := x.onMe(); err != nil {
			return bridge.Account{}, err
		}
	}
	if x.id != "" {
		return bridge.Account{Person: bridge.Person{ID: x.id, Handle: "other"}, CanDM: true, CanWrite: true}, nil
	}
	return bridge.Account{Person: bridge.Person{ID: brandID, Handle: "acme"}, CanDM: true, CanWrite: true}, nil
}

func (x *fakeX) User(_ context.Context, id string) (bridge.Person, error) {
	if x.onUser != nil {
		x.onUser()
	}
	for _, p := range x.people {
		if p.ID == id {
			return p, nil
		}
	}
	return bridge.Person{}, rejected("no such account")
}

func (x *fakeX) UserByHandle(_ context.Context, handle string) (bridge.Person, error) {
	x.count("by_handle")
	if p, ok := x.people[handle]; ok {
		return p, nil
	}
	return bridge.Person{}, rejected("no such account")
}

func (x *fakeX) SendDM(_ context.Context, to string, m bridge.Outgoing) (string, error) {
	n := x.count("dm")
	if x.onDM != nil {
		if err := x.onDM(n, m.Text); err != nil {
			return "", err
		}
	}
	id := x.take(&x.dms, bridge.Sent{PeerID: to, Text: m.Text, HasMedia: m.MediaID != ""})
	if x.lose != nil && x.lose(n) {
		return "", &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
	}
	return id, nil
}

func (x *fakeX) SendReply(_ context.Context, thread string, _ bridge.Person, m bridge.Outgoing) (string, error) {
	n := x.count("post")
	if x.onPost != nil {
		if err := x.onPost(n, m.Text); err != nil {
			return "", err
		}
	}
	id := x.take(&x.posts, bridge.Sent{ThreadID: thread, Text: m.Text, HasMedia: m.MediaID != ""})
	if x.lose != nil && x.lose(n) {
		return "", &bridge.Error{Kind: bridge.OutcomeUnknown, Side: bridge.SideX, Message: "answer lost"}
	}
	return id, nil
}

func (x *fakeX) take(list *[]bridge.Sent, s bridge.Sent) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.nextID++
	s.XID, s.CreatedAt = fmt.Sprint(x.nextID), time.Now()
	*list = append(*list, s)
	return s.XID
}

func (x *fakeX) UploadMedia(context.Context, bridge.File, bool) (string, error) {
	n := x.count("upload")
	if x.onUpload != nil {
		if err := x.onUpload(n); err != nil {
			return "", err
		}
	}
	return fmt.Sprint("media-", n), nil
}

func (x *fakeX) ClockAhead() time.Duration {
	if x.ahead == nil {
		return 0
	}
	return x.ahead()
}

func (x *fakeX) SentDMs(context.Context, string) ([]bridge.Sent, error)         { return x.sent(&x.dms) }
func (x *fakeX) SentPosts(context.Context) ([]bridge.Sent, error)               { return x.sent(&x.posts) }
func (x *fakeX) PostMedia(_ context.Context, id string) ([]bridge.Media, error) { return x.lookUp(id) }
func (x *fakeX) DMMedia(_ context.Context, id string) ([]bridge.Media, error)   { return x.lookUp(id) }

func (x *fakeX) lookUp(id string) ([]bridge.Media, error) {
	x.count("look up")
	if x.onLookUp == nil {
		return nil, nil
	}
	return x.onLookUp(id)
}

func (x *fakeX) HidePost(_ context.Context, id string) error {
	n := x.count("hide")
	if x.onHide != nil {
		if err := x.onHide(n); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.hidden = append(x.hidden, id)
	return nil
}

// HideCall tells what it is called with.
func (x *fakeX) HideCall(id string) (bridge.Call, bool) {
	return bridge.Call{Method: "HIDE", URL: id}, true
}

func (x *fakeX) Post(ctx context.Context, id string) (bridge.Cited, error) {
	x.count("cited")
	if x.onCited == nil {
		return bridge.Cited{}, rejected("no such post")
	}
	return x.onCited(ctx, id)
}

// DMCall and ReplyCall tell what they are called with, in a form of their own.
func (x *fakeX) DMCall(to string, m bridge.Outgoing) bridge.Call {
	return bridge.Call{Method: "DM", URL: to, Body: fmt.Append(nil, m.Text, m.MediaID)}
}

func (x *fakeX) ReplyCall(thread string, author bridge.Person, m bridge.Outgoing) bridge.Call {
	return bridge.Call{Method: "REPLY", URL: thread + " to " + author.Handle, Body: fmt.Append(nil, m.Text, m.MediaID)}
}

func (x *fakeX) sent(list *[]bridge.Sent) ([]bridge.Sent, error) {
	n := x.count("look")
	if x.looks != nil {
		if err := x.looks(n); err != nil {
			return nil, err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.hideSent {
		return nil, nil
	}
	return append([]bridge.Sent(nil), *list...), nil
}

func (x *fakeX) FetchMedia(_ context.Context, m bridge.Media) (bridge.File, error) {
	x.count("fetch")
	if x.files != nil {
		return x.files(m)
	}
	return bridge.File{Name: m.ID + ".png", Type: "image/png", Data: []byte("png")}, nil
}

func (x *fakeX) sentTexts() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	var texts []string
	for _, s := range append(append([]bridge.Sent(nil), x.dms...), x.posts...) {
		texts = append(texts, s.Text)
	}
	return texts
}

// fakeMotion is Motion as the domain sees it.
type fakeMotion struct {
	mu       sync.Mutex
	notified []bridge.Notification
	n        int
	onNotify func(n int, note bridge.Notification) error
	onUpload func() error
	checkErr error
	file     bridge.File
	// onDownload may refuse the n-th download.
	onDownload func(n int) error
	downloads  int
}

func (m *fakeMotion) Notify(ctx context.Context, n bridge.Notification) (bridge.Receipt, error) {
	if ctx.Err() != nil {
		return bridge.Receipt{}, temporary(bridge.SideMotion)
	}
	m.mu.Lock()
	m.n++
	count := m.n
	m.mu.Unlock()
	if m.onNotify != nil {
		if err := m.onNotify(count, n); err != nil {
			return bridge.Receipt{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.notified = append(m.notified, n)
	interaction := "dm-" + n.From
	if n.ThreadID != "" {
		interaction = "post-" + n.ThreadID
	}
	return bridge.Receipt{InteractionID: interaction, MessageID: fmt.Sprint("m", len(m.notified))}, nil
}

func (m *fakeMotion) Upload(context.Context, bridge.File) (string, error) {
	if m.onUpload != nil {
		if err := m.onUpload(); err != nil {
			return "", err
		}
	}
	return "77", nil
}

func (m *fakeMotion) Download(context.Context, string) (bridge.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.downloads++
	if m.onDownload != nil {
		if err := m.onDownload(m.downloads); err != nil {
			return bridge.File{}, err
		}
	}
	return m.file, nil
}

func (m *fakeMotion) Check(context.Context) (string, error) { return "twitter", m.checkErr }

// NotifyCall tells what it is called with.
func (m *fakeMotion) NotifyCall(n bridge.Notification) bridge.Call {
	body, _ := json.Marshal(n) // plain values only: cannot fail
	return bridge.Call{Method: "NOTIFY", Body: body}
}

func (m *fakeMotion) bodies() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for _, n := range m.notified {
		all = append(all, n.Body)
	}
	return all
}

func rejected(why string) error {
	return &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Message: why, Remedy: "do something else", Code: "403"}
}

func temporary(side bridge.Side) error {
	return &bridge.Error{Kind: bridge.Temporary, Side: side, Message: "out of order", Code: "503"}
}

// rig is a bridge of one channel between two fakes, on a real journal.
type rig struct {
	*engine.Engine
	t       *testing.T
	x       *fakeX
	motion  *fakeMotion
	journal *sqlite.Store
	clock   func() time.Time
	keys    string
	// chat is X Chat, and chatKeys what Perch was given for it; nil for none.
	chat     *fakeChat
	chatKeys keys.Private
	// second is a second channel of the same X app, "sales"; nil for none.
	second *fakeX
	// costs is what the channel knows of what X charges; nil for nothing.
	costs bridge.Costing
	// agents is what the channel does for the agents.
	agents bridge.Agents
	// wrap makes the journal of the bridge out of the real one; nil for the real one.
	wrap func(real bridge.Journal) bridge.Journal
	// read reads bodies from X; nil for the reader of the product.
	read func([]byte) bridge.Parsed
}

// newRig runs a bridge until the test ends. Call it inside a synctest bubble to own its clock.
func newRig(t *testing.T, change ...func(*rig)) *rig {
	t.Helper()
	r := &rig{t: t, x: newFakeX(), motion: &fakeMotion{}}
	for _, c := range change {
		c(r)
	}
	r.start(filepath.Join(t.TempDir(), "perch.db"))
	return r
}

// watched is the journal, or what wrap makes of it.
func (r *rig) watched() bridge.Journal {
	if r.wrap == nil {
		return r.journal
	}
	return r.wrap(r.journal)
}

func (r *rig) start(path string) {
	log := slog.New(slog.DiscardHandler)
	var err error
	if r.journal, err = sqlite.Open(context.Background(), path, log); err != nil {
		r.t.Fatal(err)
	}
	writing, endWriting := context.WithCancel(context.Background())
	working, endWork := context.WithCancel(context.Background())
	var journal, bridging sync.WaitGroup
	journal.Go(func() { _ = r.journal.Run(writing) })
	channels := []bridge.Channel{r.channel()}
	if r.second != nil {
		channels = append(channels, bridge.Channel{Name: "sales", Wanted: bridge.Wanted{Mentions: true}, X: r.second, Motion: r.motion})
	}
	if r.read == nil {
		r.read = payload.Read
	}
	r.Engine = engine.New(engine.Config{
		Read:     r.read,
		Channels: channels,
		Journal:  r.watched(), Log: log, Measure: func(s string) (int, bool) { return len(s), s != "" && len(s) <= bridge.MaxPost },
		Now: r.clock,
	})
	if err := r.Prepare(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	bridging.Go(func() { _ = r.Run(working) })
	r.t.Cleanup(func() {
		endWork()
		bridging.Wait()
		endWriting()
		journal.Wait()
		if err := r.journal.Close(); err != nil {
			r.t.Error(err)
		}
	})
}

// channel is what the channel "support" works with now.
func (r *rig) channel() bridge.Channel {
	ch := bridge.Channel{
		Name: "support", Wanted: bridge.Wanted{Mentions: true}, X: r.x, Motion: r.motion, Keys: r.keys,
		Limits: schedule.NewLedger("support", r.journal, nil), ChatKeys: r.chatKeys, Costs: r.costs, Agents: r.agents,
	}
	if r.chat != nil {
		ch.Chat = r.chat
	}
	return ch
}

func dmBody(id, from, text string) []byte {
	return fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"created_timestamp":"1795000000557",
		"message_create":{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q,"entities":{"urls":[]}}}}],
		"users":{%q:{"id":%q,"name":"Ann Lee","screen_name":"annlee"}}}`, brandID, id, brandID, from, text, from, from)
}

func postBody(id, from, text string) []byte {
	return fmt.Appendf(nil, `{"data":{"event_type":"post.mention.create","filter":{"user_id":%q},"payload":{"id":%q,"text":%q,"author_id":%q},
		"includes":{"users":[{"id":%q,"username":"annlee","name":"Ann Lee"}]}}}`, brandID, id, text, from, from)
}

func (r *rig) receive(bodies ...[]byte) {
	r.t.Helper()
	for _, body := range bodies {
		if err := r.AcceptX(context.Background(), []string{"support"}, body); err != nil {
			r.t.Fatal(err)
		}
	}
}

func (r *rig) reply(reply bridge.Reply) bridge.Outcome {
	r.t.Helper()
	o, err := r.AcceptReply(context.Background(), "support", reply, []byte("{}"))
	if err != nil {
		r.t.Fatal(err)
	}
	return o
}

// message returns the only message of a direction.
func (r *rig) message(direction bridge.Direction) *bridge.Delivery {
	r.t.Helper()
	list, err := r.List(context.Background(), bridge.Filter{Direction: direction})
	if err != nil || len(list) == 0 {
		r.t.Fatalf("List = %v, %v; want a message", list, err)
	}
	return list[len(list)-1]
}

// until waits for a condition, at most for a while of the bubble's time. It looks the less often the longer it may take.
func (r *rig) until(what string, within time.Duration, condition func() bool) {
	r.t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(max(50*time.Millisecond, within/1000)) {
		if condition() {
			return
		}
		if time.Now().After(end) {
			r.t.Fatal(errors.New("waited in vain for: " + what))
		}
	}
}
