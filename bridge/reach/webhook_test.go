package reach_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/reach"
	"perch/bridge/xapi"
)

// roundTrip is the way from the public URL to this Perch.
type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}
}

// webhook is a webhook whose way from outside works as long as X says that the address answers.
func (r *rig) webhook() *reach.Webhook {
	path := roundTrip(func(q *http.Request) (*http.Response, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		address := "https://" + q.URL.Host + q.URL.Path
		if !r.answers(address) {
			return answer(http.StatusBadGateway, nil), nil
		}
		r.seen = time.Now()
		return answer(http.StatusOK, reply(q.URL.Query().Get("crc_token"))), nil
	})
	return reach.NewWebhook(reach.WebhookConfig{
		Config: r.config,
		Prober: endpoint.Prober{Sign: sign, Client: &http.Client{Transport: path}, Seen: func() time.Time {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.seen
		}},
		URL: func() string {
			r.mu.Lock()
			defer r.mu.Unlock()
			return r.url
		},
	})
}

func (r *rig) hookIs(valid bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.hooks) == 1 && r.hooks[0].URL == r.url && r.hooks[0].Valid == valid
}

func TestWebhookRepairsItself(t *testing.T) {
	for _, profile := range []string{"v2", "v1.1"} {
		t.Run(profile, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				r.profile = profile
				r.start(r.webhook())
				r.until(reach.Connected, 2*time.Minute)
				var want []string
				var repairs []time.Duration
				for i := range 300 {
					time.Sleep(time.Duration(rand.IntN(200)) * time.Second)
					want = append(want, r.send(rand.IntN(2) == 0))
					r.with(func() {
						switch i % 3 {
						case 0:
							r.hooks[0].Valid = false
						case 1:
							r.subs, r.all = nil, false
						case 2:
							r.hooks = nil
						}
					})
					want = append(want, r.send(rand.IntN(2) == 0))
					began := time.Now()
					for !r.hookIs(true) || !r.isSubscribed() {
						if time.Since(began) > time.Hour {
							r.t.Fatalf("nothing was repaired: subscribed to %v", r.subscribed())
						}
						time.Sleep(time.Second)
					}
					repairs = append(repairs, time.Since(began))
				}
				time.Sleep(40 * time.Minute)
				synctest.Wait()
				got := r.journal.ids()
				slices.Sort(got)
				slices.Sort(want)
				if !slices.Equal(got, want) {
					t.Errorf("%d messages came, want %d", len(got), len(want))
				}
				slices.Sort(repairs)
				t.Logf("300 repairs in p50 %v, p95 %v, at most %v", repairs[150], repairs[285], repairs[299])
				if repairs[299] > 2*time.Minute {
					t.Error("a repair took longer than 2 minutes")
				}
				r.until(reach.Connected, time.Minute)
				if log := r.log.String(); !strings.Contains(log, "webhook repaired") || !strings.Contains(log, "subscription repaired") {
					t.Error("repairs are not in the log")
				}
			})
		})
	}
}

func (r *rig) isSubscribed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.profile == "v1.1" {
		return r.all
	}
	return len(r.subs) == reach.KindCount(r.config.Members[0].Wanted) && !slices.ContainsFunc(r.subs, func(s xapi.Subscription) bool { return s.WebhookID != r.hooks[0].ID })
}

func TestWebhookNamesTheBrokenHop(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.start(r.webhook())
		r.until(reach.Connected, 2*time.Minute)
		up := r.answers
		r.with(func() {
			r.answers = func(string) bool { return false }
			r.hooks[0].Valid = false
		})
		time.Sleep(5 * time.Second)
		lost := r.send(false)
		took := r.until(reach.Degraded, 90*time.Second)
		time.Sleep(30 * time.Second)
		if s := r.way.State(); !strings.HasPrefix(s.Detail, "public URL: it answers with status 502: the proxy or tunnel is up, but does not reach Perch") {
			t.Errorf("%+v", s)
		}
		time.Sleep(time.Hour)
		r.with(func() { r.answers = up })
		back := r.until(reach.Connected, 2*time.Minute)
		time.Sleep(2 * time.Minute)
		r.mustHave([]string{lost})
		t.Logf("degraded after %v, back %v after the cause ended", took, back)
		if log := r.log.String(); !strings.Contains(log, `cause="X had marked it invalid: it answers with status 502`) {
			t.Errorf("the audit line does not name the cause:\n%s", log)
		}
		if gaps := r.way.State().Gaps; len(gaps) != 1 || gaps[0].Recovered != 1 {
			t.Errorf("gaps: %+v", gaps)
		}
	})
}

func TestWebhookMakesRoom(t *testing.T) {
	tests := map[string]struct {
		address string
		valid   bool
		kept    string
		stays   bool
	}{
		"own of an earlier run": {address: "https://old.ngrok.example/api/messages", valid: true, kept: "77"},
		"same place, old token": {address: "https://perch.example/api/messages?token=old", valid: true},
		"invalid":               {address: "https://dead.example/x"},
		"answers wrongly":       {address: "https://wrong.example/x", valid: true},
		"somebody's":            {address: "https://plugin.example/x", valid: true, stays: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(r *rig) {
				r.answers = func(address string) bool { return !strings.Contains(address, "wrong") }
				r.hooks = []xapi.Webhook{{ID: "77", URL: test.address, Valid: test.valid}}
				r.journal.settings["reach/support/webhook"] = test.kept
				r.start(r.webhook())
				if !test.stays {
					r.until(reach.Connected, 2*time.Minute)
					if !r.hookIs(true) {
						t.Errorf("webhooks: %+v", r.hooks)
					}
					return
				}
				r.until(reach.Degraded, 2*time.Minute)
				if s := r.way.State(); !strings.Contains(s.Detail, "plugin.example, where another program answers") || s.Remedy == "" {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

func TestWebhookFollowsItsAddress(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.url = ""
		r.hookMax = 2
		r.start(r.webhook())
		r.until(reach.Degraded, time.Minute)
		if detail := r.way.State().Detail; detail != "public URL: there is none yet" {
			t.Errorf("detail: %q", detail)
		}
		for _, address := range []string{"https://a.tunnel.example/api/messages", "https://b.tunnel.example/api/messages"} {
			r.with(func() { r.url = address })
			time.Sleep(5 * time.Second)
			if !r.hookIs(true) || !r.isSubscribed() {
				t.Errorf("5 s after the tunnel is up: webhooks %+v, subscriptions %+v", r.hooks, r.subs)
			}
			r.until(reach.Connected, time.Minute)
		}
	})
}

func TestWebhookFallsBackToTheOlderSubscription(t *testing.T) {
	inBubble(t, func(r *rig) {
		r.refuse["dm.received"] = &bridge.Error{Kind: bridge.Operator, Side: bridge.SideX, Message: "wrong kind of key", Code: "403"}
		r.start(r.webhook())
		r.until(reach.Connected, 2*time.Minute)
		want := []string{r.send(false), r.send(true)}
		r.mustHave(want)
		r.with(func() { r.all = false })
		time.Sleep(90 * time.Second)
		r.mu.Lock()
		defer r.mu.Unlock()
		if !r.all {
			t.Error("the older subscription is not kept")
		}
	})
}

func TestProbeWords(t *testing.T) {
	headers := func(status int, name, value string) *http.Response {
		a := answer(status, nil)
		a.Header.Set(name, value)
		return a
	}
	tests := map[string]struct {
		answer *http.Response
		err    error
		want   string
	}{
		"dns":       {err: &net.DNSError{Name: "perch.example", IsNotFound: true}, want: "DNS does not know"},
		"redirect":  {answer: headers(301, "Location", "https://www.perch.example/"), want: "redirects to www.perch.example"},
		"token":     {answer: answer(403, nil), want: "wants a password or token"},
		"path":      {answer: answer(404, nil), want: "nothing at this path"},
		"encoding":  {answer: answer(400, nil), want: "did not arrive as it was sent"},
		"tunnel":    {answer: answer(502, nil), want: "does not reach Perch"},
		"page":      {answer: answer(200, []byte("<html>")), want: "not Perch"},
		"secret":    {answer: answer(200, []byte(`{"response_token":"sha256=x"}`)), want: "another consumer secret"},
		"broken":    {err: errors.New("EOF"), want: "connection breaks"},
		"elsewhere": {want: "another program with the same keys"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := roundTrip(func(q *http.Request) (*http.Response, error) {
				if test.answer == nil && test.err == nil {
					return answer(200, reply(q.URL.Query().Get("crc_token"))), nil
				}
				return test.answer, test.err
			})
			p := endpoint.Prober{
				Sign: sign, Seen: func() time.Time { return time.Now().Add(-time.Hour) },
				Client: &http.Client{Transport: path, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
			}
			err := p.Probe(t.Context(), "https://perch.example/api/plugins/webhook?port=3002&token=hidden")
			if err == nil || !strings.Contains(err.Error(), test.want) || bridge.AsError(err).Remedy == "" {
				t.Errorf("%v; want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hidden") {
				t.Error("the proxy's token is in the error")
			}
		})
	}
}
