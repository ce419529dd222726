package control_test

import (
	"os/exec"
	"strings"
	"testing"

	"perch/app/control"
)

func TestCurl(t *testing.T) {
	for name, c := range map[string]struct {
		d         control.Document
		direction string
		want      string
	}{
		"no call": {control.Document{Text: "{}"}, "in", ""},
		"to Motion": {
			control.Document{Call: "POST https://m.example/notify?token=…", Text: "{\n  \"body\": \"it's\"\n}"},
			"in",
			"# This makes the call once more.\ncurl --request POST 'https://m.example/notify?token=…' \\\n  --header 'Content-Type: application/json' \\\n" +
				`  --data-binary '{"body":"it'\''s"}'` + "\n",
		},
		"a form to X": {
			control.Document{Call: "POST https://x.example/1.1/statuses/update.json", Text: `{"status": "a & b", "id": "7"}`, IsForm: true},
			"out",
			"# This makes the call once more.\n# X_AUTHORIZATION is the signature by OAuth 1.0a of this very call, or \"Bearer …\" of a login.\n" +
				"curl --request POST 'https://x.example/1.1/statuses/update.json' \\\n  --header \"Authorization: $X_AUTHORIZATION\" \\\n" +
				"  --data-urlencode 'id=7' \\\n  --data-urlencode 'status=a & b'\n",
		},
	} {
		if got := c.d.Curl(c.direction); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Whatever a customer writes stays a text: the shell runs nothing of it.
func TestCurlIsSafeInAShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	evil := "'; echo stolen; '$(echo stolen)`echo stolen`\n# \\' \" $HOME"
	for _, d := range []control.Document{{Call: "POST http://h/", Text: evil}, {Call: "POST http://h/" + evil, Text: `{"a":1}`}, {Call: "POST http://h/", Text: "{\"a\":\"\\u0027;echo stolen;\"}", IsForm: true}} {
		script := "curl() { printf '%s\\n' \"$#\"; }\n" + d.Curl("in")
		out, err := exec.Command(sh, "-c", script).CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) == "" || strings.Contains(string(out), "stolen") {
			t.Errorf("%+v: %v %s", d, err, out)
		}
	}
}
