package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xevents"
)

const syscallTerm = syscall.SIGTERM

func TestCommandsWithoutARelay(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for _, tc := range []struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		{[]string{"status"}, 3, "perch start", ""},
		{[]string{"status", "--json"}, 3, `"state":"stopped"`, ""},
		{[]string{"traffic"}, 1, "", "not running; start it with: perch start"},
		{[]string{"pause"}, 1, "", "not running"},
		{[]string{"stop"}, 0, "not running", ""},
		{[]string{"nonsense"}, 2, "", "perch --help"},
		{[]string{"show"}, 2, "", "show"},
		{[]string{"show", "x"}, 2, "", "number of a message"},
		{[]string{"traffic", "--state", "x"}, 2, "", "--state"},
		{[]string{"traffic", "--nonsense"}, 2, "", "--nonsense"},
		{[]string{"retry"}, 2, "", "--all-dead"},
		{[]string{"version"}, 0, "perch ", ""},
		{[]string{"secret", "list"}, 0, "support/x.consumer_secret", ""},
		{[]string{"init"}, 1, "", "is there already"},
		{[]string{"secret", "set", "--channel", "nobody", "x.consumer_key"}, 1, "", "support"},
		{[]string{"secret", "set", "x.nonsense"}, 1, "", "x.nonsense"},
		{[]string{"urls"}, 1, "", "perch start"},
		{[]string{"logs"}, 1, "", "no log yet"},
	} {
		stdout, stderr, code := b.perch(tc.args...)
		if code != tc.code || !strings.Contains(stdout, tc.stdout) || !strings.Contains(stderr, tc.stderr) {
			t.Errorf("perch %v: exit %d\nstdout: %s\nstderr: %s", tc.args, code, stdout, stderr)
		}
		if code == 1 && (!strings.HasPrefix(stderr, "perch: ") || !strings.Contains(stderr, "; ") || strings.Count(strings.TrimSpace(stderr), "\n") > 0) {
			t.Errorf("perch %v complains in another form: %q", tc.args, stderr)
		}
	}
	if out, _, _ := b.perch("secret", "list"); strings.Contains(out, b.brand.ConsumerSecret) {
		t.Error("secret list shows a value")
	}
}

func TestPreflightCountsAsX(t *testing.T) {
	t.Parallel()
	b := &box{t: t, home: t.TempDir(), env: os.Environ()}
	for text, want := range map[string]string{
		"hello": `"weighted_length":5`, "漢字": `"weighted_length":4`, "see example.com": `"weighted_length":27`, "👨‍👩‍👧‍👦": `"weighted_length":2`,
		strings.Repeat("a", 281): `"valid":false`, "": `"valid":false`,
	} {
		stdout, stderr, code := b.perchWith(text, "preflight")
		if code != 0 || !strings.Contains(stdout, want) {
			t.Errorf("%q: %d %s %s; want %s", text, code, stdout, stderr, want)
		}
	}
}

func TestInitWritesWhatTheRelayTakes(t *testing.T) {
	t.Parallel()
	b := &box{t: t, home: filepath.Join(t.TempDir(), "new"), env: os.Environ()}
	out := b.must("init")
	if !strings.Contains(out, "perch.toml") || !strings.Contains(out, "secret set --channel support x.consumer_key") {
		t.Errorf("init says: %s", out)
	}
	if _, stderr, code := b.perch("status"); code != 3 {
		t.Errorf("status after init: %d %s", code, stderr)
	}
}

func TestConfigMistakesNameTheLine(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	path := filepath.Join(b.home, "perch.toml")
	b.write(path, b.configuration()+"unknown_key = 1\n")
	_, stderr, code := b.perch("relay")
	if code != 1 || !strings.Contains(stderr, "unknown_key") || !strings.Contains(stderr, fmt.Sprint("line ", strings.Count(b.configuration(), "\n")+1)) {
		t.Errorf("%d %s", code, stderr)
	}
}

func TestStartStopRestart(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	temp := t.TempDir()
	b.env = append(b.env, "TMPDIR="+temp)
	out := b.must("start")
	t.Cleanup(func() { b.perch("stop") })
	if !strings.Contains(out, "running") {
		t.Errorf("start says %s", out)
	}
	if out := b.must("start"); !strings.Contains(out, "already") {
		t.Errorf("second start says %s", out)
	}
	if _, stderr, code := b.perch("relay"); code != 1 || !strings.Contains(stderr, "already running") {
		t.Errorf("second relay: %d %s", code, stderr)
	}
	first := b.status().PID
	b.must("restart")
	if second := b.status(); second.PID == first || second.State == "" {
		t.Errorf("after restart: %+v", second)
	}
	b.must("pause")
	if s := b.status(); s.State != "paused" {
		t.Errorf("state %s, want paused", s.State)
	}
	b.must("restart")
	if s := b.status(); s.State != "paused" {
		t.Errorf("state %s after restart, want paused still", s.State)
	}
	b.must("resume")
	b.must("stop")
	if _, _, code := b.perch("status"); code != 3 {
		t.Errorf("status exits %d after stop, want 3", code)
	}
	b.write(filepath.Join(b.home, "passphrase"), "wrong\n")
	if _, stderr, code := b.perch("start"); code != 1 || !strings.Contains(stderr, "passphrase") {
		t.Errorf("start with a wrong passphrase: %d %s", code, stderr)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("among the temporary files it leaves %v, %v", left, err)
	}
}

func TestSeveralChannels(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	sales := b.x.AddAccount(sim.Account{ID: "777000777", Handle: "acme_sales", Name: "Acme Sales"})
	b.write(filepath.Join(b.home, "perch.toml"), b.configuration()+fmt.Sprintf(`
[[channel]]
name = "sales"
[channel.x]
api_base = %q
upload_base = %q
media_hosts = [%q]
[channel.motion]
receive_url = %q
user = %q
`, b.x.URL(), b.x.URL(), b.x.Host(), b.motion.ReceiveURL(), b.motion.Options().User))
	b.storeSecrets("sales", sales)
	b.start()
	b.x.SetWebhook(sales.ID, "http://"+b.listen+"/api/messages", xevents.XAA)
	if len(b.urls) != 2 || b.urls[0].ReplyURL == b.urls[1].ReplyURL {
		t.Fatalf("urls: %+v", b.urls)
	}
	b.x.DM(annID, brandID, sim.Message{Text: "to support"})
	b.x.DM(annID, sales.ID, sim.Message{Text: "to sales"})
	b.awaitMotion(2)
	for _, m := range b.traffic("--direction", "in") {
		if m.Text != "to "+m.Channel {
			t.Errorf("%q went to channel %s", m.Text, m.Channel)
		}
	}
	b.motion.SetReplyURL(b.urls[1].ReplyURL)
	r, err := b.motion.StartConversation(t.Context(), "annlee", "from sales")
	if err != nil || r.Status != 200 || b.x.SentDMs()[0].From != sales.ID {
		t.Errorf("reply of sales: %+v, %v, %+v", r, err, b.x.SentDMs())
	}
	// A DM between the two brands reaches the one it is for.
	b.x.DM(brandID, sales.ID, sim.Message{Text: "to sales"})
	b.awaitMotion(3)
}

func TestCRCIsFastWhateverHappens(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.motion.Down()
	b.must("pause")
	for i := range 300 {
		if status := b.signed(fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"%d","message_create":{"sender_id":%q,"message_data":{"text":"x"}}}]}`, brandID, 5000+i, annID)); status != 200 {
			t.Fatalf("event %d: %d", i, status)
		}
	}
	// What Perch itself does makes every series slow; what else a shared machine does, some.
	var worst []time.Duration
	for range 5 {
		p99 := b.crcP99()
		if p99 <= 200*time.Millisecond {
			return
		}
		worst = append(worst, p99)
	}
	t.Errorf("p99 of each series is %v, want below 200 ms", worst)
}

// crcP99 is the second slowest of 100 answers to X's challenge.
func (b *box) crcP99() time.Duration {
	b.t.Helper()
	var took []time.Duration
	for range 100 {
		r, err := b.x.CRC(b.t.Context(), "http://"+b.listen+"/api/messages", b.brand.ConsumerSecret)
		if err != nil {
			b.t.Fatal(err)
		}
		took = append(took, r.Took)
	}
	slices.Sort(took)
	return took[98]
}

func TestBadInputIsTheSendersFault(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	sign := func(body string) string { return xevents.Sign(b.brand.ConsumerSecret, []byte(body)) }
	for _, tc := range []struct {
		name, path, body, signature string
		status                      int
	}{
		{"unsigned", "/api/messages", `{}`, "", 401},
		{"forged", "/api/messages", `{}`, xevents.Sign("guess", []byte(`{}`)), 401},
		{"empty object", "/api/messages", `{}`, sign(`{}`), 200},
		{"no JSON", "/api/messages", "hello", sign("hello"), 200},
		{"deep", "/api/messages", strings.Repeat("[", 100_000), sign(strings.Repeat("[", 100_000)), 200},
		{"unknown user", "/api/messages", `{"for_user_id":"1","direct_message_events":[]}`, sign(`{"for_user_id":"1","direct_message_events":[]}`), 200},
		{"too large", "/api/messages", strings.Repeat(" ", 17<<20), "sha256=x", 413},
		{"reply that is no JSON", strings.TrimPrefix(b.urls[0].ReplyURL, "http://"+b.listen), "hello", "", 400},
		{"wrong token", "/reply/guess", `{"body":"x","to":"annlee"}`, "", 404},
		{"old path", "/sendMessage", `{"body":"x","to":"annlee"}`, "", 403},
		{"elsewhere", "/admin", `{}`, "", 404},
	} {
		if status := b.post(tc.path, []byte(tc.body), tc.signature); status != tc.status {
			t.Errorf("%s: %d, want %d", tc.name, status, tc.status)
		}
	}
	b.until("what cannot be read", func() bool { return len(b.traffic("--state", "dead")) == 2 })
	var big []string
	for i := range 10_000 {
		big = append(big, fmt.Sprintf(`{"type":"message_create","id":"%d","message_create":{"target":{"recipient_id":%q},"sender_id":"%d","message_data":{"text":"n"}}}`, 1_000_000+i, brandID, 900_000+i%500))
	}
	body := fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[%s]}`, brandID, strings.Join(big, ","))
	b.must("pause")
	if status := b.signed(body); status != 200 {
		t.Errorf("10,000 events in a batch: %d", status)
	}
	b.until("all of them", func() bool { return b.status().Channels[0].Inbound.Queued == 10_000 })
}

func TestLogsHoldNoSecretAndNoText(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "my card number is 4242"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.reply(interaction, motionsim.Reply{Text: "please do not send card numbers"})
	b.x.Fault(fault.Keys())
	b.reply(interaction, motionsim.Reply{Text: "another answer"})
	if out := b.must("logs"); !strings.Contains(out, "delivery attempted") {
		t.Errorf("logs: %s", out)
	}
	if out := b.must("logs", "--level", "warn", "--search", "KEYS"); !strings.Contains(out, "refused the keys") || strings.Contains(out, "level=INFO") {
		t.Errorf("filtered logs: %s", out)
	}
	log, err := os.ReadFile(filepath.Join(b.home, "perch.log"))
	if err != nil {
		t.Fatal(err)
	}
	token := b.urls[0].ReplyURL[strings.LastIndex(b.urls[0].ReplyURL, "/")+1:]
	for _, hidden := range []string{
		b.brand.ConsumerKey, b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret, b.motion.Options().Password, token, "4242", "card numbers",
	} {
		if strings.Contains(string(log), hidden) {
			t.Errorf("the log holds %q", hidden)
		}
	}
	for _, name := range []string{"perch.db", "perch.log", "vault.age", "control.sock"} {
		if info, err := os.Stat(filepath.Join(b.home, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v; want it for its owner only", name, info.Mode(), err)
		}
	}
}

func TestFollowShowsWhatHappens(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	var out safeBuffer
	stop := b.background(&out, "traffic", "-f", "--json")
	defer stop()
	time.Sleep(300 * time.Millisecond)
	b.x.DM(annID, brandID, sim.Message{Text: "live"})
	b.until("the live line", func() bool {
		return strings.Contains(out.String(), `"state":"delivered"`) && strings.Contains(out.String(), `"text":"live"`)
	})
}

func TestSlowClientsDoNotStopTheCRC(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	var slow sync.WaitGroup
	defer slow.Wait()
	done := make(chan struct{})
	defer close(done)
	var begun atomic.Int64
	for range 50 {
		slow.Go(func() {
			r, w := newPipe()
			go func() { _, _ = w.Write([]byte("{")); begun.Add(1); <-done; _ = w.Close() }()
			request, _ := http.NewRequest(http.MethodPost, "http://"+b.listen+"/api/messages", r)
			if response, err := http.DefaultClient.Do(request); err == nil {
				_ = response.Body.Close()
			}
		})
	}
	b.until("the slow clients", func() bool { return begun.Load() == 50 })
	r, err := b.x.CRC(t.Context(), "http://"+b.listen+"/api/messages", b.brand.ConsumerSecret)
	if err != nil || r.Took > time.Second {
		t.Errorf("CRC beside slow clients: %+v, %v", r, err)
	}
}

func TestVaultIsOpenedByHandOrByItself(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	phrase := filepath.Join(b.home, "passphrase")
	if err := os.Remove(phrase); err != nil {
		t.Fatal(err)
	}
	b.env = append(b.env, "PERCH_VAULT_PASSPHRASE_FILE=")
	const right, wrong = "correct horse battery staple\n", "wrong horse battery staple\n"
	if _, said, code := b.perch("start"); code != 4 || !strings.Contains(said, "passphrase") || !strings.Contains(said, "perch secret keep") {
		t.Errorf("start without a passphrase: %d, %s", code, said)
	}
	if _, said, code := b.perchWith(wrong, "start", "--passphrase-stdin"); code != 1 || !strings.Contains(said, "does not open the vault") {
		t.Errorf("start with a wrong one: %d, %s", code, said)
	}
	if _, said, code := b.perchWith(right, "start", "--passphrase-stdin"); code != 0 {
		t.Fatalf("start: %d, %s", code, said)
	}
	t.Cleanup(func() { b.perch("stop") })
	// A relay that could not come back is not stopped.
	if _, said, code := b.perch("restart"); code != 4 || !strings.Contains(said, "passphrase") || b.status().PID == 0 {
		t.Errorf("restart without a passphrase: %d, %s", code, said)
	}
	if _, said, code := b.perchWith(wrong, "secret", "keep", "--passphrase-stdin"); code != 1 || !strings.Contains(said, "does not open the vault") {
		t.Errorf("keep a wrong one: %d, %s", code, said)
	}
	if _, said, code := b.perchWith(right, "secret", "keep", "--passphrase-stdin"); code != 0 {
		t.Fatalf("keep: %d, %s", code, said)
	}
	// Nor is it one whose passphrase is kept, but does not fit or is open to others.
	kept := filepath.Join(b.home, "vault-passphrase")
	before := b.status().PID
	b.write(kept, wrong)
	if _, said, code := b.perch("restart"); code != 1 || !strings.Contains(said, "does not open the vault") || b.status().PID != before {
		t.Errorf("restart with a wrong kept one: %d, %s", code, said)
	}
	b.write(kept, right)
	if err := os.Chmod(kept, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, said, code := b.perch("restart"); code != 1 || !strings.Contains(said, "chmod 600") || b.status().PID != before {
		t.Errorf("restart with one that others can read: %d, %s", code, said)
	}
	if err := os.Chmod(kept, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said, code := b.perch("restart"); code != 0 || b.status().PID == before {
		t.Errorf("restart by itself: %d, %s", code, said)
	}
}

func TestReplyURLIsWrittenIntoMotion(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	var urls []struct {
		URL string `json:"reply_url"`
	}
	if err := json.Unmarshal([]byte(b.must("urls", "--json")), &urls); err != nil {
		t.Fatal(err)
	}
	const old = "http://localhost:3002/sendMessage"
	b.motion.SetReplyURL(old)
	if _, said, code := b.perchWith("no\n", "urls", "--write"); code != 1 || !strings.Contains(said, old) || b.motion.ReplyURL() != old {
		t.Errorf("after a no: %d, %s; Motion has %s", code, said, b.motion.ReplyURL())
	}
	b.until("the status to tell the old plugin's address", func() bool {
		s := b.status()
		return s.State == "degraded" && s.Channels[0].Reply.State == "degraded" && strings.Contains(s.Channels[0].Reply.Detail, "old plugin")
	})
	if said := b.must("status"); !strings.Contains(said, "perch urls --write") {
		t.Errorf("status: %s", said)
	}
	if _, said, code := b.perchWith("yes\n", "urls", "--write"); code != 0 || b.motion.ReplyURL() != urls[0].URL {
		t.Errorf("after a yes: %d, %s; Motion has %s", code, said, b.motion.ReplyURL())
	}
	b.until("the status to be good again", func() bool { return b.status().Channels[0].Reply.State == "connected" })
	b.must("urls", "--write") // nothing to ask about
	if _, said, code := b.perch("urls", "--write", "--channel", "sales"); code != 1 || !strings.Contains(said, "no channel of that name") {
		t.Errorf("another channel: %d, %s", code, said)
	}
	b.motion.Down()
	if _, said, code := b.perch("urls", "--write"); code != 1 || !strings.Contains(said, "Motion cannot be reached") {
		t.Errorf("without Motion: %d, %s", code, said)
	}
}
