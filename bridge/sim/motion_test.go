package sim_test

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
func ask(t *testing.T, m *motionsim.Motion, method, url, kind, body string, change ...func(*http.Request)) reply {
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
		return reply{body: err.Error()}
	}
	defer response.Body.Close()
	raw, _ := io.ReadAll(response.Body)
	if r := strings.TrimSpace(string(raw)); strings.HasPrefix(r, "{") {
		p := parsed(t, r)
		p.status, p.header = response.StatusCode, response.Header
		return p
	}
	return reply{status: response.StatusCode, header: response.Header, body: string(raw)}
}

func noAuth(r *http.Request) { r.Header.Del("Authorization") }

func notify(t *testing.T, m *motionsim.Motion, body string) reply {
	t.Helper()
	return ask(t, m, http.MethodPost, m.ReceiveURL(), "application/json", body, noAuth)
}

func uploadTo(t *testing.T, m *motionsim.Motion, part, name string, data []byte) reply {
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
	if file.status != http.StatusCreated || file.text("name") != "photo.jpg" {
		t.Fatalf("upload: %d %s", file.status, file.body)
	}
	first := notify(t, m, `{"from":"annlee","body":"late","mapKey":"twitter","firstName":"Ann Lee (@annlee)","phone":"none"}`)
	second := notify(t, m, `{"from":"annlee","body":"photo.jpg","AttachmentId":`+file.text("id")+`,"mapKey":"twitter"}`)
	public := notify(t, m, `{"from":"annlee","body":"why","mapKey":"twitter","threadId":"1790000000000000001","externalUrl":"https://x.com/a"}`)
	if first.status != 200 || first.text("interaction", "id") != second.text("interaction", "id") || first.text("contact", "id") != public.text("contact", "id") ||
		first.text("interaction", "id") == public.text("interaction", "id") || second.text("message", "id") == "" {
		t.Errorf("answers: %s %s %s", first.body, second.body, public.body)
	}
	m.CloseInteraction(m.Open("annlee", ""))
	if again := notify(t, m, `{"from":"annlee","body":"more","mapKey":"twitter"}`); again.text("interaction", "id") == first.text("interaction", "id") {
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
		if r := notify(t, m, body); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", body, r.status, r.body)
		}
	}
	if n := len(m.Violations()); n != 12 || len(m.Messages()) != 0 {
		t.Errorf("%d violations, %d messages", n, len(m.Messages()))
	}
	if r := notify(t, m, `{"from":"a","body":"b","mapKey":"cf_7","cf_9":"x"}`); r.status != 200 {
		t.Errorf("custom field: %d %s", r.status, r.body)
	}
}

func TestMotion_KeepsAttachmentsBehindCredentials(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{MaxAttachment: 10})
	id := uploadTo(t, m, "file", "a.png", []byte("12345")).text("id")
	path := m.URL() + "/api/attachments/" + id
	if r := ask(t, m, http.MethodGet, path+"/download?apikey="+m.Options().APIKey, "", "", noAuth); r.body != "12345" {
		t.Errorf("download: %d %q", r.status, r.body)
	}
	if r := ask(t, m, http.MethodGet, path, "", ""); r.text("type") != "application/octet-stream" {
		t.Errorf("metadata: %s", r.body)
	}
	for what, r := range map[string]reply{
		"401 without credentials": ask(t, m, http.MethodGet, path+"/download", "", "", noAuth),
		"404 unknown":             ask(t, m, http.MethodGet, m.URL()+"/api/attachments/1/download", "", ""),
		"400 wrong part":          uploadTo(t, m, "media", "a.png", []byte("1")),
		"413 too large":           uploadTo(t, m, "file", "a.png", []byte("12345678901")),
		"401 wrong key":           ask(t, m, http.MethodGet, path+"?apikey=x", "", "", noAuth),
	} {
		if status, _, _ := strings.Cut(what, " "); status != strconv.Itoa(r.status) {
			t.Errorf("%s: %d %s", what, r.status, r.body)
		}
	}
	if got := m.Attachments(); len(got) != 1 || got[0].Name != "a.png" {
		t.Errorf("attachments: %+v", got)
	}
}

func TestMotion_LocksOutAfterBadPasswords(t *testing.T) {
	t.Parallel()
	watch := newClock()
	m := newMotion(t, motionsim.Options{Now: watch.Now})
	users := m.URL() + "/api/users?fields=id,name"
	for range 5 {
		if r := ask(t, m, http.MethodGet, users, "", "", func(r *http.Request) { r.SetBasicAuth(m.Options().User, "wrong") }); r.status != 401 {
			t.Errorf("wrong password: %d", r.status)
		}
	}
	if r := ask(t, m, http.MethodGet, users, "", ""); r.status != 401 || !m.IsLocked() {
		t.Errorf("locked: %d", r.status)
	}
	watch.add(time.Minute)
	if r := ask(t, m, http.MethodGet, users, "", ""); r.status != 200 || m.IsLocked() {
		t.Errorf("after a minute: %d", r.status)
	}
}

func TestMotion_TellsAndChangesItsAccount(t *testing.T) {
	t.Parallel()
	m := newMotion(t, motionsim.Options{Keys: map[string]string{"replyUrl": "reply_url"}})
	list := ask(t, m, http.MethodGet, m.URL()+"/api/openchannel/accounts?limit=10", "", "")
	if list.text("rows", 0, "mapKey") != "twitter" || list.text("rows", 0, "receiveUrl") != m.ReceiveURL() {
		t.Errorf("list: %s", list.body)
	}
	account := strings.TrimSuffix(m.ReceiveURL(), "/notify")
	if r := ask(t, m, http.MethodPut, account, "application/json", `{"reply_url":"http://here/reply/x"}`); r.status != 200 || m.ReplyURL() != "http://here/reply/x" {
		t.Errorf("change: %d %s", r.status, r.body)
	}
	if r := ask(t, m, http.MethodPut, account, "application/json", `{"mapKey":"email"}`); r.status != 400 {
		t.Errorf("changed the Map Key: %d", r.status)
	}
	if r := ask(t, m, http.MethodGet, account, "", ""); r.text("reply_url") != "http://here/reply/x" {
		t.Errorf("account: %s", r.body)
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
	text, attached, begun := parsed(t, bodies[0]), parsed(t, bodies[1]), parsed(t, bodies[2])
	if text.text("body") != "because" || text.text("Contact", "twitter") != "annlee" || text.text("Interaction", "threadId") != "17" || text.at("AttachmentId") != nil {
		t.Errorf("text: %s", bodies[0])
	}
	if attached.text("id") != "9001" || attached.text("body") != "picture.png" || attached.at("AttachmentId") == nil || attached.text("secret") != "true" || attached.at("contact") != nil {
		t.Errorf("file: %s", bodies[1])
	}
	if begun.text("Contact", "twitter") != "bob" || begun.at("Interaction", "threadId") != nil {
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
	if r := notify(t, m, body); r.status != 500 || len(m.Messages()) != 0 {
		t.Errorf("before: %d", r.status)
	}
	if r := notify(t, m, body); r.status != 0 || len(m.Messages()) != 1 {
		t.Errorf("after: %d, %d messages", r.status, len(m.Messages()))
	}
	m.Down()
	if r := notify(t, m, body); r.status != 0 || !strings.Contains(r.body, "refused") {
		t.Errorf("down: %d %s", r.status, r.body)
	}
	if err := m.Up(); err != nil {
		t.Fatal(err)
	}
	if r := notify(t, m, body); r.status != 200 || len(m.Messages()) != 2 {
		t.Errorf("up: %d", r.status)
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
