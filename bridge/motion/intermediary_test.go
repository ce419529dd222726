package motion_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"perch/bridge"
	"perch/bridge/motion"
)

// A refusal counts in Motion's own form only, and a file is one only when it is.
func TestThePageOfAnother(t *testing.T) {
	const page = `<!DOCTYPE html><html><body>Sign in to the network</body></html>`
	for _, tc := range []struct {
		status     int
		kind, body string
		want       bridge.Kind // of a notification
	}{
		{200, "text/html", page, bridge.Temporary},
		{200, "application/json", `{"success":false,"message":"no list"}`, bridge.Temporary},
		{200, "application/json", `{}`, bridge.Temporary},
		{302, "text/html", page, bridge.Temporary},
		{400, "text/html", page, bridge.Temporary},
		{400, "application/json", `[{"id":1}]`, bridge.Temporary},
		{400, "application/json", `{"data":{}}`, bridge.Temporary},
		{400, "application/json", `{"message":"body is missing"}`, bridge.Rejected},
		{422, "application/json", `{"errors":[{"message":"from is missing"}]}`, bridge.Rejected},
		{401, "text/html", page, bridge.Temporary},
		{401, "text/plain", "Unauthorized", bridge.Operator},
		{403, "text/html", page, bridge.Temporary},
		{403, "application/json", `{"message":"Forbidden"}`, bridge.Operator},
		{404, "text/html", page, bridge.Temporary},
		{404, "text/html", "<pre>Cannot POST /api/openchannel/accounts/5/notify</pre>", bridge.Operator},
		{404, "text/plain", "", bridge.Operator},
		{407, "text/html", page, bridge.Temporary},
		{503, "text/html", page, bridge.Temporary},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", tc.kind)
			w.Header().Set("Location", "https://login.example/")
			w.WriteHeader(tc.status)
			_, _ = w.Write([]byte(tc.body))
		}))
		name := fmt.Sprintf("%d %s", tc.status, tc.body)
		c := motion.New(motion.Config{ReceiveURL: server.URL + "/api/openchannel/accounts/5/notify", MapKey: "twitter", APIKey: "k"})
		_, err := c.Notify(t.Context(), bridge.Notification{From: "annlee", Body: "hello"})
		if e := bridge.AsError(err); e == nil || e.Kind != tc.want || e.Message == "" || e.Remedy == "" {
			t.Errorf("%s: %+v, want %s", name, e, tc.want)
		}
		if tc.kind == "text/html" && tc.want == bridge.Temporary {
			if file, err := c.Download(t.Context(), "83"); bridge.KindOf(err) != bridge.Temporary {
				t.Errorf("%s: a file of %d bytes, %v", name, len(file.Data), err)
			}
			if id, err := c.Upload(t.Context(), bridge.File{Name: "a.png", Type: "image/png", Data: []byte("x")}); bridge.KindOf(err) != bridge.Temporary {
				t.Errorf("%s: the file's number is %q, %v", name, id, err)
			}
			if key, err := c.Check(t.Context()); err == nil {
				t.Errorf("%s: the check says that all is well, with the Map Key %s", name, key)
			}
		}
		server.Close()
	}
}
