package xapi_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/xapi"
)

var profiles = []string{"v2", "v1.1"}

// world is a simulated X, a brand's account and a customer.
type world struct {
	*sim.X
	brand sim.Account
}

const annID = "3001969357"

func newWorld(t *testing.T, options sim.XOptions) *world {
	t.Helper()
	x, err := sim.StartX(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{x, x.AddAccount(sim.Account{ID: "4337869213", Handle: "acme_support", Name: "Acme Support"})}
	x.AddPerson(sim.Person{ID: annID, Handle: "annlee", Name: "Ann Lee"})
	return w
}

// noQuota lets every call through and remembers what was told.
type noQuota struct{ windows map[string][]bridge.Window }

func (noQuota) Admit(string) error { return nil }
func (q noQuota) Observe(endpoint string, w []bridge.Window, _ bool) {
	if q.windows != nil {
		q.windows[endpoint] = w
	}
}

func (w *world) client(profile string, change ...func(*xapi.Config)) *xapi.Client {
	config := xapi.Config{
		Channel: "support", Profile: profile, APIBase: w.URL(), UploadBase: w.URL(), MediaHosts: []string{w.Host()}, Quota: noQuota{},
		Log: slog.New(slog.DiscardHandler),
		Keys: xapi.Keys{
			ConsumerKey: w.brand.ConsumerKey, ConsumerSecret: w.brand.ConsumerSecret,
			AccessToken: w.brand.AccessToken, AccessTokenSecret: w.brand.AccessTokenSecret,
		},
	}
	for _, c := range change {
		c(&config)
	}
	return xapi.New(config)
}

func (w *world) mustBeStrict(t *testing.T) {
	t.Helper()
	for _, v := range w.Violations() {
		t.Error("X refused a malformed request:", v)
	}
}

func TestSendAndLookBack(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			c := w.client(profile)
			ctx := t.Context()
			me, err := c.Me(ctx)
			if err != nil || me.ID != w.brand.ID || me.Handle != "acme_support" || !me.CanDM || !me.CanWrite {
				t.Fatalf("Me = %+v, %v", me, err)
			}
			ann, err := c.UserByHandle(ctx, "annlee")
			if err != nil || ann.ID != annID {
				t.Fatalf("UserByHandle = %+v, %v", ann, err)
			}
			if byID, err := c.User(ctx, annID); err != nil || byID.Handle != "annlee" {
				t.Fatalf("User = %+v, %v", byID, err)
			}
			if _, err := c.UserByHandle(ctx, "nobody"); bridge.KindOf(err) != bridge.Rejected {
				t.Errorf("unknown handle: %v; want rejected", err)
			}
			text := `Grüße & <ciao> "100 %" + 漢字 👍`
			id, err := c.SendDM(ctx, annID, bridge.Outgoing{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			sent, err := c.SentDMs(ctx, annID)
			if err != nil || len(sent) != 1 || sent[0].XID != id || sent[0].Text != text || time.Since(sent[0].CreatedAt).Abs() > time.Minute {
				t.Errorf("SentDMs = %+v, %v", sent, err)
			}
			thread := w.Post(annID, sim.Post{Text: "@acme_support where is my order?"})
			postID, err := c.SendReply(ctx, thread, ann, bridge.Outgoing{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			posts, err := c.SentPosts(ctx)
			if err != nil || len(posts) != 1 || posts[0].XID != postID || posts[0].ThreadID != thread {
				t.Errorf("SentPosts = %+v, %v", posts, err)
			}
			w.mustBeStrict(t)
		})
	}
}

func TestFilesBothWays(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{Processing: time.Second})
			c := w.client(profile)
			video := media.SampleMP4()
			video.Data = append(video.Data, bytes.Repeat([]byte{7}, 5<<20)...) // more than one chunk
			for _, f := range []media.File{media.SamplePNG(), media.SampleJPEG(), video} {
				for _, public := range []bool{false, true} {
					id, err := c.UploadMedia(t.Context(), bridge.File{Name: "f", Type: bridge.SniffType(f.Data), Data: f.Data}, public)
					if err != nil {
						t.Fatal(err)
					}
					if public {
						thread := w.Post(annID, sim.Post{Text: "@acme_support hello"})
						_, err = c.SendReply(t.Context(), thread, bridge.Person{}, bridge.Outgoing{MediaID: id})
					} else {
						_, err = c.SendDM(t.Context(), annID, bridge.Outgoing{MediaID: id})
					}
					if err != nil {
						t.Error(err)
					}
				}
			}
			w.mustBeStrict(t)
		})
	}
}

func TestLimitsAreReported(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	seen := noQuota{map[string][]bridge.Window{}}
	c := w.client("v2", func(c *xapi.Config) { c.Quota = seen })
	if _, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	windows := seen.windows[bridge.EndpointDM]
	if len(windows) == 0 || windows[0].Name != "15min" || windows[0].Remaining != windows[0].Limit-1 || !windows[0].Reset.After(time.Now()) {
		t.Errorf("windows = %+v", windows)
	}
}

// Every refusal of X leads to what the table of the documentation says.
func TestRefusalsAreClassed(t *testing.T) {
	reset := time.Now().Add(7 * time.Minute).Truncate(time.Second)
	cases := []struct {
		name  string
		fault fault.Fault
		kind  bridge.Kind
	}{
		{"keys", fault.Keys(), bridge.Operator},
		{"credits", fault.Credits(), bridge.Operator},
		{"suspended", fault.Suspended(), bridge.Operator},
		{"locked", fault.Locked(), bridge.Operator},
		{"permission", fault.Permission(), bridge.Operator},
		{"no write", fault.NoWrite(), bridge.Operator},
		{"no v1.1", fault.NoV11(), bridge.Operator},
		{"not enrolled", fault.NotEnrolled(), bridge.Operator},
		{"user not enrolled", fault.UserNotEnrolled(), bridge.Operator},
		{"wrong kind of key", fault.WrongAuth(), bridge.Operator},
		{"usage cap", fault.UsageCap(), bridge.Operator},
		{"peer suspended", fault.PeerSuspended(), bridge.Rejected},
		{"cannot DM", fault.CannotDM(), bridge.Rejected},
		{"unreachable", fault.Unreachable(), bridge.Rejected},
		{"automated", fault.Automated(), bridge.Temporary},
		{"duplicate", fault.Duplicate(), bridge.Rejected},
		{"too long", fault.TooLong(), bridge.Rejected},
		{"DM too long", fault.DMTooLong(), bridge.Rejected},
		{"post gone", fault.PostGone(), bridge.Rejected},
		{"replies restricted", fault.RepliesRestricted(), bridge.Rejected},
		{"not visible", fault.NotVisible(), bridge.Rejected},
		{"summoned rule", fault.Summoned(), bridge.Rejected},
		{"policy", fault.Policy(), bridge.Rejected},
		{"media", fault.Media(), bridge.Rejected},
		{"media expired", fault.MediaExpired(), bridge.Rejected},
		{"daily posts", fault.DailyPosts(), bridge.RateLimited},
		{"rate limit", fault.RateLimited(reset), bridge.RateLimited},
		{"calm", fault.Calm(), bridge.Temporary},
		{"unavailable", fault.Unavailable(), bridge.Temporary},
		{"broken", fault.Broken(), bridge.Temporary},
		{"lost", fault.Lost(), bridge.OutcomeUnknown},
	}
	for _, profile := range profiles {
		w := newWorld(t, sim.XOptions{})
		c := w.client(profile)
		thread := w.Post(annID, sim.Post{Text: "@acme_support hello"})
		for _, tc := range cases {
			t.Run(profile+" "+tc.name, func(t *testing.T) {
				tc.fault.Endpoint = ""
				w.Fault(tc.fault)
				defer w.ClearFaults()
				_, dmErr := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "hello " + tc.name})
				_, postErr := c.SendReply(t.Context(), thread, bridge.Person{}, bridge.Outgoing{Text: "hello " + tc.name})
				for _, err := range []error{dmErr, postErr} {
					e := bridge.AsError(err)
					if e == nil || e.Kind != tc.kind || e.Side != bridge.SideX || e.Message == "" {
						t.Fatalf("%+v; want %s", e, tc.kind)
					}
					if e.Remedy == "" && (e.Kind == bridge.Operator || e.Kind == bridge.Rejected) {
						t.Errorf("%q says nothing about what to do", e.Message)
					}
				}
				if tc.name == "rate limit" && !bridge.AsError(dmErr).RetryAt.Equal(reset) {
					t.Errorf("RetryAt = %v, want %v", bridge.AsError(dmErr).RetryAt, reset)
				}
			})
		}
	}
}

func TestWrongClockIsCorrectedByItself(t *testing.T) {
	ahead := 17 * time.Minute
	w := newWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(ahead) }})
	c := w.client("v2")
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if off := (c.Skew() - ahead).Abs(); off > 3*time.Second {
		t.Errorf("Skew = %v, want %v", c.Skew(), ahead)
	}
}

// Calls that were signed before one of them has learned X's clock are signed anew as well.
func TestWrongClockCostsNoneOfTheCallsSideBySide(t *testing.T) {
	for _, profile := range profiles {
		const calls = 6
		w := newWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(-time.Hour) }})
		w.Fault(fault.Fault{Endpoint: "dm.send", Delay: 300 * time.Millisecond, Times: calls / 2})
		c := w.client(profile)
		ends := make(chan error, calls)
		for i := range calls {
			go func() {
				_, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: fmt.Sprint("hello ", i)})
				ends <- err
			}()
		}
		for range calls {
			if err := <-ends; err != nil {
				t.Errorf("%s: %v", profile, err)
			}
		}
	}
}

// A file that X refuses because of the clock is not given up.
func TestWrongClockCostsNoFile(t *testing.T) {
	for _, profile := range profiles {
		var behind atomic.Int64
		w := newWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }, MediaKeys: true})
		c := w.client(profile)
		id := w.DM(annID, w.brand.ID, sim.Message{Text: "see", Files: []media.File{media.SamplePNG()}})
		media, err := c.DMMedia(t.Context(), id)
		if err != nil || len(media) != 1 {
			t.Fatalf("%s: DMMedia = %+v, %v", profile, media, err)
		}
		behind.Store(int64(time.Hour))
		if file, err := c.FetchMedia(t.Context(), media[0]); err != nil || len(file.Data) == 0 {
			t.Errorf("%s: %d bytes, %v", profile, len(file.Data), err)
		}
	}
}

// A refusal with a Date that makes no sense is found out by X's next answer, and costs nothing more.
func TestAnOddDateCostsNoCall(t *testing.T) {
	for _, profile := range profiles {
		w := newWorld(t, sim.XOptions{})
		w.Fault(fault.Fault{
			Endpoint: "dm.send", Status: 401, Code: 135, Title: "Unauthorized", Detail: "Timestamp out of bounds.", Times: 1,
			Header: map[string]string{"Date": time.Now().AddDate(0, 0, -3).UTC().Format(http.TimeFormat)},
		})
		c := w.client(profile)
		if _, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "hello"}); err != nil {
			t.Errorf("%s: %v", profile, err)
		}
		if n, skew := w.Calls("dm.send"), c.Skew(); n != 3 || skew.Abs() > 3*time.Second {
			t.Errorf("%s: %d calls, X's clock is %v ahead", profile, n, skew)
		}
	}
}

// X's refusal of a file counts without the file's number beside it.
func TestProcessingThatFailedNeedsNoNumber(t *testing.T) {
	const info = `"processing_info":{"state":"in_progress","error":{"code":1,"name":"InvalidMedia","message":"the file is torn"}}`
	for _, profile := range profiles {
		w := newWorld(t, sim.XOptions{Processing: time.Second})
		w.Fault(fault.Fault{Endpoint: "media.status", Status: 200, RawBody: `{"data":{` + info + `},` + info + `}`})
		video := media.SampleMP4()
		_, err := w.client(profile).UploadMedia(t.Context(), bridge.File{Name: "v.mp4", Type: "video/mp4", Data: video.Data}, false)
		if e := bridge.AsError(err); e == nil || e.Kind != bridge.Rejected || !strings.Contains(e.Message, "the file is torn") {
			t.Errorf("%s: %v; want X's refusal", profile, err)
		}
	}
}

func TestRefusedConnectionIsNoLostAnswer(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	c := w.client("v2", func(c *xapi.Config) { c.APIBase = "http://127.0.0.1:1" })
	_, err := c.SendDM(t.Context(), annID, bridge.Outgoing{Text: "hello"})
	if bridge.KindOf(err) != bridge.Temporary {
		t.Errorf("%v; want temporary", err)
	}
}

func TestCancelledSendIsUnknown(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	w.Fault(fault.Fault{Endpoint: "dm.send", Delay: 5 * time.Second, After: true})
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := w.client("v2").SendDM(ctx, annID, bridge.Outgoing{Text: "hello"})
	if bridge.KindOf(err) != bridge.OutcomeUnknown {
		t.Errorf("%v; want outcome unknown", err)
	}
}

func TestMissingKeyNamesTheCommand(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	c := w.client("v2", func(c *xapi.Config) { c.Keys.AccessToken = "" })
	_, err := c.Me(t.Context())
	if e := bridge.AsError(err); e == nil || e.Kind != bridge.Operator || !strings.Contains(e.Remedy, "perch secret set --channel support x.access_token") {
		t.Errorf("%+v", e)
	}
}

func TestDownloadsGoToAllowedHostsOnly(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	c := w.client("v2")
	for _, url := range []string{
		"http://169.254.169.254/latest/meta-data", "https://evil.example/x.png", "file:///etc/passwd", "https://ton.twitter.com@evil.example/",
		"http://pbs.twimg.com/x.png", "", "://",
	} {
		_, err := c.FetchMedia(t.Context(), bridge.Media{Type: bridge.Photo, Variants: []bridge.Variant{{URL: url}}})
		if bridge.KindOf(err) != bridge.Rejected {
			t.Errorf("%s: %v; want rejected", url, err)
		}
	}
}

func TestWithKnowsTheAccount(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	c := w.client("v2")
	if _, err := c.OwnID(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := w.Calls("users.me")
	var config xapi.Config
	w.client("v2", func(c *xapi.Config) { config = *c })
	config.Keys.AccessTokenSecret = "another"
	next := c.With(config)
	if own, err := next.OwnID(t.Context()); err != nil || own != w.brand.ID || w.Calls("users.me") != asked {
		t.Errorf("OwnID = %q, %v after %d calls", own, err, w.Calls("users.me")-asked)
	}
	if next.ClockAhead() != c.ClockAhead() {
		t.Error("it does not know X's clock")
	}
}
