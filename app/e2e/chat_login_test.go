package e2e

import (
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/freeport"
	"perch/bridge/sim/motionsim"
)

var loginAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/i/oauth2/authorize\?\S+`)

// logIn runs perch x login and does in the place of a browser what a person does.
func (b *box) logIn() string {
	b.t.Helper()
	port, err := freeport.Next()
	if err != nil {
		b.t.Fatal(err)
	}
	var said safeBuffer
	cmd := exec.Command(perchBinary, "x", "login", "--home", b.home, "--port", strconv.Itoa(port))
	cmd.Env, cmd.Stdout, cmd.Stderr = slices.Concat(b.env, []string{"PATH="}), &said, &said // no browser is to open
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.until("an address to log in", func() bool { return loginAddress.MatchString(said.String()) })
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(loginAddress.FindString(said.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	_ = response.Body.Close()
	_ = cmd.Wait() // what it says tells more
	return said.String()
}

// A person logs in by the browser; where X refuses OAuth 1.0a, encrypted chat goes on with that login.
func TestPersonLogsInForEncryptedChat(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.x.Change(func(o *sim.XOptions) { o.LoginOnly = []string{"chat"} })
	b.setSecret("x.chat_keys", b.x.EnableChat(brandID))
	b.setSecret("x.oauth2_client_id", b.x.ClientID(brandID))
	b.start()
	b.until("it asks for a login", func() bool { return b.status().Channels[0].Chat.State == "needs_login" })
	b.x.DenyLogins(true)
	if said := b.logIn(); strings.Contains(said, "logged in") {
		t.Errorf("a login that was denied: %s", said)
	}
	b.x.DenyLogins(false)
	b.x.SignIn(b.x.AddAccount(sim.Account{ID: "77", Handle: "other"}).ID)
	b.logIn()
	if state := b.status().Channels[0].Chat.State; state != "needs_login" {
		t.Errorf("after a login of another account it is %s", state)
	}
	b.x.SignIn("")
	said := b.logIn()
	b.until("it is ready", func() bool { return b.status().Channels[0].Chat.State == "ready" })
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.x.EndAccessTokens()
	b.x.Fault(fault.Fault{Endpoint: "oauth2.user_token", Status: 503, Times: 1})
	b.reply(interaction, motionsim.Reply{Text: "after a new token"})
	b.until("the answer", func() bool { return slices.Equal(b.letters(), []string{"after a new token"}) })
	if v := b.x.Violations(); len(v) > 0 || b.x.ReusedRefreshTokens() > 0 {
		t.Errorf("X found fault with: %q; it said %s", v, said)
	}
}

// When the answer with the new tokens is lost, the old ones are worth nothing: people are told, and a new login goes on where
// it stopped.
func TestLostLoginOfEncryptedChat(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	b.x.Change(func(o *sim.XOptions) { o.LoginOnly = []string{"chat"} })
	b.setSecret("x.chat_keys", b.x.EnableChat(brandID))
	b.setSecret("x.oauth2_client_id", b.x.ClientID(brandID))
	b.logIn()
	b.start()
	b.x.Write(annID, brandID, sim.Note{Text: "hello"})
	interaction := b.awaitMotion(1)[0].Interaction
	b.x.EndAccessTokens()
	lost := fault.Lost()
	lost.Endpoint, lost.Times = "oauth2.user_token", 1
	b.x.Fault(lost)
	b.reply(interaction, motionsim.Reply{Text: "waits"})
	b.until("people are told", func() bool {
		e := b.traffic("--direction", "out")[0].Error
		return e != nil && strings.Contains(e.Remedy, "perch x login")
	})
	if got := b.letters(); len(got) > 0 {
		t.Errorf("Ann reads %q", got)
	}
	b.logIn()
	b.until("the answer", func() bool { return slices.Equal(b.letters(), []string{"waits"}) })
	if v := b.x.Violations(); len(v) > 0 {
		t.Errorf("X found fault with: %q", v)
	}
}
