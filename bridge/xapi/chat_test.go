package xapi_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/xapi"
	"perch/bridge/xchat"
)

// chatX is X's interface of X Chat as its reference has it, and no more lenient.
type chatX struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex
	calls []string
	// answer, when set, is what every call answers.
	answer func(w http.ResponseWriter, r *http.Request) bool
	// takes is the form of the conversation in media bodies that is taken.
	takes  string
	sealed []byte
	parts  int
	posted []map[string]any
}

var chatPaths = map[string]*regexp.Regexp{
	"records":       regexp.MustCompile(`^GET /2/users/[0-9]{1,19}/public_keys$`),
	"conversations": regexp.MustCompile(`^GET /2/chat/conversations$`),
	"events":        regexp.MustCompile(`^GET /2/chat/conversations/([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})/events$`),
	"keys":          regexp.MustCompile(`^POST /2/chat/conversations/([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})/keys$`),
	"messages":      regexp.MustCompile(`^POST /2/chat/conversations/([0-9]{1,19}|[0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})/messages$`),
	"initialize":    regexp.MustCompile(`^POST /2/chat/media/upload/initialize$`),
	"append":        regexp.MustCompile(`^POST /2/chat/media/upload/session-1/append$`),
	"finalize":      regexp.MustCompile(`^POST /2/chat/media/upload/session-1/finalize$`),
	"media":         regexp.MustCompile(`^GET /2/chat/media/([0-9]{1,19}-[0-9]{1,19}|g[0-9]{1,19})/[a-zA-Z0-9]{1,50}$`),
}

func newChatX(t *testing.T) *chatX {
	x := &chatX{t: t, takes: "-"}
	x.Server = httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(x.Close)
	return x
}

func (x *chatX) client(change ...func(*xapi.Config)) *xapi.Client {
	config := xapi.Config{
		Channel: "support", Profile: "v2", APIBase: x.URL, Log: slog.New(slog.DiscardHandler),
		Keys: xapi.Keys{ConsumerKey: "a", ConsumerSecret: "b", AccessToken: "c", AccessTokenSecret: "d"},
	}
	for _, c := range change {
		c(&config)
	}
	client := xapi.New(config)
	client.Know(bridge.Account{Person: bridge.Person{ID: "4337869213"}})
	return client
}

func (x *chatX) refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"title":%q,"detail":%q,"status":%d,"type":"about:blank"}`, http.StatusText(status), detail, status)
}

func (x *chatX) serve(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	call := r.Method + " " + r.URL.EscapedPath()
	x.calls = append(x.calls, call)
	if x.answer != nil && x.answer(w, r) {
		return
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "OAuth ") && !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer good") {
		x.refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	for name, path := range chatPaths {
		if path.MatchString(call) {
			x.serveKnown(w, r, name)
			return
		}
	}
	x.t.Errorf("there is no %s", call)
	x.refuse(w, http.StatusNotFound, "no such path")
}

func (x *chatX) serveKnown(w http.ResponseWriter, r *http.Request, name string) {
	query := map[string]bool{"max_results": name == "conversations" || name == "events", "pagination_token": name == "conversations" || name == "events", "chat_conversation.fields": name == "conversations"}
	for key := range r.URL.Query() {
		if !query[key] {
			x.t.Errorf("%s does not take %s", name, key)
		}
	}
	body := map[string]any{}
	if r.Method == http.MethodPost {
		if r.Header.Get("Content-Type") != "application/json" {
			x.t.Errorf("%s: %s", name, r.Header.Get("Content-Type"))
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			x.t.Errorf("%s: %v", name, err)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	switch name {
	case "records":
		fmt.Fprint(w, `{"data":[{"public_key_version":"1765001112223","public_key":"I","signing_public_key":"S","identity_public_key_signature":"B","juicebox_config":{"max_guess_count":20}},
			{"version":1736001112223,"public_key":"I2","signing_public_key":"S2","identity_public_key_signature":"B2","juicebox_config":null},17,{"public_key":{}}]}`)
	case "conversations":
		fmt.Fprint(w, `{"data":[{"id":"3001969357-4337869213","type":"direct","updated_at":"2026-11-16T18:00:00.000Z"},{"id":"g17"},{"id":[]}],"meta":{"has_message_requests":true,"has_more":true,"next_token":"n1","result_count":3}}`)
	case "events":
		fmt.Fprint(w, `{"data":[{"id":"2080400999000000160","conversation_id":"3001969357-4337869213","sender_id":"3001969357","encoded_event":"CwAB","conversation_token":"eyJ","created_at":"2026-11-16T18:00:00.000Z","is_trusted":true,"previous_id":"7"},"odd"],
			"meta":{"result_count":1,"has_more":false,"next_token":"n2","conversation_key_events":["CwAC"]}}`)
	case "keys":
		x.members(name, body, "conversation_key_version", "conversation_participant_keys", "action_signatures")
		fmt.Fprint(w, `{"data":{"conversation_id":"3001969357-4337869213","sequence_id":"2080400999000000161"}}`)
	case "messages":
		x.members(name, body, "message_id", "encoded_message_create_event", "encoded_message_event_signature", "conversation_token")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"data":{"encoded_message_event":"CwADAAAA"}}`)
	case "initialize", "append", "finalize":
		x.upload(w, name, body)
	case "media":
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(x.sealed)
	}
}

func (x *chatX) members(name string, body map[string]any, want ...string) {
	x.posted = append(x.posted, body)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(body)); !slices.Equal(got, want) {
		x.t.Errorf("%s: body has %q, want %q", name, got, want)
	}
}

func (x *chatX) upload(w http.ResponseWriter, name string, body map[string]any) {
	if id, _ := body["conversation_id"].(string); id != "3001969357"+x.takes+"4337869213" {
		x.refuse(w, http.StatusBadRequest, "invalid conversation_id")
		return
	}
	if name != "initialize" && body["media_hash_key"] != "hash1" {
		x.t.Errorf("%s: key %v", name, body["media_hash_key"])
	}
	switch name {
	case "initialize":
		x.members(name, body, "conversation_id", "total_bytes")
		fmt.Fprint(w, `{"data":{"session_id":"session-1","media_hash_key":"hash1","conversation_id":"3001969357-4337869213"}}`)
	case "append":
		x.members(name, body, "conversation_id", "media_hash_key", "segment_index", "media")
		part, err := base64.StdEncoding.DecodeString(body["media"].(string))
		if err != nil || len(part) > 3<<20 || body["segment_index"] != float64(x.parts) {
			x.t.Errorf("part %v of %d bytes: %v", body["segment_index"], len(part), err)
		}
		x.parts++
		x.sealed = append(x.sealed, part...)
		fmt.Fprint(w, `{"data":{"expires_at":"1795020983"}}`)
	case "finalize":
		x.members(name, body, "conversation_id", "media_hash_key", "num_parts")
		if body["num_parts"] != fmt.Sprint(x.parts) {
			x.t.Errorf("num_parts is %v of %d", body["num_parts"], x.parts)
		}
		fmt.Fprint(w, `{"data":{"success":true}}`)
	}
}

var post = xchat.MessagePost{MessageID: "9c0e5d0e-3a43-4c7b-8a53-1f0f6d0b7a11", Event: "CwBk", Signature: "CwAB", Token: "eyJ"}

const pair = "3001969357-4337869213"

func TestChatIsCalledAsTheReferenceHasIt(t *testing.T) {
	x := newChatX(t)
	c, ctx := x.client(), t.Context()
	rows, err := c.ChatRecords(ctx, annID)
	if err != nil || len(rows) != 2 || rows[0].Version != "1765001112223" || rows[0].Binding != "B" || string(rows[0].Juicebox) != `{"max_guess_count":20}` ||
		rows[1].Version != "1736001112223" || rows[1].Juicebox != nil {
		t.Errorf("records: %+v, %v", rows, err)
	}
	list, err := c.ChatConversations(ctx, "n0")
	if err != nil || len(list.Conversations) != 2 || list.Conversations[1].ID != "g17" || !list.HasRequests || list.Next != "n1" {
		t.Errorf("conversations: %+v, %v", list, err)
	}
	page, err := c.ChatEvents(ctx, "3001969357:4337869213", "", 1000)
	if err != nil || len(page.Events) != 2 || page.Next != "" || !slices.Equal(page.KeyChanges, []string{"CwAC"}) {
		t.Fatalf("events: %+v, %v", page, err)
	}
	want := bridge.Sealed{Conversation: pair, Sender: annID, Event: "CwAB", Token: "eyJ"}
	if diff := cmp.Diff(want, page.Events[0].Sealed); diff != "" || page.Events[0].ID != "2080400999000000160" || page.Events[0].CreatedAt.IsZero() {
		t.Errorf("%+v\n%s", page.Events[0], diff)
	}
	if answer, err := c.SendChat(ctx, pair, post); err != nil || answer != "CwADAAAA" {
		t.Errorf("send: %q, %v", answer, err)
	}
	keys := xchat.KeysPost{Version: "1795803901932", Participants: []xchat.WrappedKey{{UserID: annID, Wrapped: "BO7Q", KeyVersion: "1"}}, Signatures: []xchat.ActionSignature{{MessageID: "m"}}}
	if err := c.SendChatKeys(ctx, annID, keys); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"", "a", "1-2-3", "../me", "1/2", strings.Repeat("1", 20)} {
		if _, err := c.ChatEvents(ctx, id, "", 10); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("conversation %q: %v", id, err)
		}
		if _, err := c.FetchChatMedia(ctx, id, "k"); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("conversation %q: %v", id, err)
		}
	}
}

// A file goes and comes in whatever size, in the form of the conversation that X takes.
func TestChatFiles(t *testing.T) {
	for _, takes := range []string{"-", ":"} {
		for _, size := range []int{24, 3 << 20, 3<<20 + 1, 7 << 20} {
			x := newChatX(t)
			x.takes = takes
			sealed := bytes.Repeat([]byte("<\x00{\xff"), size/4+1)[:size]
			key, err := x.client().UploadChatMedia(t.Context(), annID, bytes.NewReader(sealed), int64(size))
			if err != nil || key != "hash1" || !bytes.Equal(x.sealed, sealed) {
				t.Fatalf("%s, %d bytes: %q, %v; %d came", takes, size, key, err, len(x.sealed))
			}
			file, err := x.client().FetchChatMedia(t.Context(), pair, "hash1")
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(file); err != nil || !bytes.Equal(got, sealed) {
				t.Errorf("%d bytes came back: %v", len(got), err)
			}
			_ = file.Close()
		}
	}
	x := newChatX(t)
	for length, said := range map[int]int64{10: 11, 11: 10, 0: 0} {
		if _, err := x.client().UploadChatMedia(t.Context(), pair, bytes.NewReader(make([]byte, length)), said); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("%d bytes said to be %d: %v", length, said, err)
		}
		x.parts = 0
	}
}

// everyChatCall makes one call of each kind and returns its error.
func everyChatCall(t *testing.T, c *xapi.Client) map[string]error {
	t.Helper()
	errs, ctx := map[string]error{}, t.Context()
	_, errs["records"] = c.ChatRecords(ctx, annID)
	_, errs["conversations"] = c.ChatConversations(ctx, "")
	_, errs["events"] = c.ChatEvents(ctx, pair, "", 10)
	errs["keys"] = c.SendChatKeys(ctx, pair, xchat.KeysPost{})
	_, errs["messages"] = c.SendChat(ctx, pair, post)
	_, errs["upload"] = c.UploadChatMedia(ctx, pair, strings.NewReader("x"), 1)
	file, err := c.FetchChatMedia(ctx, pair, "hash1")
	if err == nil {
		_, err = io.ReadAll(file)
		_ = file.Close()
	}
	errs["media"] = err
	return errs
}

func TestWhatXSaysOfChatCalls(t *testing.T) {
	problem := func(status int, kind, detail string) string {
		return fmt.Sprintf(`{"title":%q,"type":%q,"detail":%q,"status":%d}`, http.StatusText(status), kind, detail, status)
	}
	for _, tc := range []struct {
		name   string
		status int
		body   string
		kind   bridge.Kind
		code   string
		remedy string
	}{
		{"wants another kind of keys", 403, problem(403, "https://api.twitter.com/2/problems/unsupported-authentication", "OAuth 1.0a is forbidden for this endpoint"), bridge.Operator, "login/403", "perch x login"},
		{"refuses OAuth 1.0a", 401, problem(401, "about:blank", "Unauthorized"), bridge.Operator, "login/401", "perch x login"},
		{"app outside of a Project", 403, `{"title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.twitter.com/2/problems/client-forbidden","detail":"x"}`, bridge.Operator, "403", "Project"},
		{"no credits", 402, problem(402, "about:blank", "credits depleted"), bridge.Operator, "402", "credits"},
		{"limit", 429, problem(429, "about:blank", "Too Many Requests"), bridge.RateLimited, "429", ""},
		{"outage", 503, `{"title":"Service Unavailable","status":503}`, bridge.Temporary, "503", ""},
	} {
		x := newChatX(t)
		x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.body)
			return true
		}
		for call, err := range everyChatCall(t, x.client()) {
			e := bridge.AsError(err)
			if e == nil || e.Kind != tc.kind || e.Code != tc.code || !strings.Contains(e.Remedy, tc.remedy) || e.Message == "" {
				t.Errorf("%s: %s: %+v", tc.name, call, e)
			}
			if xapi.AreKeysRefused(err) {
				t.Errorf("%s: %s counts as wrong keys", tc.name, call)
			}
			if tc.status == 503 && e.Doubtful != (call == "messages") {
				t.Errorf("%s: doubtful is %v", call, e.Doubtful)
			}
		}
	}
}

func TestWhatIsNotThereInChat(t *testing.T) {
	x := newChatX(t)
	x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		x.refuse(w, 404, "Conversation not found")
		return true
	}
	errs := everyChatCall(t, x.client())
	for call, code := range map[string]string{"events": bridge.CodeNoConversation, "messages": bridge.CodeNoConversation, "keys": bridge.CodeNoConversation, "conversations": "404", "media": "404", "upload": "media/404"} {
		if e := bridge.AsError(errs[call]); e == nil || e.Kind != bridge.Rejected || e.Code != code {
			t.Errorf("%s: %+v", call, e)
		}
	}
	if errs["records"] != nil {
		t.Errorf("records of nobody: %v", errs["records"])
	}
}

// A page in X's place is nobody's verdict, and no file; what sends may have come to X.
func TestPagesInPlaceOfChat(t *testing.T) {
	for _, status := range []int{200, 302, 400, 401, 403, 404, 407} {
		for _, kind := range []string{"text/html", "text/plain", "application/octet-stream", ""} {
			x := newChatX(t)
			x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", kind)
				w.Header().Set("Location", "https://login.example/")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, logIn)
				return true
			}
			for call, err := range everyChatCall(t, x.client()) {
				e := bridge.AsError(err)
				isSend := call == "messages" && status == 200
				if e == nil || (isSend && e.Kind != bridge.OutcomeUnknown) || (!isSend && e.Kind != bridge.Temporary) || !strings.HasPrefix(e.Code, "way/") {
					t.Errorf("%d %s: %s: %+v", status, kind, call, e)
				}
			}
		}
	}
}

func TestLostAnswersOfChat(t *testing.T) {
	x := newChatX(t)
	x.answer = func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }
	for call, err := range everyChatCall(t, x.client()) {
		want := bridge.Temporary
		if call == "messages" {
			want = bridge.OutcomeUnknown
		}
		if bridge.KindOf(err) != want {
			t.Errorf("%s: %v", call, err)
		}
	}
	x = newChatX(t)
	x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", "100000")
		_, _ = w.Write(make([]byte, 70_000))
		panic(http.ErrAbortHandler)
	}
	file, err := x.client().FetchChatMedia(t.Context(), pair, "hash1")
	if err == nil {
		_, err = io.ReadAll(file)
	}
	var e *bridge.Error
	if !errors.As(err, &e) || e.Kind != bridge.Temporary {
		t.Errorf("a file that breaks off: %v", err)
	}
}

// Whatever a member is, it costs no more than itself, and an answer that says nothing is no answer.
func TestOddAnswersOfChat(t *testing.T) {
	for body, isFine := range map[string]bool{
		`{"data":[]}`: true, `{"data":[],"meta":{}}`: true, `{"meta":{"result_count":0}}`: true, `{}`: false, `[]`: false, `{"data":17}`: false, `{"data":"x","meta":[]}`: false,
		`{"data":[null,1,"x",[],{},{"id":{}}],"meta":{"next_token":{},"has_more":"maybe","conversation_key_events":[1,{},"CwAC"],"has_message_requests":"yes"}}`: true,
		`{"data":{"encoded_message_event":{"a":1}},"meta":{"conversation_key_events":{"a":[]}}}`:                                                                 true,
	} {
		x := newChatX(t)
		x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
			return true
		}
		c := x.client()
		for call, err := range everyChatCall(t, c) {
			switch call {
			case "messages":
				if err != nil {
					t.Errorf("%s: a message of which X says nothing is an error: %v", body, err)
				}
			case "keys", "upload", "media":
				if bridge.KindOf(err) != bridge.Temporary {
					t.Errorf("%s: %s: %v", body, call, err)
				}
			default:
				if (err == nil) != isFine {
					t.Errorf("%s: %s: %v", body, call, err)
				}
			}
		}
		if answer, _ := c.SendChat(t.Context(), pair, post); answer != "" {
			t.Errorf("%s: %q", body, answer)
		}
	}
}

// Where a page is too long to be read, fewer events are asked for.
func TestAPageOfLongMessagesIsRead(t *testing.T) {
	x := newChatX(t)
	event := strings.Repeat("CwAB", 54<<10/4) // a text of 10,000 signs outside of ASCII
	x.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		var all []string
		for i := range 100 {
			all = append(all, fmt.Sprintf(`{"id":"%d","encoded_event":%q}`, 2080400999000000000+i, event))
		}
		fmt.Fprintf(w, `{"data":[%s],"meta":{"has_more":false}}`, strings.Join(all, ","))
		return true
	}
	page, err := x.client().ChatEvents(t.Context(), "3001969357", "", 100)
	if err == nil && len(page.Events) == 100 {
		return
	}
	if bridge.CodeOf(err) != bridge.CodeTooLong { // then fewer are asked for
		t.Errorf("%d events, %v", len(page.Events), err)
	}
}
