package e2e

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"perch/app/doctor"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/xstate"
)

// doctor runs perch doctor and holds what every run promises.
func (b *box) doctor(wantCode int) []doctor.Finding {
	b.t.Helper()
	began := time.Now()
	stdout, stderr, code := b.perch("doctor", "--json")
	if took := time.Since(began); took > 15*time.Second {
		b.t.Errorf("doctor took %v", took)
	}
	var findings []doctor.Finding
	if err := json.Unmarshal([]byte(stdout), &findings); err != nil || code != wantCode {
		b.t.Fatalf("exit %d, want %d: %v\n%s\n%s", code, wantCode, err, stdout, stderr)
	}
	for _, f := range findings {
		if (f.State == doctor.Failed || f.State == doctor.Warn) && f.Remedy == "" {
			b.t.Errorf("no remedy: %+v", f)
		}
	}
	for _, hidden := range []string{b.brand.ConsumerSecret, b.brand.AccessToken, b.brand.AccessTokenSecret, b.motion.Options().Password} {
		if strings.Contains(stdout+stderr, hidden) {
			b.t.Error("doctor shows a secret")
		}
	}
	return findings
}

// expect holds that the first finding names the cause.
func (b *box) expect(check, says string) {
	b.t.Helper()
	findings := b.doctor(1)
	if first, _ := doctor.First(findings); first.Check != check || !strings.Contains(first.Message, says) {
		b.t.Errorf("first finding %s: %s; want %s: …%s…", first.Check, first.Message, check, says)
	}
}

func (b *box) setSecret(key, value string) {
	b.t.Helper()
	if _, stderr, code := b.perchWith(value+"\n", "secret", "set", key); code != 0 {
		b.t.Fatalf("secret set: %s", stderr)
	}
}

func TestDoctorFindsNothingWrongWithAWorkingRelay(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode, b.port = "stream", freePort(t) }).start()
	b.until("the stream", func() bool { return b.status().Reach.State == "connected" })
	// The relay may have looked at Motion before the test has written the Reply URL there; it looks again after 15 s.
	b.until("the Reply URL", func() bool { return b.status().Channels[0].Reply.State == "connected" })
	for _, f := range b.doctor(0) {
		if f.State != doctor.OK {
			t.Errorf("beside the relay: %+v", f)
		}
	}
	b.x.DM(annID, brandID, sim.Message{Text: "still at work"})
	b.awaitMotion(1)
	b.kill(os.Interrupt)
	for _, f := range b.doctor(0) {
		if f.State != doctor.OK && f.Check != "relay" {
			t.Errorf("without a relay: %+v", f)
		}
	}
	b.start() // the lock and the port are free again
}

var findingLine = regexp.MustCompile(`^(ok|warn|FAIL|skip) {2,4}[^—]+ — .+$`)

func TestDoctorSpeaksInLines(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode, b.port = "poll", freePort(t) })
	b.setSecret("motion.password", "another-password")
	stdout, _, code := b.perch("doctor")
	head, tail, _ := strings.Cut(stdout, "\n\n")
	for line := range strings.Lines(head) {
		if !findingLine.MatchString(strings.TrimSpace(line)) {
			t.Errorf("%q", line)
		}
	}
	if code != 1 || !strings.Contains(head, "FAIL  Motion account (support) — Motion refuses the user") || !strings.Contains(tail, "Begin with: Motion account") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	if _, _, code := b.perch("doctor", "now"); code != 2 {
		t.Errorf("wrong usage exits %d", code)
	}
}

func TestDoctorWithoutARelay(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode, b.port, b.mayFault = "stream", freePort(t), true })
	toml := filepath.Join(b.home, "perch.toml")
	b.motion.SetReplyURL("http://127.0.0.1:" + b.port + "/reply/OLD")
	b.start()
	b.kill(os.Interrupt)

	b.motion.SetReplyURL(strings.Replace(b.urls[0].ReplyURL, "/reply/", "/reply/OLD", 1))
	b.expect("reply-url", "old token")
	b.motion.SetReplyURL("")
	b.expect("reply-url", "empty")
	b.motion.SetReplyURL(b.urls[0].ReplyURL)

	taken, err := net.Listen("tcp", "127.0.0.1:"+b.port)
	if err != nil {
		t.Fatal(err)
	}
	b.expect("listen", "another program uses the port")
	_ = taken.Close()

	b.setSecret("x.consumer_secret", "another-secret")
	b.expect("x-app", "consumer key and secret")
	b.setSecret("x.consumer_secret", b.brand.ConsumerSecret)
	b.setSecret("x.access_token_secret", "another-secret")
	b.expect("x-account", "access token")
	b.setSecret("x.access_token_secret", b.brand.AccessTokenSecret)

	b.write(toml, strings.Replace(b.configuration(), "/accounts/5/", "/accounts/6/", 1))
	b.expect("motion-account", "no Open Channel account 6")
	b.write(toml, b.configuration()+"colour = 1\n")
	b.expect("config", "colour")
	b.write(toml, b.configuration())

	b.write(filepath.Join(b.home, "passphrase"), "wrong\n")
	b.expect("secrets", "passphrase")
	b.write(filepath.Join(b.home, "perch.db"), strings.Repeat("no journal\n", 1000))
	b.expect("journal", "damaged")
}

func TestDoctorBesideARelay(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode, b.mayFault = "poll", true }).start()
	b.brand.Access = xstate.ReadOnly
	b.x.AddAccount(b.brand)
	b.expect("x-permission", "only read")
	f := fault.Credits()
	f.Endpoint = "users.me"
	b.x.Fault(f)
	b.expect("x-account", "credits")
	b.x.ClearFaults()
	b.motion.Fault(motionsim.Fault{Path: "/api/attachments", Status: 403})
	b.brand.Access = xstate.ReadWriteDM
	b.x.AddAccount(b.brand)
	b.expect("motion-files", "attachments")
	b.motion.ClearFaults()
	// Who has no passphrase asks the relay, which has the secrets open.
	var env []string
	for _, v := range b.env {
		if !strings.HasPrefix(v, "PERCH_VAULT_PASSPHRASE") {
			env = append(env, v)
		}
	}
	b.env = env
	b.brand.Access = xstate.ReadWrite
	b.x.AddAccount(b.brand)
	b.expect("x-permissions", "direct messages")
	b.x.Down()
	b.expect("x-keys", "X")
	_ = b.x.Up()
}
