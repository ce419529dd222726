package tunnel_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"perch/bridge/endpoint"
	"perch/bridge/reach/tunnel"
	"perch/bridge/webhook"
)

func TestPublicOnly(t *testing.T) {
	t.Parallel()
	reached := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for path, want := range map[string]struct{ closed, open bool }{
		endpoint.PathEvents:                    {true, true},
		endpoint.PathEvents + "/support":       {true, true},
		endpoint.PathReply + "/token":          {false, true},
		endpoint.PathReply:                     {},
		endpoint.PathReply + "/":               {},
		endpoint.PathLegacy:                    {},
		webhook.PathHealth:                     {},
		"/":                                    {},
		"*":                                    {},
		"":                                     {},
		endpoint.PathEvents + "more":           {},
		endpoint.PathEvents + "/":              {},
		endpoint.PathEvents + "/../healthz":    {},
		endpoint.PathEvents + "//support":      {},
		"/" + endpoint.PathEvents:              {},
		endpoint.PathReply + "/../sendMessage": {},
		endpoint.PathEvents + "/%2e%2e/reply":  {true, true}, // taken literally, the name of a channel
	} {
		for allow, pass := range map[bool]bool{false: want.closed, true: want.open} {
			recorder := httptest.NewRecorder()
			request := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}}
			tunnel.PublicOnly(reached, allow).ServeHTTP(recorder, request)
			if passed := recorder.Code == http.StatusTeapot; passed != pass || !passed && recorder.Code != http.StatusNotFound {
				t.Errorf("%q, replies %v: %d", path, allow, recorder.Code)
			}
		}
	}
}
