package loose_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"perch/bridge/loose"
)

type all struct {
	Text  loose.Text             `json:"text"`
	ID    loose.ID               `json:"id"`
	Int   loose.Int              `json:"int"`
	Bool  loose.Bool             `json:"bool"`
	List  loose.List[loose.Text] `json:"list"`
	Names loose.Names            `json:"names"`
	Time  loose.Time             `json:"time"`
	Plain string                 `json:"plain"`
	Last  loose.Text             `json:"last"`
}

// Whatever a member is, the others are read.
func TestOddMembersLeaveTheirNeighboursAlone(t *testing.T) {
	for _, odd := range []string{`null`, `17`, `-1.5e300`, `1e999`, `"x"`, `""`, `true`, `[]`, `{}`, `[[1],{"a":null}]`, `{"a":[1]}`, `"\ud800"`} {
		for _, member := range []string{"text", "id", "int", "bool", "list", "names", "time", "plain"} {
			var got all
			if err := loose.Read([]byte(`{"`+member+`":`+odd+`,"last":"here"}`), &got); err != nil || got.Last != "here" {
				t.Errorf("%s = %s: %v, %+v", member, odd, err, got)
			}
		}
	}
}

func TestWhatHasAMeaningIsRead(t *testing.T) {
	var got all
	err := loose.Read([]byte("\ufeff"+` {"text":17,"id":8.81e2,"int":"288000.0","bool":"True","list":{"not":"a list"},"names":["3_1",{"a":1},7],"time":1795800000557000}`), &got)
	if err != nil || got.Text != "17" || got.ID != "881" || got.Int != 288000 || !got.Bool.Value || len(got.List) != 1 ||
		strings.Join(got.Names.List, " ") != "3_1 7" || got.Names.Odd != 1 || got.Time.UnixMilli() != 1795800000557 {
		t.Errorf("%v: %+v", err, got)
	}
	if err := json.Unmarshal([]byte(`{"id":9007199254740993,"names":"3_9","int":1e300}`), &got); err != nil || got.ID != "9007199254740993" || len(got.Names.List) != 1 || got.Int <= 0 {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestTimesAreSane(t *testing.T) {
	at := time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"2026-11-27T17:00:00.000Z", "Fri Nov 27 17:00:00 +0000 2026", "1795798800", "1795798800000", "1795798800000000", "1795798800000000000",
		"1795798800.0", "1.7957988e9", "Fri, 27 Nov 2026 17:00:00 GMT", " 2026-11-27 17:00:00 +0000 ",
	} {
		if got := loose.When(text); !got.Equal(at) {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"", "0", "-1", "17", "yesterday", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1e30", "NaN", "Inf", "-1795798800", "99999999999999999999999"} {
		if got := loose.When(text); !got.IsZero() {
			t.Errorf("%q: %v; want none", text, got)
		}
	}
}

func TestWhatIsNoJSONIsSaid(t *testing.T) {
	for body, want := range map[string]error{
		"": loose.ErrEmpty, " \n": loose.ErrEmpty, "<html>": loose.ErrJSON, "{}{}": loose.ErrJSON, `{"a":`: loose.ErrJSON,
		strings.Repeat("[", 1000): loose.ErrDepth, strings.Repeat(`{"a":`, 100) + "1" + strings.Repeat("}", 100): loose.ErrDepth,
	} {
		if err := loose.Check([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%.20q: %v; want %v", body, err, want)
		}
	}
	if loose.Check([]byte(`{"a":"[[[[{{{"}`)) != nil || !loose.IsJSON([]byte("\ufeff[1]")) || loose.IsJSON([]byte(`"text"`)) {
		t.Error("a good body is refused, or a text taken for an answer")
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"text":[1],"id":1e3,"int":"x","bool":1,"list":[{"a":1}],"names":[[]],"time":-5,"plain":7,"last":"a"}`))
	f.Add([]byte("\xef\xbb\xbf{\"time\":\"2026-11-27T17:00:00Z\",\"names\":\"a\"}"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got all
		if err := loose.Read(raw, &got); (err == nil) != (loose.Check(raw) == nil) {
			t.Errorf("%q: %v", raw, err)
		}
		if !got.Time.IsZero() && (got.Time.Year() < 1999 || got.Time.Year() > 2100) {
			t.Errorf("%q: %v", raw, got.Time)
		}
		for _, text := range append(got.Names.List, string(got.Text), string(got.ID)) {
			if !utf8.ValidString(text) {
				t.Errorf("%q: %q", raw, text)
			}
		}
	})
}
