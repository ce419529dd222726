package xapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/xapi"
)

// TestCallsAreShownAsTheyAreMade compares what is shown with what X gets.
func TestCallsAreShownAsTheyAreMade(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			var got []bridge.Call
			x := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				if r.Header.Get("Authorization") == "" {
					t.Error("the call is not signed")
				}
				got = append(got, bridge.Call{
					Method: r.Method, URL: "http://" + r.Host + r.URL.String(), Body: body,
					IsForm: r.Header.Get("Content-Type") == "application/x-www-form-urlencoded",
				})
			}))
			defer x.Close()
			c := w.client(profile, func(config *xapi.Config) { config.APIBase = x.URL })
			var want []bridge.Call
			for _, message := range []bridge.Outgoing{{Text: `Grüße & <ciao> "100 %"`}, {MediaID: "1990"}} {
				want = append(want, c.DMCall(annID, message), c.ReplyCall("55", bridge.Person{}, message))
				_, _ = c.SendDM(t.Context(), annID, message) // the answer is of no use
				_, _ = c.SendReply(t.Context(), "55", bridge.Person{}, message)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			for _, call := range want {
				for _, secret := range []string{w.brand.ConsumerKey, w.brand.ConsumerSecret, w.brand.AccessToken, w.brand.AccessTokenSecret} {
					if strings.Contains(call.URL+string(call.Body), secret) {
						t.Errorf("%s holds a key", call.URL)
					}
				}
			}
		})
	}
}

// A file that was not fetched because of a missing key must not count as one that can never be had.
func TestMissingKeyIsNoMissingFile(t *testing.T) {
	w := newWorld(t, sim.XOptions{})
	c := w.client("v2", func(config *xapi.Config) { config.Keys.AccessToken = "" })
	_, err := c.FetchMedia(t.Context(), bridge.Media{Variants: []bridge.Variant{{URL: w.URL() + "/dm/1.png"}}})
	if e := bridge.AsError(err); e == nil || e.Kind != bridge.Operator || !strings.Contains(e.Message, "x.access_token") {
		t.Errorf("FetchMedia = %v; want the name of the key", err)
	}
}
