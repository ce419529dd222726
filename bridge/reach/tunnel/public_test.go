package tunnel_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"perch/bridge/reach/tunnel"
	"perch/bridge/webhook"
)

func TestPublicOnly(t *testing.T) {
	t.Parallel()
	reached := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	for path, want := range map[string]struct{ closed, open bool }{
		webhook.PathEvents:                    {true, true},
		webhook.PathEvents + "/support":       {true, true},
		webhook.PathReply + "/token":          {false, true},
		webhook.PathReply:                     {},
		webhook.PathReply + "/":               {},
		webhook.PathLegacy:                    {},
		webhook.PathHealth:                    {},
		"/":                                   {},
		"*":                                   {},
		"":                                    {},
		webhook.PathEvents + "more":           {},
		webhook.PathEvents + "/":              {},
		webhook.PathEvents + "/../healthz":    {},
		webhook.PathEvents + "//support":      {},
		"/" + webhook.PathEvents:              {},
		webhook.PathReply + "/../sendMessage": {},
		webhook.PathEvents + "/%2e%2e/reply":  {true, true}, // taken literally, the name of a channel
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

func TestMotionProxyURL(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"https://motion.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages":                          tunnel.MotionProxyURL("motion.example", 3002, webhook.PathEvents, ""),
		"https://chat.motion.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages/support&token=a%2Bb": tunnel.MotionProxyURL("chat.motion.example", 3002, webhook.PathEvents+"/support", "a+b"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
