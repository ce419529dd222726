package motionsim_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/simtest"
)

func newMotion(t *testing.T, options motionsim.Options) *motionsim.Motion {
	t.Helper()
	m, err := motionsim.Start(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// ask calls Motion with its admin's password, unless change says otherwise.
func ask(t *testing.T, m *motionsim.Motion, method, url, kind, body string, change ...func(*http.Request)) simtest.Reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.SetBasicAuth(m.Options().User, m.Options().Password)
	for _, c := range change {
		c(request)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return simtest.Reply{Body: err.Error()}
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	if r := strings.TrimSpace(string(raw)); strings.HasPrefix(r, "{") {
		p := simtest.Parsed(t, r)
		p.Status, p.Header = response.StatusCode, response.Header
		return p
	}
	return simtest.Reply{Status: response.StatusCode, Header: response.Header, Body: string(raw)}
}

func noAuth(r *http.Request) { r.Header.Del("Authorization") }

func notify(t *testing.T, m *motionsim.Motion, body string) simtest.Reply {
	t.Helper()
	return ask(t, m, http.MethodPost, m.ReceiveURL(), "application/json", body, noAuth)
}

func uploadTo(t *testing.T, m *motionsim.Motion, part, name string, data []byte) simtest.Reply {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, _ := w.CreateFormFile(part, name)
	_, _ = f.Write(data)
	_ = w.Close()
	return ask(t, m, http.MethodPost, m.URL()+"/api/attachments", w.FormDataContentType(), b.String())
}

func TestMotion_TakesNotifications(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{})
	file := uploadTo(t, m, "file", "photo.jpg", []byte("data"))
	if file.Status != http.StatusCreated || file.Text("name") != "photo.jpg" {
		t.Fatalf("upload: %d %s", file.Status, file.Body)
	}
	first := notify(t, m, `{"from":"annlee","body":"late","mapKey":"twitter","firstName":"Ann Lee (@annlee)","phone":"none"}`)
	second := notify(t, m, `{"from":"annlee","body":"photo.jpg","AttachmentId":`+file.Text("id")+`,"mapKey":"twitter"}`)
	public := notify(t, m, `{"from":"annlee","body":"why","mapKey":"twitter","threadId":"1790000000000000001","externalUrl":"https://x.com/a"}`)
	if first.Status != 200 || first.Text("interaction", "id") != second.Text("interaction", "id") || first.Text("contact", "id") != public.Text("contact", "id") ||
		first.Text("interaction", "id") == public.Text("interaction", "id") || second.Text("message", "id") == "" {
		t.Errorf("answers: %s %s %s", first.Body, second.Body, public.Body)
	}
	m.CloseInteraction(m.Open("annlee", ""))
	if again := notify(t, m, `{"from":"annlee","body":"more","mapKey":"twitter"}`); again.Text("interaction", "id") == first.Text("interaction", "id") {
		t.Error("a closed interaction went on")
	}
	got := m.Messages()
	if len(got) != 4 || got[0].FirstName != "Ann Lee (@annlee)" || got[1].AttachmentID == 0 || got[2].ThreadID != "1790000000000000001" || got[3].Direction != "in" {
		t.Errorf("messages: %+v", got)
	}
	if v := m.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

func TestMotion_RefusesMalformedNotifications(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{MapKey: "cf_7"})
	for _, body := range []string{
		``, `[]`, `{"from":"a","body":"","mapKey":"cf_7"}`, `{"body":"b","mapKey":"cf_7"}`, `{"from":"a","body":"b"}`,
		`{"from":"a","body":"b","mapKey":"twitter"}`, `{"from":"@a","body":"b","mapKey":"cf_7"}`, `{"from":"a","body":"b","mapKey":"cf_7","threadId":1}`,
		`{"from":"a","body":"b","mapKey":"cf_7","threadId":"x"}`, `{"from":"a","body":"b","mapKey":"cf_7","AttachmentId":9}`,
		`{"from":"a","body":"b","mapKey":"cf_7","secret":"x"}`, `{"from":1,"body":"b","mapKey":"cf_7"}`,
	} {
		if r := notify(t, m, body); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, r.Status, r.Body)
		}
	}
	if n := len(m.Violations()); n != 12 || len(m.Messages()) != 0 {
		t.Errorf("%d violations, %d messages", n, len(m.Messages()))
	}
	if r := notify(t, m, `{"from":"a","body":"b","mapKey":"cf_7","cf_9":"x"}`); r.Status != 200 {
		t.Errorf("custom field: %d %s", r.Status, r.Body)
	}
}

func TestMotion_KeepsAttachmentsBehindCredentials(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{MaxAttachment: 10})
	id := uploadTo(t, m, "file", "a.png", []byte("12345")).Text("id")
	path := m.URL() + "/api/attachments/" + id
	if r := ask(t, m, http.MethodGet, path+"/download?apikey="+m.Options().APIKey, "", "", noAuth); r.Body != "12345" {
		t.Errorf("download: %d %q", r.Status, r.Body)
	}
	if r := ask(t, m, http.MethodGet, path, "", ""); r.Text("type") != "application/octet-stream" {
		t.Errorf("metadata: %s", r.Body)
	}
	for what, r := range map[string]simtest.Reply{
		"401 without credentials": ask(t, m, http.MethodGet, path+"/download", "", "", noAuth),
		"404 unknown":             ask(t, m, http.MethodGet, m.URL()+"/api/attachments/1/download", "", ""),
		"400 wrong part":          uploadTo(t, m, "media", "a.png", []byte("1")),
		"413 too large":           uploadTo(t, m, "file", "a.png", []byte("12345678901")),
		"401 wrong key":           ask(t, m, http.MethodGet, path+"?apikey=x", "", "", noAuth),
	} {
		if status, _, _ := strings.Cut(what, " "); status != strconv.Itoa(r.Status) {
			t.Errorf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	if got := m.Attachments(); len(got) != 1 || got[0].Name != "a.png" {
		t.Errorf("attachments: %+v", got)
	}
}

func TestMotion_LocksOutAfterBadPasswords(t *testing.T) {
	t.Parallel()
	watch := simtest.NewClock()
	m := newMotion(t, motionsim.Options{Now: watch.Now})
	users := m.URL() + "/api/users?fields=id,name"
	for range 5 {
		if r := ask(t, m, http.MethodGet, users, "", "", func(r *http.Request) { r.SetBasicAuth(m.Options().User, "wrong") }); r.Status != 401 {
			t.Errorf("wrong password: %d", r.Status)
		}
	}
	if r := ask(t, m, http.MethodGet, users, "", ""); r.Status != 401 || !m.IsLocked() {
		t.Errorf("locked: %d", r.Status)
	}
	watch.Add(time.Minute)
	if r := ask(t, m, http.MethodGet, users, "", ""); r.Status != 200 || m.IsLocked() {
		t.Errorf("after a minute: %d", r.Status)
	}
}

func TestMotion_TellsAndChangesItsAccount(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{Keys: map[string]string{"replyUrl": "reply_url"}})
	list := ask(t, m, http.MethodGet, m.URL()+"/api/openchannel/accounts?limit=10", "", "")
	if list.Text("rows", 0, "mapKey") != "twitter" || list.Text("rows", 0, "receiveUrl") != m.ReceiveURL() {
		t.Errorf("list: %s", list.Body)
	}
	account := strings.TrimSuffix(m.ReceiveURL(), "/notify")
	if r := ask(t, m, http.MethodPut, account, "application/json", `{"reply_url":"http://here/reply/x"}`); r.Status != 200 || m.ReplyURL() != "http://here/reply/x" {
		t.Errorf("change: %d %s", r.Status, r.Body)
	}
	if r := ask(t, m, http.MethodPut, account, "application/json", `{"mapKey":"email"}`); r.Status != 400 {
		t.Errorf("changed the Map Key: %d", r.Status)
	}
	if r := ask(t, m, http.MethodGet, account, "", ""); r.Text("reply_url") != "http://here/reply/x" {
		t.Errorf("account: %s", r.Body)
	}
}

func TestMotion_PostsReplies(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{})
	var bodies []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(raw))
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(`{"message":"no"}`))
	}))
	defer s.Close()
	notify(t, m, `{"from":"annlee","body":"why","mapKey":"twitter","firstName":"Ann","threadId":"17"}`)
	i := m.Open("annlee", "17")
	if _, err := m.Reply(t.Context(), i, motionsim.Reply{Text: "a"}); err == nil {
		t.Error("replied without a Reply URL")
	}
	m.SetReplyURL(s.URL)
	r, err := m.Reply(t.Context(), i, motionsim.Reply{Text: "because"})
	if err != nil || r.Status != 502 || r.Body != `{"message":"no"}` || r.Took <= 0 {
		t.Errorf("reply: %+v %v", r, err)
	}
	file := media.SamplePNG()
	if _, err := m.Reply(t.Context(), i, motionsim.Reply{ID: 9001, File: &file, Set: map[string]any{"secret": true, "contact": nil}}); err != nil {
		t.Error(err)
	}
	if _, err := m.StartConversation(t.Context(), "bob", "hello"); err != nil {
		t.Error(err)
	}
	text, attached, begun := simtest.Parsed(t, bodies[0]), simtest.Parsed(t, bodies[1]), simtest.Parsed(t, bodies[2])
	if text.Text("body") != "because" || text.Text("Contact", "twitter") != "annlee" || text.Text("Interaction", "threadId") != "17" || text.At("AttachmentId") != nil {
		t.Errorf("text: %s", bodies[0])
	}
	if attached.Text("id") != "9001" || attached.Text("body") != "picture.png" || attached.At("AttachmentId") == nil || attached.Text("secret") != "true" || attached.At("contact") != nil {
		t.Errorf("file: %s", bodies[1])
	}
	if begun.Text("Contact", "twitter") != "bob" || begun.At("Interaction", "threadId") != nil {
		t.Errorf("begun: %s", bodies[2])
	}
	last := m.Messages()[len(m.Messages())-1]
	if last.Direction != "out" || last.Status != 502 || last.From != "bob" {
		t.Errorf("message: %+v", last)
	}
}

func TestMotion_FailsAsTold(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{})
	const body = `{"from":"a","body":"b","mapKey":"twitter"}`
	m.Fault(motionsim.Fault{Path: "/api/openchannel", Status: 500, Times: 1})
	m.Fault(motionsim.Fault{Path: "/api/openchannel", Drop: true, After: true, Times: 1})
	if r := notify(t, m, body); r.Status != 500 || len(m.Messages()) != 0 {
		t.Errorf("before: %d", r.Status)
	}
	if r := notify(t, m, body); r.Status != 0 || len(m.Messages()) != 1 {
		t.Errorf("after: %d, %d messages", r.Status, len(m.Messages()))
	}
	m.Down()
	if r := notify(t, m, body); r.Status != 0 || !strings.Contains(r.Body, "refused") {
		t.Errorf("down: %d %s", r.Status, r.Body)
	}
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	if r := notify(t, m, body); r.Status != 200 || len(m.Messages()) != 2 {
		t.Errorf("up: %d", r.Status)
	}
}

func TestMotion_ServesTLSWithItsPin(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{TLS: true})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	dialer := &tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the certificate itself is looked at
	conn, err := dialer.DialContext(ctx, "tcp", strings.TrimPrefix(m.URL(), "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sum := sha256.Sum256(conn.(*tls.Conn).ConnectionState().PeerCertificates[0].Raw)
	if hex.EncodeToString(sum[:]) != m.Pin() {
		t.Error("the pin is of another certificate")
	}
}
