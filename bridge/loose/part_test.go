package loose_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"perch/bridge/loose"
)

// own is a type that reads itself, and fails for a text.
type own struct{ Raw string }

func (o *own) UnmarshalJSON(raw []byte) error {
	o.Raw = string(raw)
	if raw[0] == '"' {
		return fmt.Errorf("a text: %s", raw)
	}
	return nil
}

type inner struct {
	Name string          `json:"name"`
	Kids []inner         `json:"kids"`
	Own  own             `json:"own"`
	Raw  json.RawMessage `json:"raw"`
}

// kinds has a member of each kind that Part reads itself.
type kinds struct {
	inner
	ID     loose.ID `json:"id"`
	Text   string   `json:"text,omitempty"`
	Untag  string
	Upper  string             `json:"TEXT_s"`
	Lower  string             `json:"text_S"`
	Is     bool               `json:"is"`
	Count  int                `json:"count"`
	Much   float64            `json:"much"`
	Next   *kinds             `json:"next"`
	One    *own               `json:"one"`
	Texts  []string           `json:"texts"`
	Lists  [][]int            `json:"lists"`
	By     map[string]inner   `json:"by"`
	Points map[string]*inner  `json:"points"`
	List   loose.List[*inner] `json:"list"`
	Hidden string             `json:"-"`
	hidden string
	Sub    struct {
		K string `json:"k"`
	} `json:"sub"`
}

// foreign has what is left to encoding/json.
type foreign struct {
	At    time.Time         `json:"at"`
	Bytes []byte            `json:"bytes"`
	Any   any               `json:"any"`
	N     json.Number       `json:"n"`
	Pair  [2]string         `json:"pair"`
	Small uint8             `json:"small"`
	ByInt map[int]string    `json:"by_int"`
	Text  string            `json:"text"`
	Odd   int               `json:"odd,string"`
	By    map[string]string `json:"by"`
}

type (
	shadow struct {
		inner
		Name string `json:"name"`
	}
	twice struct {
		A string `json:"same"`
		B string `json:"same"` //nolint:govet // two of one name are the point
	}
	embedsBy struct{ *inner }
	embedsID struct{ loose.ID }
	unnamed  struct {
		Sub  struct{ loose.ID } `json:"sub"`
		Name string             `json:"name"`
	}
	counted struct {
		Count int `json:"count,string"`
	}
	flagged struct {
		Is uint8 `json:"is"`
	}
	// spelled is a type that reads texts.
	spelled  string
	foreigns struct {
		Deep []map[string]foreign `json:"deep"`
		Text string               `json:"text"`
	}
)

func (s *spelled) UnmarshalText(raw []byte) error {
	*s = spelled("spelled " + string(raw))
	return nil
}

// targets are values of each kind of type; a type is read as encoding/json reads it.
func targets() []any {
	return []any{
		new(kinds), new(foreign), new(foreigns), new(shadow), new(twice), new(embedsBy), new(embedsID), new(inner), new(*inner), new(string), new(int), new(bool),
		new(float64), new(any), new([]string), new([]json.RawMessage), new(json.RawMessage), new(map[string]json.RawMessage), new(map[string]string), new(own), new(*own),
		new([]own), new(map[string]own), new(loose.ID), new(loose.Text), new(loose.Names), new(loose.List[inner]), new([][]kinds), new(time.Time), new(unnamed),
		new(struct{ loose.ID }), new(counted), new(flagged), new(spelled), new([]spelled), new(json.Number), new([]byte), new([3]int), new(map[int]string), new(map[spelled]int),
	}
}

// mustReadAsJSON checks that Part leaves in each type what encoding/json does, and raw as it was.
func mustReadAsJSON(t *testing.T, raw []byte) {
	t.Helper()
	before, want, got := bytes.Clone(raw), targets(), targets()
	for i := range want {
		_ = json.Unmarshal(loose.Trim(raw), want[i])
		loose.Part(raw, got[i])
		if !reflect.DeepEqual(want[i], got[i]) {
			t.Errorf("%q: %T is %+v, not %+v", raw, got[i], reflect.ValueOf(got[i]).Elem(), reflect.ValueOf(want[i]).Elem())
		}
	}
	if !bytes.Equal(raw, before) {
		t.Errorf("%q has become %q", before, raw)
	}
}

// oddParts are what taking JSON apart could get wrong.
func oddParts() []string {
	all := []string{
		`{"name":"a\"b","text":"\\","id":"\\\""}`, `{"text":"}","name":"]","id":"{\"name\":\"x\"}"}`, `{"\u006eame":"a","\u0069d":"7","te\u0078t":"b"}`, `{"na\"me":"a","name\\":"b"}`,
		`{"name":"a","name":"b","NAME":"c","next":{"text":"a"},"next":{"id":"1"},"next":null,"next":{"is":true}}`, `{"kids":[{"name":"a"},{"name":"b"}],"kids":[{"raw":1}],"kids":[{},{},{}]}`,
		`{"NaMe":"a","ID":"7","tExT":"b","untag":"c","UNTAG":"d","Text_S":"e","text_S":"f","TEXT_s":"g"}`, `{"hidden":"a","Hidden":"b","-":"c"}`,
		`{"text_\u017f":"long s","\u212aids":[{"name":"kelvin"}]}`, "{\"text_\u017f\":\"long s\",\"\u212aids\":[{}],\"sub\":{\"\u212a\":\"x\"}}",
		`{"":1,"":{"":[]},"name":"a"}`, `{" name":"a","name ":"b"}`, `{"own":1,"text":"read"}`, `{"own":"fails","text":"not read"}`, `{"by":{"a":{"own":"fails"},"b":{}},"text":"not read"}`,
		`{"one":null,"own":null,"next":null,"text":null,"is":null,"count":null,"much":null,"texts":null,"by":null,"list":null,"raw":null,"sub":null}`,
		`{"texts":["a",1,null,{},"b"],"lists":[[1,"x",2.5],null,{},[]],"count":1e2,"much":"1","is":1}`, `{"texts":[],"lists":[],"by":{},"kids":[],"list":[]}`,
		`{"by":{"a":{"name":"x"},"a":{"raw":1},"\u0061":{"kids":[]}},"points":{"a":null,"b":{"name":"y"},"c":7}}`, `{"list":{"name":"a"},"raw": {"a" : [1 , 2] } }`,
		`{"count":123456789012345678901234567890,"much":1e999,"id":123456789012345678901234567890}`, `{"count":-0,"much":-0.0e-0,"id":-0}`, `{"id":1E+2,"much":1E+2,"count":1E+2}`,
		`{"at":"2026-11-27T17:00:00Z","bytes":"aGk=","any":{"a":[1]},"n":"12","pair":["a","b","c"],"small":300,"by_int":{"1":"a","x":"b"},"odd":"5","text":"a"}`, `{"at":"never","text":"not read"}`, `{"n":"x","text":"a"}`,
		`{"deep":[{"a":{"at":"2026-11-27T17:00:00Z","text":"b"}}],"text":"c"}`, `[{"name":"a"},1,"x",[],null]`, `[[],[[]],[{}]]`, `[1,2,3]`, `["a","b"]`, `{"a":"x","same":"y"}`,
		"{\"name\":\"\xff\",\"te\xfft\":\"\xc3\x28\",\"text\":\"\xed\xa0\x80\"}", `{"name":"\ud800","text":"\udc00\ud800","id":"\ud83d\ude00"}`, `{"name":"\/\b\f\n\r\t\u0000"}`, `{"name":"\u00","text":"a"}`,
		"{\"name\":\"a\x00b\"}", "{\"name\":\"a\nb\"}", "{\"name\":\"a\x1fb\"}", "{\"name\":\"a\x7fb\"}", "\x00{}", "{}\x00", "{\x00}", "\ufeff{\"name\":\"a\"}", "\ufeff\ufeff{}", "{\"name\":\"\ufeffa\"}",
		" \t\r\n{ \"name\"\t:\r\"a\"\n, \"kids\" : [ { } , { } ] } ", "\u00a0{\"name\":\"a\"}\u0085", "{\u00a0\"name\":\"a\"}", "{\v\"name\":\"a\"}",
		`{"name":"a",}`, `{,"name":"a"}`, `{"name":"a";"id":"b"}`, `{"name":1 22"id":"b"}`, `[1;2]`, `[1 22]`, `{xname":"a"}`, `{"count":"5","is":7}`, `{"sub":"7","name":"a"}`, `{"sub":{"id":"7"}}`, `{"name":"\u123","text":"a"}`, `"\u00G0"`, `"\u00g0"`, `"\u00:0"`, `"\ua"`, `"\x41"`, `"\u00aF"`,
		`"aGk="`, `"1e2"`, `{"1":"a","2":"b"}`, `{"name" "a"}`, `{"name":}`, `{"name"}`, `{name:"a"}`, `{'name':'a'}`, `{"name":"a"`, `{"name":"a"}}`, `{"name":"a"}]`, `["a",]`, `[,"a"]`, `["a" "b"]`, `[}`, `{]`, `[1}`,
		`{"name":"a`, `{"name":"a\`, `{"name":"a\"`, `{"name`, `{"`, `{`, `[`, `"`, `"\`, `"\u`, `"a" `, ``, ` `, `,`, `:`, `}`, `]`, `"a""b"`,
		`nul`, `null`, `nulll`, `true`, `tru`, `truefalse`, `false`, `True`, `NaN`, `Infinity`, `0`, `-0`, `-`, `00`, `01`, `-01`, `+1`, `1.`, `.1`, `1.0`, `1e`, `1e+`, `1e+1`, `1E-0`, `1.e1`, `0x1`, `1_0`, `1a`, `--1`, `1-1`, `1e1e1`, `1.1.1`,
	}
	for _, n := range []int{1, 7, 8, 9, 15, 16, 17} { // texts are looked at eight bytes at a time
		for _, odd := range []string{`\"`, `\\`, `\u00e9`, "\u00e9", "\xff", "\x1f", "\x00", "\n", " ", "!", "#", "[", "]", "\x7f", "\x80", `"`} {
			text := strings.Repeat("x", n)
			all = append(all, `{"name":"`+text+odd+text+`","id":"7"}`, `{"`+text+odd+text+`":1,"id":"7"}`)
		}
	}
	return append(all, strings.Repeat(`{"next":`, 30)+`{"text":"deep"}`+strings.Repeat("}", 30))
}

// nested is a value that nests so deeply.
func nested(open, end string, depth int) string {
	return strings.Repeat(open, depth-1) + open[:1] + end + strings.Repeat(end, depth-1)
}

func TestPartReadsAsEncodingJSONDoes(t *testing.T) {
	for _, raw := range oddParts() {
		mustReadAsJSON(t, []byte(raw))
	}
	for _, depth := range []int{10_000, 10_001} {
		for _, raw := range []string{nested("[", "]", depth), nested(`{"a":`, "}", depth)} {
			var want, got json.RawMessage
			_ = json.Unmarshal([]byte(raw), &want)
			if loose.Part([]byte(raw), &got); !bytes.Equal(got, want) {
				t.Errorf("%d levels: %d bytes, not %d", depth, len(got), len(want))
			}
		}
	}
	loose.Part([]byte(`{}`), nil)
	loose.Part([]byte(`{}`), kinds{})
	loose.Part([]byte(`{}`), (*kinds)(nil))
}

// What is already there is written over as encoding/json does, as far as anybody could rely on it.
func TestPartReadsIntoWhatIsThere(t *testing.T) {
	fill := func() *kinds {
		return &kinds{
			inner: inner{Name: "was", Kids: []inner{{Name: "a"}, {Name: "b"}}, Raw: json.RawMessage("12345")}, Next: &kinds{Text: "was"}, Texts: []string{"a", "b"},
			By: map[string]inner{"a": {Name: "was"}}, List: loose.List[*inner]{{Name: "was"}}, Hidden: "was", hidden: "was",
		}
	}
	for _, raw := range oddParts() {
		want, got := fill(), fill()
		_ = json.Unmarshal(loose.Trim([]byte(raw)), want)
		loose.Part([]byte(raw), got)
		if !reflect.DeepEqual(want, got) {
			t.Errorf("%q: %+v, not %+v", raw, got, want)
		}
	}
}

// mustCheckAsJSON checks that Check takes what encoding/json calls valid, up to the depth that is stated.
func mustCheckAsJSON(t *testing.T, raw []byte) {
	t.Helper()
	err := loose.Check(raw)
	if isValid := json.Valid(loose.Trim(raw)); (err == nil) != isValid && !errors.Is(err, loose.ErrDepth) {
		t.Errorf("%q: %v, and valid: %v", raw, err, isValid)
	}
}

func TestCheckTakesWhatIsValid(t *testing.T) {
	for _, raw := range oddParts() {
		mustCheckAsJSON(t, []byte(raw))
	}
	for _, open := range []string{"[", `{"a":`, `[[{"a":`} {
		end := strings.NewReplacer("[", "]", "{", "}", `"a":`, "").Replace(open)
		if len(end) > 1 {
			end = "}]]"
		}
		for levels := range 70 {
			raw := strings.Repeat(open, levels) + "1" + strings.Repeat(end, levels)
			want := error(nil)
			if levels*len(end) > 64 {
				want = loose.ErrDepth
			}
			if err := loose.Check([]byte(raw)); !errors.Is(err, want) {
				t.Errorf("%s: %v, not %v", raw, err, want)
			}
		}
	}
}

func TestMembersAndElements(t *testing.T) {
	for raw, want := range map[string]string{
		` {"b" : 1 , "a":[2], "b":"\"", "\u0061":null,"":{}} `: `b=1;a=[2];b="\"";a=null;={};`, "\ufeff{\"a\":1}": "a=1;", "{}": "", "[1]": "", `"a"`: "", "": "",
		"{\"\xff\":1}": "\ufffd=1;", `{"a":1,"b"}`: "a=1;",
	} {
		got := ""
		for name, value := range loose.Members([]byte(raw)) {
			got += name + "=" + string(value) + ";"
		}
		if got != want {
			t.Errorf("%q: %q, not %q", raw, got, want)
		}
	}
	for raw, want := range map[string]string{` [1 ,"]", [2],{"a":[]} ,null] `: `1;"]";[2];{"a":[]};null;`, "[]": "", `{"a":1}`: "", "1": "", "": "", "[1,": "1;"} {
		got := ""
		for value := range loose.Elements([]byte(raw)) {
			got += string(value) + ";"
		}
		if got != want {
			t.Errorf("%q: %q, not %q", raw, got, want)
		}
	}
}

func TestMembersAndElementsAreTheCallersToAddTo(t *testing.T) {
	object, list := []byte(`{"a":1,"b":2}`), []byte(`[1,2]`)
	for name, value := range loose.Members(object) {
		_ = append(value, '0')
		if name == "a" {
			break
		}
		t.Errorf("goes on with %s", name)
	}
	for value := range loose.Elements(list) {
		_ = append(value, '0')
		break
	}
	if string(object)+string(list) != `{"a":1,"b":2}[1,2]` {
		t.Errorf("%s %s", object, list)
	}
}

func TestTheLastOfSeveralListsIsRead(t *testing.T) {
	var got all
	loose.Part([]byte(`{"list":["a","b"],"list":["c"],"names":["a"],"names":["b"]}`), &got)
	if len(got.List) != 1 || got.List[0] != "c" || len(got.Names.List) != 1 {
		t.Errorf("%+v", got)
	}
}

func FuzzPart(f *testing.F) {
	for _, raw := range oddParts() {
		f.Add([]byte(raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		mustReadAsJSON(t, raw)
		mustCheckAsJSON(t, raw)
	})
}
