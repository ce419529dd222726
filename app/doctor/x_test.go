package doctor_test

import (
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"perch/app/config"
	"perch/app/doctor"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/xstate"
)

func clockOff(by time.Duration) func(*sim.XOptions) {
	return func(o *sim.XOptions) { o.Now = func() time.Time { return time.Now().Add(by) } }
}

func nothing(*world) {}

// struck makes X refuse every question about the account.
func struck(f fault.Fault) func(*world) {
	return func(w *world) {
		f.Endpoint = "users.me"
		w.x.Fault(f)
	}
}

// access gives the brand's token a permission of its own.
func access(level string) func(*world) {
	return func(w *world) {
		w.brand.Access = level
		w.x.AddAccount(w.brand)
	}
}

func atV11(spoil func(*world)) func(*world) {
	return func(w *world) {
		w.ch().X.API, w.ch().X.Environment = "v1.1", "prod"
		w.byWebhook(nil)
		spoil(w)
	}
}

// revoked is what the brand does when it takes the permission back.
func revoked(w *world) {
	w.brand.AccessToken, w.brand.AccessTokenSecret = "", ""
	w.x.AddAccount(w.brand)
}

func TestWhatIsWrongWithX(t *testing.T) {
	const xHost = "x.example.com"
	over := func(c func(*issuer) *certificate) func(*world) {
		return func(w *world) {
			w.ch().X.APIBase = "https://" + xHost
			w.internet(xHost, c(w.issuer), nil)
		}
	}
	for _, b := range []broken{
		{name: "no DNS", check: "x-reach", says: "DNS does not know", spoil: func(w *world) { w.ch().X.APIBase = "https://" + xHost }},
		{name: "connection refused", check: "x-reach", says: "refused", spoil: func(w *world) { w.ch().X.APIBase = "http://127.0.0.1:" + freePort(w.T) }},
		{name: "firewall", check: "x-reach", says: "does not answer", remedy: "firewall", spoil: func(w *world) {
			w.ch().X.APIBase = "https://" + xHost
			w.dialed[xHost+":443"] = &net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}
		}},
		{name: "connection inspected", check: "x-reach", says: "self-signed", remedy: "inspects", spoil: over(func(i *issuer) *certificate { return i.selfSigned(xHost) })},
		{name: "clock years behind", check: "x-reach", says: "begins on", remedy: "clock", spoil: over(func(i *issuer) *certificate { return i.issue(xHost, early) })},
		{name: "clock 10 minutes behind", check: "clock", says: "10m0s slow", remedy: "NTP", x: clockOff(10 * time.Minute), spoil: nothing},
		{name: "clock 10 minutes ahead", check: "clock", says: "fast", remedy: "NTP", x: clockOff(-10 * time.Minute), spoil: nothing},
		{name: "clock 1 minute behind", check: "clock", says: "slow", state: doctor.Warn, x: clockOff(time.Minute), spoil: nothing},
		{name: "wrong consumer secret", check: "x-app", says: "consumer key and secret", remedy: "x.consumer_secret", spoil: func(w *world) { w.set("x.consumer_secret", "another-secret") }},
		{name: "wrong consumer key", check: "x-app", says: "consumer key and secret", spoil: func(w *world) { w.set("x.consumer_key", "another-key") }},
		{name: "keys swapped", check: "x-app", says: "x.consumer_key looks like an access token", spoil: func(w *world) {
			w.set("x.consumer_key", w.brand.AccessToken)
			w.set("x.access_token", w.brand.ConsumerKey)
		}},
		{name: "wrong access token", check: "x-account", says: "refuses the access token", remedy: "x.access_token", spoil: func(w *world) {
			w.set("x.access_token", brandID+"-anotherTokenOfTheRightForm012345")
		}},
		{name: "wrong access token secret", check: "x-account", says: "it or its secret is wrong", spoil: func(w *world) { w.set("x.access_token_secret", "another-secret") }},
		{name: "revoked token", check: "x-account", says: "revoked", remedy: "new Access Token", spoil: revoked},
		{name: "revoked token, v1.1", check: "x-account", says: "does not know the access token", spoil: atV11(revoked)},
		{name: "wrong access token secret, v1.1", check: "x-account", says: "secret does not belong", spoil: atV11(func(w *world) { w.set("x.access_token_secret", "another-secret") })},
		{name: "Bearer token in place of the key", check: "x-app", says: "Bearer", spoil: func(w *world) { w.set("x.consumer_key", "AAAAAAAAAAAAAAAAAAAAAbcdefgh") }},
		{name: "read-only permission", check: "x-permission", says: "only read", remedy: "Read and write and Direct message", spoil: access(xstate.ReadOnly)},
		{name: "permission changed, token not made anew", check: "x-permission", says: "after the token was made", remedy: "NEW Access Token", spoil: access(xstate.ReadWrite)},
		{name: "app not in a Project", check: "x-account", says: "Project", remedy: "move the app into a Project", spoil: struck(fault.NotEnrolled())},
		{name: "owner not enrolled", check: "x-account", says: "not enrolled", spoil: struck(fault.UserNotEnrolled())},
		{name: "no credits", check: "x-account", says: "credits", remedy: "buy credits", spoil: struck(fault.Credits())},
		{name: "usage cap", check: "x-account", says: "cap", spoil: struck(fault.UsageCap())},
		{name: "account suspended", check: "x-account", says: "suspended", spoil: struck(fault.Suspended())},
		{name: "account locked", check: "x-account", says: "locked", remedy: "unlock it", spoil: struck(fault.Locked())},
		{name: "X out of order", check: "x-account", says: "out of order", spoil: struck(fault.Unavailable())},
		{name: "no v1.1 access", check: "x-account", says: "no access to API v1.1", remedy: "api = \"v2\"", x: func(o *sim.XOptions) { o.V11Closed = true }, spoil: atV11(nothing)},
		{
			name: "wrong environment label", check: "x-environment", says: "Prod", remedy: "letter by letter", x: func(o *sim.XOptions) { o.Environments = []string{"prod"} },
			spoil: atV11(func(w *world) { w.ch().X.Environment = "Prod" }),
		},
		{name: "no environment label", check: "x-environment", says: "without an environment", remedy: "Dev environment label", spoil: atV11(func(w *world) { w.ch().X.Environment = "" })},
		{name: "limit used up", check: "x-account", says: "limit", state: doctor.Warn, spoil: struck(fault.Fault{Status: 429, Title: "Too Many Requests"})},
		{name: "no subscription for the stream", check: "subscription", says: "dm.received", spoil: func(w *world) { w.runs(nil) }},
	} {
		t.Run(b.name, b.run)
	}
}

// What fails for one cause is not blamed on another.
func TestWhatDependsOnAFailureIsSkipped(t *testing.T) {
	t.Parallel()
	w := mustWorld(t)
	w.Config.Reach.Mode = config.ModeWebhook
	w.byWebhook(nil)
	w.set("x.consumer_secret", "another-secret")
	w.set("motion.password", "another-password")
	findings := w.examine()
	for check, state := range map[string]doctor.State{
		"x-app": doctor.Failed, "x-account": doctor.Skipped, "x-permission": doctor.Skipped, "webhook": doctor.Skipped, "subscription": doctor.Skipped,
		"motion-account": doctor.Failed, "motion-map-key": doctor.Skipped, "motion-files": doctor.Skipped, "reply-url": doctor.Skipped, "public-answer": doctor.OK,
	} {
		if f := of(findings, check); f.State != state {
			t.Errorf("%s is %s, want %s\n%s", check, f.State, state, list(findings))
		}
	}
	if f := of(findings, "x-permission"); !strings.Contains(f.Message, "X app (support)") {
		t.Errorf("x-permission names no cause: %+v", f)
	}
}
