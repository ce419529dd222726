package motion

import (
	"encoding/json"
	"reflect"
	"testing"
)

// Members that are read late are what reading everything at once finds.
func TestMembersAreReadAsTheWholeIs(t *testing.T) {
	for _, body := range []string{
		`{"id": 12345678901234567890, "Message": {"id": 7, "Inner": {"a": [1, {"b": null}]}}, "none": null, "text": "è \ud83d\ude00 \u00e8"}`,
		`{"id": 1, "id": null, "ID": "two"}`, `{"id": null, "id": 3}`, `{"a": 1} and more`, "\ufeff {\"a\": true}\n", `{}`, `null`, `[]`, `7`, ``, `{"a": 1`,
		`{"message": {"id": 1}, "message": "text"}`, `{"message": [ {"id": 1} ], "interaction": 5}`, `{"a": "\ud800", "b": 1e400}`,
	} {
		var late object
		var whole map[string]any
		lateErr, wholeErr := decode([]byte(body), &late), decodeAny([]byte(body), &whole)
		if (lateErr == nil) != (wholeErr == nil) {
			t.Errorf("%s: %v, and at once %v", body, lateErr, wholeErr)
		}
		if len(late) != len(whole) {
			t.Errorf("%s: %d members, and at once %d", body, len(late), len(whole))
		}
		for name, want := range whole {
			if want == nil { // a null has no value: another spelling's counts
				continue
			}
			if got := late.get(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %#v, and at once %#v", body, name, got, want)
			}
			inner, _ := want.(map[string]any)
			if got := late.object(name); len(got) != len(inner) || (got == nil) != (inner == nil) {
				t.Errorf("%s: the object %s is %v, and at once %v", body, name, got, inner)
			}
		}
	}
}

func BenchmarkReceipt(b *testing.B) {
	row := map[string]any{"id": 5, "name": "Ann Lee", "createdAt": "2026-11-29T10:00:00.000Z", "OpenchannelAccountId": 3, "closed": false, "tags": []string{"a", "b"}}
	body, err := json.Marshal(map[string]any{"interaction": row, "message": row, "contact": row})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if r, err := receiptOf(&answer{status: 200, body: body}); err != nil || r.MessageID != "5" {
			b.Fatal(r, err)
		}
	}
}
