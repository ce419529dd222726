package control

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
)

func TestDocumentsAreReadable(t *testing.T) {
	tests := map[string]struct{ body, want string }{
		"order, numbers and letters": {`{"z":1990000000000000077,"a":[1.50,true,null,[],{}],"t":"<b> & à 漢"}`, `{
  "z": 1990000000000000077,
  "a": [
    1.50,
    true,
    null,
    [],
    {}
  ],
  "t": "<b> & à 漢"
}`},
		"a word":       {`"hello"`, `"hello"`},
		"no JSON":      {"<html>not JSON</html>", "<html>not JSON</html>"},
		"two values":   {`{} {}`, `{} {}`},
		"bad letters":  {"a\xffb", "a\uFFFDb"},
		"nothing":      {"", ""},
		"empty object": {`{}`, `{}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := newDocument("", []byte(tt.body))
			if diff := cmp.Diff(tt.want, d.Text); diff != "" || d.Cut || d.Bytes != len(tt.body) {
				t.Errorf("%+v\n%s", d, diff)
			}
		})
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	const secret = "hunter2-0123456789abcdef"
	bodies := []string{
		`{"password":"%s"}`, `{"a":{"Access_Token":"%s"}}`, `{"apiKey":["%s"]}`, `{"client-secret":{"deep":{"er":"%s"}}}`,
		`{"Authorization":"%s"}`, `{"x-twitter-webhooks-signature":"%s"}`, `{"oauth_signature":"%s"}`, `{"p\u0061ssword":"%s"}`,
		`[{"sig":"%s"}]`, `{"set-cookie":"%s"}`, `{"PASS":"%s"}`,
		`{"url":"https://motion.example/notify?x=1&apikey=%s&y=2"}`, `{"url":"https://x.example/?TOKEN=%s"}`,
		`{"url":"https://x.example/?access%%5Ftoken=%s"}`, `{"url":"https://x.example/?key=%s#top"}`, `{"text":"see https://a.example/?password=%s ok"}`,
		`{"url":"https://admin:%s@motion.example/"}`, `{"form":"token=%s&a=b"}`, `{"header":"Bearer %s"}`,
		`{"inner":"{\"secret\":\"%s\"}"}`, `{"inner":"[{\"deep\":\"{\\\"token\\\":\\\"%s\\\"}\"}]"}`,
		`{"https://a.example/?token=%s":1}`,
		// What is no JSON.
		`{"password":"%s"`, `password=%s`, `token: %s`, "Authorization: Bearer %s", `{"secret" : "%s", "a"`, `<a href="https://a.example/?apikey=%s">`,
	}
	for _, body := range bodies {
		body = fmt.Sprintf(body, secret)
		d := newDocument("", []byte(body))
		if strings.Contains(d.Text, "hunter2") || !strings.Contains(d.Text, hidden) {
			t.Errorf("%s is shown as %s", body, d.Text)
		}
	}
	call := fromCall(bridge.Call{Method: "POST", URL: "https://m.example/notify?token=" + secret, Body: []byte("status=hi&oauth_token=" + secret), IsForm: true})
	if strings.Contains(call.Call+call.Text, "hunter2") || !strings.Contains(call.Text, `"status": "hi"`) {
		t.Errorf("a call is shown as %+v", call)
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	body := `{"media_key":"7_1","mapKey":"twitter","author_id":"1","key":"cf_7","text":"a=b & c","url":"https://x.com/?a=1&b=2","asset":"s"}`
	if d := newDocument("", []byte(body)); strings.Contains(d.Text, hidden) {
		t.Errorf("shown as %s", d.Text)
	}
}

func TestDocumentsAreBounded(t *testing.T) {
	long := `{"a":[` + strings.Repeat(`"0123456789",`, 20_000) + `"end"]}`
	deep := strings.Repeat(`[`, 9_000) + strings.Repeat(`]`, 9_000)
	for name, body := range map[string]string{
		"many lines": long, "one line": `"` + strings.Repeat("x", 300_000) + `"`, "no JSON": strings.Repeat("x", 300_000), "deep": deep,
		"too deep": strings.Repeat(`[`, 200_000),
	} {
		d := newDocument("", []byte(body))
		if len(d.Text) > maxDocument || !d.Cut || d.Bytes != len(body) || d.Text == "" {
			t.Errorf("%s: %d bytes of %d, cut %v", name, len(d.Text), d.Bytes, d.Cut)
		}
	}
	if d := newDocument("", []byte(long)); !strings.HasSuffix(d.Text, `"0123456789",`) {
		t.Errorf("it ends within a line: %q", d.Text[len(d.Text)-40:])
	}
}

// FuzzDocument holds that no secret is shown and that JSON stays JSON, whatever else is in it.
func FuzzDocument(f *testing.F) {
	f.Add("password", `{"a":1}`, "value")
	f.Add("X-Api-Key", `[{"b":"https://a.example/?c=d"}]`, "v&=?#")
	f.Add("token", `"\\"`, "{\"a\":")
	f.Add("Signature", `no JSON`, " ")
	f.Fuzz(func(t *testing.T, name, other, value string) {
		if newDocument("", []byte(other)); !isSecretName(name) || !json.Valid([]byte(other)) {
			return
		}
		const mark = "MARK4711MARK"
		if strings.Contains(name+other+value, mark) {
			return
		}
		member, _ := json.Marshal(map[string]any{name: mark + value})
		nested, _ := json.Marshal(string(member))
		body := fmt.Sprintf(`{"before":%s,"in":%s,"nested":%s,"after":%s}`, other, member, nested, other)
		d := newDocument("", []byte(body))
		if strings.Contains(d.Text, mark) {
			t.Errorf("%s is shown as %s", body, d.Text)
		}
		if !d.Cut && !json.Valid([]byte(d.Text)) {
			t.Errorf("%s becomes %s, which is no JSON", body, d.Text)
		}
	})
}
