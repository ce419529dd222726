package supervisor

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/bridge/secret"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
)

// TestARestartWithAnotherAccountsKeysSendsNothing refuses the keys while the relay runs, shows that, and holds what
// waits when they come in by a restart all the same.
func TestARestartWithAnotherAccountsKeysSendsNothing(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.x.AddPerson(sim.Person{ID: "9001", Handle: "annlee", Name: "Ann"})
	if err := b.client.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := b.motion.StartConversation(t.Context(), "annlee", "secret of acme"); err != nil || r.Status != http.StatusOK {
		t.Fatal(r, err)
	}
	b.setKeys(b.x.AddAccount(sim.Account{ID: "777", Handle: "other_brand"}))
	if result := b.reload(); !result.IsRefused("support/x.access_token") {
		t.Errorf("reload: %+v", result)
	}
	if x := b.link().X; x.State != "degraded" || !strings.Contains(x.Detail, "@other_brand") || !strings.Contains(x.Detail, "not in use") {
		t.Errorf("keys that were refused are not shown: %+v", x)
	}
	b.halt()
	b.start()
	if err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.until("the guard", func() bool { return strings.Contains(b.link().X.Detail, "1 reply waits") })
	c := b.link()
	if c.X.State != "paused" || c.Outbound.Queued != 1 || !strings.Contains(c.X.Detail, "@other_brand") || !strings.Contains(c.X.Detail, "@acme_support") {
		t.Errorf("%+v", c)
	}
	b.setKeys(b.brand)
	if result := b.reload(); result.Restart {
		t.Errorf("reload: %+v", result)
	}
	b.until("the reply", func() bool { return b.link().Outbound.Delivered == 1 })
	if sent := b.x.SentDMs(); len(sent) != 1 || sent[0].From != testBrand {
		t.Errorf("sent: %+v", sent)
	}
	b.until("X to be fine", func() bool { x := b.link().X; return x.State == "connected" && x.Detail == "" })
}

func TestAnotherAccountIsTakenOnceWhatWaitsIsGivenUp(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	if err := b.client.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.x.AddPerson(sim.Person{ID: "9001", Handle: "annlee", Name: "Ann"})
	if r, err := b.motion.StartConversation(t.Context(), "annlee", "secret of acme"); err != nil || r.Status != http.StatusOK {
		t.Fatal(r, err)
	}
	b.halt()
	b.setKeys(b.x.AddAccount(sim.Account{ID: "777", Handle: "other_brand"}))
	b.start()
	b.until("the guard", func() bool { return strings.Contains(b.link().X.Detail, "1 reply waits") })
	list, err := b.client.Messages(t.Context(), control.Query{Direction: "out", State: "queued"})
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := b.client.Act(t.Context(), list[0].ID, "discard"); err != nil {
		t.Fatal(err)
	}
	if err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.until("the other account", func() bool { c := b.link(); return c.Account == "other_brand" && c.X.State == "connected" })
	if sent := b.x.SentDMs(); len(sent) != 0 {
		t.Errorf("sent: %+v", sent)
	}
}

// TestTheSameKeysNeedNoX starts a relay while X is away: what can be told without X is no reason to wait for it.
func TestTheSameKeysNeedNoX(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.halt()
	b.x.Down()
	b.start()
	if c := b.link(); c.Account != "acme_support" || strings.Contains(c.X.Detail, "have changed") {
		t.Errorf("%+v", c)
	}
	if err := b.x.Up(); err != nil {
		t.Fatal(err)
	}
	if log := b.log(); strings.Contains(log, b.brand.AccessToken) {
		t.Error("the token is in the log")
	}
}

func TestKeysThatCreditsStandInTheWayOfWait(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.x.Fault(fault.Credits())
	b.setKeys(b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey, ConsumerSecret: b.brand.ConsumerSecret}))
	result := b.reload()
	if len(result.Refused) == 0 || !strings.Contains(result.Refused[0].Message, "could not be asked") || !strings.Contains(result.Refused[0].Remedy, "buy credits") {
		t.Fatalf("reload: %+v", result)
	}
	b.x.ClearFaults()
	if err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.until("the keys to be result over", func() bool {
		return strings.Contains(b.log(), `applied="support/x.access_token support/x.access_token_secret"`)
	})
	b.until("X to be fine", func() bool { return b.link().X.State == "connected" })
}

func TestKeysThatAreWrongAreNotTaken(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.set("x.access_token_secret", "wrong-wrong-wrong")
	result := b.reload()
	if len(result.Refused) != 1 || !strings.Contains(result.Refused[0].Message, "does not take the new keys") {
		t.Errorf("reload: %+v", result)
	}
	b.set("x.access_token_secret", b.brand.AccessTokenSecret)
	if result := b.reload(); result.Restart || strings.Contains(b.link().X.Detail, "not in use") {
		t.Errorf("with the old ones: %+v, %+v", result, b.link().X)
	}
}

// TestWhatIsTriedAgainIsReadAnew changes other things while a change waits for X, and looks that the log is not told the
// same again and again.
func TestWhatIsTriedAgainIsReadAnew(t *testing.T) {
	t.Parallel()
	b := mustBench(t)
	b.until("the account", func() bool { return b.link().Account == "acme_support" })
	b.setKeys(b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey, ConsumerSecret: b.brand.ConsumerSecret}))
	b.x.Down()
	b.reload()
	resume := func() {
		t.Helper()
		before := strings.Count(b.log(), "keys not result over")
		if err := b.client.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond)
		if after := strings.Count(b.log(), "keys not result over"); after != before {
			t.Errorf("the log was told again: %d times, then %d", before, after)
		}
	}
	resume()
	resume()
	b.config.LegacyReplyPath = true
	b.config.Channels = slices.Clone(b.config.Channels)
	b.save()
	last := b.x.AddAccount(sim.Account{ID: testBrand, Handle: "acme_support", ConsumerKey: b.brand.ConsumerKey, ConsumerSecret: b.brand.ConsumerSecret})
	b.setKeys(last)
	if err := b.x.Up(); err != nil {
		t.Fatal(err)
	}
	if err := b.client.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.until("what is stored now to be in use", func() bool {
		return strings.Contains(b.log(), `applied="legacy_reply_path support/x.access_token support/x.access_token_secret"`)
	})
	stored, err := b.secrets.Get(t.Context(), secret.Key{Channel: "support", Name: "x.access_token"})
	if err != nil || stored != last.AccessToken {
		t.Error(stored == last.AccessToken, err)
	}
	if result := b.reload(); len(result.Applied) != 0 || result.Restart {
		t.Errorf("something was left: %+v", result)
	}
}
