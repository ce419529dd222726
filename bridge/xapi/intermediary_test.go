package xapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"perch/bridge"
	"perch/bridge/xapi"
)

const logIn = `<!DOCTYPE html><html><body>Sign in to the network</body></html>`

// What stands between refuses nothing in X's name. Where a message was on its way, X may have had it: whoever repeats the
// call has to look first.
func TestThePageOfAnother(t *testing.T) {
	for _, status := range []int{200, 302, 400, 401, 403, 404, 407} {
		for kind, body := range map[string]string{"text/html": logIn, "text/plain": "Forbidden", "application/json": "{}"} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				w.Header().Set("Location", "https://login.example/")
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}))
			c := xapi.New(xapi.Config{APIBase: server.URL, Profile: "v2", Keys: xapi.Keys{ConsumerKey: "a", ConsumerSecret: "b", AccessToken: "c", AccessTokenSecret: "d"}})
			name := fmt.Sprintf("%d %s", status, kind)
			if status == 200 && body == "{}" {
				name += " (no id)"
			}
			_, err := c.User(t.Context(), "17")
			if e := bridge.AsError(err); e == nil || e.Kind != bridge.Temporary || e.Code == bridge.CodeNoAccount || e.Message == "" {
				t.Errorf("%s: look-up: %+v", name, e)
			}
			_, err = c.SendDM(t.Context(), "17", bridge.Outgoing{Text: "x"})
			e := bridge.AsError(err)
			if e == nil || (e.Kind != bridge.OutcomeUnknown && (e.Kind != bridge.Temporary || !e.Doubtful)) || (status == 200) != (e.Kind == bridge.OutcomeUnknown) {
				t.Errorf("%s: message: %+v", name, e)
			}
			server.Close()
		}
	}
}
