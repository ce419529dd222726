package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"perch/app/control"
	carry "perch/bridge/alert/send"
	"perch/bridge/sim"
	"perch/bridge/sim/mailsim"
	"perch/bridge/sim/motionsim"
)

// told is what an address got.
type told struct {
	mu     sync.Mutex
	bodies []carry.WebhookBody
	beats  int
	status int
}

func (a *told) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	var parsed carry.WebhookBody
	switch {
	case r.Method == http.MethodGet:
		a.beats++
	case a.status != 0:
		w.WriteHeader(a.status)
	case json.Unmarshal(body, &parsed) != nil, r.Header.Get("X-Perch-Signature") != carry.Sign("the-key", r.Header.Get("X-Perch-Timestamp"), body):
		w.WriteHeader(http.StatusForbidden)
	default:
		a.bodies = append(a.bodies, parsed)
	}
}

func (a *told) of(event, key string) (list []carry.WebhookBody) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range a.bodies {
		if b.Event == event && len(b.Causes) > 0 && b.Causes[0].Key == key {
			list = append(list, b)
		}
	}
	return list
}

// alerting makes a box whose alerts go to a webhook, by e-mail, and into a heartbeat.
func alerting(t *testing.T) (*box, *told, *mailsim.Server) {
	t.Helper()
	address := &told{}
	hook := httptest.NewServer(address)
	t.Cleanup(hook.Close)
	post, err := mailsim.Start(mailsim.Options{User: "perch", Password: "mail-pass"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = post.Close() })
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, post.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	b := newBox(t)
	config := b.configuration() + fmt.Sprintf(`
[[alert]]
name = "ops"
kind = "webhook"
url = %q
after = "2s"
waiting = "1m"
[[alert]]
name = "mail"
kind = "email"
server = %q
user = "perch"
from = "perch@example.com"
to = ["ann@example.com"]
after = "2s"
include_text = true
[[alert]]
name = "beat"
kind = "heartbeat"
url = %q
every = "30s"
`, hook.URL, post.Address(), hook.URL+"/beat")
	b.write(filepath.Join(b.home, "perch.toml"), config)
	b.env = append(b.env, "SSL_CERT_FILE="+roots)
	b.setSecret("alert.ops.key", "the-key")
	b.setSecret("alert.mail.password", "mail-pass")
	return b, address, post
}

// What needs a person reaches one within a minute, by each way, once; and its end is told, also after a restart.
func TestAlertsReachPeople(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute and a half")
	}
	t.Parallel()
	b, address, post := alerting(t)
	b.start()
	b.until("the heartbeat", func() bool { address.mu.Lock(); defer address.mu.Unlock(); return address.beats > 0 })
	b.x.DM(annID, brandID, sim.Message{Text: "where is my parcel"})
	in := b.awaitMotion(1)[0]
	b.awaitNoted(1)
	// A reply that X refuses for good.
	began := time.Now()
	r := b.reply(in.Interaction, motionsim.Reply{Text: strings.Repeat("x", 20_000)})
	if r.Status < 400 {
		t.Fatalf("the reply was taken: %+v", r)
	}
	const key = "dead/support"
	b.until("the alert", func() bool { return len(address.of("trouble", key)) > 0 && len(post.Messages()) > 0 })
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
	t.Logf("told after %s: %s", time.Since(began).Round(time.Millisecond), address.of("trouble", key)[0].Title)
	first := address.of("trouble", key)[0]
	if strings.Contains(first.Text, "xxxx") || first.Causes[0].Remedy == "" || first.Causes[0].Count != 1 {
		t.Errorf("%+v", first)
	}
	if mail := post.Messages()[0]; !strings.Contains(mail.Body, "to @annlee") || !strings.Contains(mail.Header.Get("Subject"), "Messages could not be delivered (support)") {
		t.Errorf("%+v", mail)
	}
	var list control.AlertList
	b.until("both to be told", func() bool {
		err := json.Unmarshal([]byte(b.must("alert", "list", "--json")), &list)
		return err == nil && len(list.Alerts) == 3 && len(list.Causes) == 1 && len(list.Causes[0].Told) == 2
	})
	b.kill(os.Kill)
	if err := json.Unmarshal([]byte(b.must("alert", "list", "--json")), &list); err != nil || len(list.Causes) != 1 || len(list.Causes[0].Told) != 2 {
		t.Errorf("while it is stopped: %+v, %v", list, err)
	}
	b.launch()
	time.Sleep(12 * time.Second) // two looks and more
	if n := len(address.of("trouble", key)); n != 1 || len(post.Messages()) != 1 {
		t.Errorf("told %d times, and %d mails", n, len(post.Messages()))
	}
}

// A test is sent with and without a relay, and says in words what is wrong.
func TestAlertTestSaysWhatCameOfIt(t *testing.T) {
	t.Parallel()
	b, address, post := alerting(t)
	if out := b.must("alert", "test"); !strings.Contains(out, "ops (webhook): sent") || !strings.Contains(out, "mail (email): sent") || !strings.Contains(out, "beat (heartbeat): sent") {
		t.Error(out)
	}
	if address.of("test", "test") == nil || len(post.Messages()) != 1 {
		t.Error("nothing has arrived")
	}
	b.start()
	address.mu.Lock()
	address.status = http.StatusGone
	address.mu.Unlock()
	out, stderr, code := b.perch("alert", "test", "ops")
	if code != 1 || stderr != "" || !strings.Contains(out, "NOT sent; its address does not exist") || !strings.Contains(out, "perch secret set alert.ops.url") {
		t.Error(code, out, stderr)
	}
	if _, stderr, code = b.perch("alert", "test", "nobody"); code != 1 || !strings.Contains(stderr, "name one of perch.toml: ops, mail, beat") {
		t.Error(code, stderr)
	}
	var tests []control.AlertTest
	if err := json.Unmarshal([]byte(b.must("alert", "test", "mail", "--json")), &tests); err != nil || len(tests) != 1 || !tests[0].OK {
		t.Errorf("%+v, %v", tests, err)
	}
}
