// Package e2e runs the real program between the simulators, as an admin, a customer and an agent would use it.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "perch/app" // go test is to see that the program under test has changed
	"perch/app/control"
	"perch/bridge/sim"
	"perch/bridge/sim/motionsim"
	"perch/bridge/sim/tidy"
	"perch/bridge/sim/xevents"
)

const (
	brandID = "4337869213"
	annID   = "3001969357"
	bobID   = "3001969358"
	// boxPhrase opens the vault of every box.
	boxPhrase = "correct horse battery staple\n"
	// patience bounds the wait for anything; a shared machine is slow.
	patience = 40 * time.Second
	// atOnce is how many tests run at once at the least: they wait more than they compute.
	atOnce = 4
)

var perchBinary string

func TestMain(m *testing.M) {
	if secret := os.Getenv(envHashOnly); secret != "" {
		hashOnly(secret)
	}
	if signal.Ignored(syscall.SIGHUP) { // under nohup: what is started here is to see hang-ups all the same
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	flag.Parse()
	if !isGiven("test.parallel") {
		_ = flag.Set("test.parallel", strconv.Itoa(max(atOnce, runtime.GOMAXPROCS(0))))
	}
	os.Exit(tidy.Run(func() int {
		folder, err := os.MkdirTemp("", "bin-")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		if perchBinary = os.Getenv("PERCH_TEST_PROGRAM"); perchBinary != "" { // one that is installed
			return m.Run()
		}
		perchBinary = filepath.Join(folder, "perch")
		// Without cgo, as it is released, and otherwise with the flags of the tests (GOFLAGS): each other set of flags
		// costs a compilation of everything.
		build := exec.Command("go", "build", "-o", perchBinary, "perch/app/perch")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build perch: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}))
}

func isGiven(name string) (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == name })
	return given
}

// box is a home, the simulators and the relay between them.
type box struct {
	t      *testing.T
	home   string
	x      *sim.X
	motion *motionsim.Motion
	brand  sim.Account
	env    []string
	relay  *exec.Cmd
	errors *bytes.Buffer
	listen string
	urls   []control.URLs
	// config is written into perch.toml behind the defaults.
	api      string
	family   xevents.Family
	extra    string
	mode     string
	port     string
	public   string
	within   []string // begins the command line of the relay
	isMute   bool     // X does not tell of what the account itself has sent
	mayFault bool     // the test makes the client break the simulators' rules on purpose
}

// bothProfiles are those of the API, each with the family of its events.
var bothProfiles = []struct {
	api    string
	family xevents.Family
}{{"v2", xevents.XAA}, {"v1.1", xevents.Legacy}}

// newBox makes a configured home with one channel; the relay does not run yet.
func newBox(t *testing.T, change ...func(*box)) *box {
	t.Helper()
	b := &box{t: t, home: t.TempDir(), api: "v2", family: xevents.XAA}
	for _, c := range change {
		c(b)
	}
	var err error
	if b.x, err = sim.StartX(sim.XOptions{AllowAnyURL: true, Echo: !b.isMute}); err != nil {
		t.Fatal(err)
	}
	if b.motion, err = motionsim.Start(motionsim.Options{Password: motionPassword}); err != nil {
		t.Fatal(err)
	}
	b.brand = b.x.AddAccount(brandAccount)
	b.x.AddPerson(sim.Person{ID: annID, Handle: "annlee", Name: "Ann Lee"})
	b.x.AddPerson(sim.Person{ID: bobID, Handle: "bob", Name: "Bob"})
	for _, endpoint := range []string{"dm.send", "post.create", "dm.events", "posts.own", "users.me", "users.by_handle"} {
		b.x.SetLimit(endpoint, 1_000_000, 15*time.Minute)
		b.x.SetLimit(endpoint, 1_000_000, 24*time.Hour)
	}
	phrase := filepath.Join(b.home, "passphrase")
	b.write(phrase, boxPhrase)
	b.env = append(os.Environ(), "PERCH_VAULT_PASSPHRASE_FILE="+phrase)
	b.write(filepath.Join(b.home, "perch.toml"), b.configuration())
	t.Cleanup(b.close)
	b.storeFirstSecrets()
	return b
}

// brandAccount and motionPassword are those of every box, so that one vault fits them all.
var brandAccount = sim.Account{
	ID: brandID, Handle: "acme_support", Name: "Acme Support", ConsumerKey: "kPf3nXq8Zt1LwB6vRy0HdSj4C",
	ConsumerSecret: "cS7uGmQe2Ia9oKx5TzWn8VbLr3Jd6Yf1Hp0Es4MgCkXqDvRtNw", AccessToken: brandID + "-aT5rJh2Wq9Lk7Xz3Vn8Bm1Cs6Dp0Fg4Ty",
	AccessTokenSecret: "aS9kLw3Xe6Rt1Yu8Io4Pz7Qm2Nb5Vc0Dx1Gh6Jf3Ka8",
}

const motionPassword = "mP4vXz8Qw1Er7Ty2"

var firstVault struct {
	sync.Mutex
	content string
}

// storeFirstSecrets stores the brand's secrets as an admin does, one by one. That takes scrypt ten times, so it is done
// in one box, and the others get a copy of its vault.
func (b *box) storeFirstSecrets() {
	b.t.Helper()
	firstVault.Lock()
	defer firstVault.Unlock()
	path := filepath.Join(b.home, "vault.age")
	if firstVault.content != "" {
		b.write(path, firstVault.content)
		return
	}
	b.storeSecrets("support", b.brand)
	content, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	firstVault.content = string(content)
}

func (b *box) configuration() string {
	if b.mode == "" {
		b.mode = "webhook"
	}
	if b.port == "" {
		b.port = "0"
	}
	return fmt.Sprintf(`listen = "127.0.0.1:%s"
secrets = "vault"
%s
[reach]
mode = %q
public_url = %q
[[channel]]
name = "support"
[channel.x]
api = %q
api_base = %q
upload_base = %q
media_hosts = [%q]
[channel.motion]
receive_url = %q
user = %q
`, b.port, b.extra, b.mode, b.public, b.api, b.x.URL(), b.x.URL(), b.x.Host(), b.motion.ReceiveURL(), b.motion.Options().User)
}

func (b *box) storeSecrets(channel string, a sim.Account) {
	b.t.Helper()
	for key, value := range map[string]string{
		"x.consumer_key": a.ConsumerKey, "x.consumer_secret": a.ConsumerSecret, "x.access_token": a.AccessToken,
		"x.access_token_secret": a.AccessTokenSecret, "motion.password": b.motion.Options().Password,
	} {
		if _, stderr, code := b.perchWith(value+"\n", "secret", "set", "--channel", channel, key); code != 0 {
			b.t.Fatalf("secret set %s: %d %s", key, code, stderr)
		}
	}
}

func (b *box) write(path, content string) {
	b.t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func (b *box) close() {
	b.kill(os.Interrupt)
	if !b.mayFault {
		for _, v := range append(b.x.Violations(), b.motion.Violations()...) {
			b.t.Error("a request broke the rules:", v)
		}
	}
	if err := errors.Join(b.x.Close(), b.motion.Close()); err != nil {
		b.t.Error(err)
	}
	if b.t.Failed() {
		if log, err := os.ReadFile(filepath.Join(b.home, "perch.log")); err == nil {
			lines := strings.Split(string(log), "\n")
			b.t.Logf("the last lines of the log:\n%s", strings.Join(lines[max(0, len(lines)-40):], "\n"))
		}
	}
}

// perch runs one command.
func (b *box) perch(args ...string) (stdout, stderr string, code int) {
	return b.perchWith("", args...)
}

func (b *box) perchWith(stdin string, args ...string) (stdout, stderr string, code int) {
	cmd := exec.Command(perchBinary, append(args, "--home", b.home)...)
	cmd.Env, cmd.Stdin = b.env, strings.NewReader(stdin)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		b.t.Fatal(err)
	}
	return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that has to succeed.
func (b *box) must(args ...string) string {
	b.t.Helper()
	stdout, stderr, code := b.perch(args...)
	if code != 0 {
		b.t.Fatalf("perch %v: exit %d: %s", args, code, stderr)
	}
	return stdout
}

var listening = regexp.MustCompile(`listening on (\S+)`)

// start runs the relay and joins both sides to it.
func (b *box) start() *box {
	b.t.Helper()
	b.launch()
	b.connect()
	return b
}

// launch runs the relay until it listens.
func (b *box) launch() {
	b.t.Helper()
	args := append(slices.Clone(b.within), perchBinary, "relay", "--home", b.home)
	cmd := exec.Command(args[0], args[1:]...)
	b.errors = &bytes.Buffer{}
	cmd.Env, cmd.Stderr = append(b.env, "PERCH_DETACHED=1"), b.errors
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	b.relay = cmd
	line, _ := bufio.NewReader(stdout).ReadString('\n')
	m := listening.FindStringSubmatch(line)
	if m == nil {
		_ = cmd.Wait()
		b.t.Fatalf("the relay did not start: %q %s", line, b.errors)
	}
	b.listen = m[1]
}

func (b *box) connect() {
	b.urls = nil
	if err := json.Unmarshal([]byte(b.must("urls", "--json")), &b.urls); err != nil {
		b.t.Fatal(err)
	}
	b.motion.SetReplyURL(b.urls[0].ReplyURL)
	if b.mode == "webhook" && b.public == "" {
		b.x.SetWebhook(brandID, "http://"+b.listen+"/api/messages", b.family)
	}
}

// kill ends the relay by a signal and waits for its end.
func (b *box) kill(s os.Signal) {
	if b.relay == nil {
		return
	}
	_ = b.relay.Process.Signal(s)
	_ = b.relay.Wait()
	b.relay = nil
}

// until waits for a condition.
func (b *box) until(what string, condition func() bool) {
	b.t.Helper()
	for end := time.Now().Add(patience); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatal("waited in vain for: ", what)
		}
	}
}

// inMotion returns what customers' messages Motion has.
func (b *box) inMotion() []motionsim.Message {
	var in []motionsim.Message
	for _, m := range b.motion.Messages() {
		if m.Direction == "in" {
			in = append(in, m)
		}
	}
	return in
}

func (b *box) bodies() []string {
	var all []string
	for _, m := range b.inMotion() {
		all = append(all, m.Body)
	}
	return all
}

func (b *box) awaitMotion(n int) []motionsim.Message {
	b.t.Helper()
	b.until(fmt.Sprint(n, " messages in Motion"), func() bool { return len(b.inMotion()) >= n })
	return b.inMotion()
}

// awaitNoted waits until Perch has written down that Motion has n messages: Motion has them a moment earlier.
func (b *box) awaitNoted(n int) {
	b.t.Helper()
	b.until(fmt.Sprint("the note of ", n, " messages"), func() bool { return b.status().Channels[0].Inbound.Delivered >= n })
}

func (b *box) reply(interaction int, r motionsim.Reply) motionsim.ReplyResult {
	b.t.Helper()
	result, err := b.motion.Reply(context.Background(), interaction, r)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

func (b *box) traffic(args ...string) []control.Message {
	b.t.Helper()
	var list []control.Message
	for line := range strings.Lines(b.must(append([]string{"traffic", "--json"}, args...)...)) {
		var m control.Message
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			b.t.Fatalf("%v: %s", err, line)
		}
		list = append(list, m)
	}
	return list
}

func (b *box) status() control.Status {
	b.t.Helper()
	var s control.Status
	if err := json.Unmarshal([]byte(b.must("status", "--json")), &s); err != nil {
		b.t.Fatal(err)
	}
	return s
}

// post sends a signed body to the webhook and returns the answer's status; 0 when there was none.
func (b *box) post(path string, body []byte, signature string) int {
	request, err := http.NewRequest(http.MethodPost, "http://"+b.listen+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if signature != "" {
		request.Header.Set("x-twitter-webhooks-signature", signature)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

// signed sends a body as X would.
func (b *box) signed(body string) int {
	return b.post("/api/messages", []byte(body), xevents.Sign(b.brand.ConsumerSecret, []byte(body)))
}
