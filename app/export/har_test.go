package export_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"perch/app/control"
	"perch/app/export"
)

// required are the members that HTTP Archive 1.2 asks for, by where they are, with what they have to be.
var required = map[string]map[string]string{
	"log":      {"version": "string", "creator": "object", "entries": "array"},
	"creator":  {"name": "string", "version": "string"},
	"entry":    {"startedDateTime": "string", "time": "number", "request": "object", "response": "object", "cache": "object", "timings": "object"},
	"request":  {"method": "string", "url": "string", "httpVersion": "string", "cookies": "array", "headers": "array", "queryString": "array", "headersSize": "number", "bodySize": "number"},
	"response": {"status": "number", "statusText": "string", "httpVersion": "string", "cookies": "array", "headers": "array", "content": "object", "redirectURL": "string", "headersSize": "number", "bodySize": "number"},
	"content":  {"size": "number", "mimeType": "string"},
	"timings":  {"send": "number", "wait": "number", "receive": "number"},
	"postData": {"mimeType": "string", "text": "string"},
	"pair":     {"name": "string", "value": "string"},
}

func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case float64:
		return "number"
	}
	return fmt.Sprintf("%T", v)
}

func check(t *testing.T, what string, v any) map[string]any {
	t.Helper()
	object, _ := v.(map[string]any)
	for member, want := range required[what] {
		if kindOf(object[member]) != want {
			t.Fatalf("%s: %s is %v, want %s", what, member, object[member], want)
		}
	}
	return object
}

// entriesIn checks an archive and returns its entries.
func entriesIn(t *testing.T, text string) (all []map[string]any) {
	t.Helper()
	var file map[string]any
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	log := check(t, "log", file["log"])
	if check(t, "creator", log["creator"]); log["version"] != "1.2" {
		t.Errorf("version %v", log["version"])
	}
	for _, one := range log["entries"].([]any) {
		entry := check(t, "entry", one)
		request, response := check(t, "request", entry["request"]), check(t, "response", entry["response"])
		check(t, "content", response["content"])
		timings := check(t, "timings", entry["timings"])
		if sum := timings["send"].(float64) + timings["wait"].(float64) + timings["receive"].(float64); sum != entry["time"] {
			t.Errorf("time %v, sum %v", entry["time"], sum)
		}
		if _, err := time.Parse(time.RFC3339Nano, entry["startedDateTime"].(string)); err != nil {
			t.Error(err)
		}
		check(t, "postData", request["postData"])
		for _, pair := range slices.Concat(request["headers"].([]any), request["queryString"].([]any), request["cookies"].([]any)) {
			check(t, "pair", pair)
		}
		all = append(all, entry)
	}
	return all
}

func TestAnArchiveHoldsTheCallsOfBothSides(t *testing.T) {
	at := time.Date(2026, 11, 24, 15, 4, 5, 0, time.UTC)
	kept := at.Add(1500 * time.Microsecond)
	s := messages(1, 2, 3)
	s.list[1].Direction, s.list[1].State = "out", "dead"
	s.list[2].State = "queued"
	s.change = func(d *control.Detail) {
		d.ReceivedAt, d.StoredAt = at, &kept
		d.Received = &control.Document{Text: `{"a": 1}`, Bytes: 8}
		d.Calls = []control.Document{{Call: "POST https://api.x.com/2/dm?token=…&a=b%20c", Text: "no JSON", Bytes: 7000, Cut: true}}
		switch d.ID {
		case 1:
			d.History = []control.Attempt{{Number: 1, At: at, Outcome: "queued", Code: "503"}, {Number: 2, At: at.Add(time.Second), TookMS: 12.5, Outcome: "delivered"}}
		case 2:
			d.History = []control.Attempt{{Number: 1, At: at, TookMS: 3, Outcome: "dead", Code: "403/349", Message: "X refuses it"}, {Number: 0, Outcome: "dead"}}
		}
	}
	text, _ := exported(t, s, export.Options{Format: export.HAR})
	all := entriesIn(t, text)
	if len(all) != 5 {
		t.Fatalf("%d entries", len(all))
	}
	told := make([]string, 0, len(all))
	for _, e := range all {
		request, response, of := e["request"].(map[string]any), e["response"].(map[string]any), e["_perch"].(map[string]any)
		told = append(told, fmt.Sprintf("%v %v>%v %v %v %v %v", of["id"], of["from"], of["to"], request["method"], request["url"], response["status"], e["time"]))
	}
	want := []string{
		"1 x>perch POST http://perch/api/messages/support 0 1.5", "1 perch>motion POST https://api.x.com/2/dm?token=…&a=b%20c 200 12.5",
		"2 motion>perch POST http://perch/reply/hidden 0 1.5", "2 perch>x POST https://api.x.com/2/dm?token=…&a=b%20c 403 3",
		"3 x>perch POST http://perch/api/messages/support 0 1.5",
	}
	if strings.Join(told, "\n") != strings.Join(want, "\n") {
		t.Errorf("entries\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
	}
	for _, part := range []string{`{"name":"token","value":"…"},{"name":"a","value":"b c"}`, `"cut; the whole has 7000 bytes"`, `"mimeType":"text/plain"`, `{"name":"Authorization","value":"…"}`} {
		if !strings.Contains(text, part) {
			t.Errorf("no %s in %s", part, text)
		}
	}
}
