package webhook_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/sim/xevents"
)

var oddBodies = []string{
	`{"id":1,"body":"hello","Contact":{"twitter":"ann"}}`, `{"body":["a"],"AttachmentId":[83],"contact":{"twitter":7}}`, "body=hello&Contact%5Btwitter%5D=ann", "a=%zz",
	`{"OpenchannelAccountId":"6","body":"x","InteractionId":1e400}`, `{"OpenchannelAccountId":{"id":6}}`, "\xef\xbb\xbf{}", "<p>hello</p>", "", "null", "[[[[", "\xff\xfe",
	`{"body":"   "}`, `{"body":"x","Interaction":{"threadId":2.126e18}}`, `{"direction":["out"],"secret":{}}`,
}

// Whatever is posted to the Reply URL or to the old plugin's path: nothing panics, it is kept, or it is refused with a
// reason in JSON; what is kept can be read.
func FuzzReplyPaths(f *testing.F) {
	for i, body := range oddBodies {
		f.Add(body, "application/json", i%2 == 0)
		f.Add(body, "application/x-www-form-urlencoded", i%2 == 1)
	}
	f.Fuzz(func(t *testing.T, body, kind string, isLegacy bool) {
		s := &sink{outcome: bridge.Outcome{Status: bridge.StatusSent, ID: 1}}
		path := "/reply/" + token
		if isLegacy {
			path = "/sendMessage"
		}
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		w := httptest.NewRecorder()
		newHandler(s, true).ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%q: %d", body, w.Code)
		}
		var said struct{ Status, Message string }
		if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || said.Status == "" && said.Message == "" {
			t.Errorf("%q is answered %q: %v", body, w.Body, err)
		}
		if w.Code != http.StatusOK && len(s.replies) > 0 {
			t.Errorf("%q was kept and refused", body)
		}
		for _, reply := range s.replies {
			if strings.TrimSpace(reply.Body) == "" && reply.AttachmentID == "" {
				t.Errorf("%q was kept, and is nothing: %+v", body, reply)
			}
			if reply.ThreadID != "" && strings.Trim(reply.ThreadID, "0123456789") != "" {
				t.Errorf("%q goes below the post %q", body, reply.ThreadID)
			}
		}
	})
}

// Whatever is posted to the webhook: it is kept as it came when its signature is right, and never otherwise.
func FuzzEvents(f *testing.F) {
	for _, body := range append(oddBodies, `{"for_user_id":"1","direct_message_events":[{}]}`, `{"data":{"event_type":7}}`) {
		f.Add(body, xevents.Sign(vectorSecret, []byte(body)), "/api/messages")
		f.Add(body, "sha256=", "/api/messages/press")
	}
	f.Fuzz(func(t *testing.T, body, signature, path string) {
		if !strings.HasPrefix(path, "/api/messages") || strings.ContainsAny(path, "?#% ") {
			path = "/api/messages"
		}
		s := &sink{}
		for _, signed := range []string{signature, xevents.Sign(vectorSecret, []byte(body))} {
			s.bodies = nil
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			r.URL.Path = path
			r.Header["X-Twitter-Webhooks-Signature"] = []string{signed}
			w := httptest.NewRecorder()
			newHandler(s, false).ServeHTTP(w, r)
			isRight := signed == xevents.Sign(vectorSecret, []byte(body)) || signed == xevents.Sign(otherSecret, []byte(body))
			switch {
			case len(s.bodies) > 0 && (!isRight || s.bodies[0] != body || w.Code != http.StatusOK):
				t.Errorf("kept %q as %q with status %d, rightly signed: %v", body, s.bodies, w.Code, isRight)
			case len(s.bodies) == 0 && path == "/api/messages" && isRight:
				t.Errorf("%q is signed and was not kept: %d", body, w.Code)
			}
		}
	})
}
