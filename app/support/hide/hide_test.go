package hide_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"perch/app/support/hide"
	"perch/app/support/planted"
)

// look fails when a part of a secret of some length is left.
func look(t *testing.T, where, text string, s planted.Secret) {
	t.Helper()
	for _, part := range s.Parts {
		for i := 0; i+8 <= len(part); i += 4 {
			if strings.Contains(text, part[i:i+8]) {
				t.Errorf("%s: %q is left of %q in %q", where, part[i:i+8], s.Text, text)
				return
			}
		}
	}
}

func TestNoSecretIsLeft(t *testing.T) {
	h := hide.New(nil, []string{"acme_support"}, "/home/mario")
	for seed := range uint64(20) {
		for _, s := range planted.Secrets(seed, 100) {
			look(t, "secrets", h.Secrets(s.Text), s)
			look(t, "strict", h.Strict("it failed: "+s.Text), s)
			look(t, "log", h.LogLine(`time=2026-11-29T08:59:20.778Z level=WARN msg="it failed" error=`+strconv.Quote(s.Text)), s)
			look(t, "msg", h.LogLine(`time=2026-11-29T08:59:20.778Z level=WARN msg=`+strconv.Quote(s.Text)), s)
			look(t, "foreign line", h.LogLine(s.Text), s)
			look(t, "comment", h.Settings("listen = \"x\" # "+s.Text+"\n#"+s.Text+"\n"+s.Text, []string{"listen"}, nil), s)
			look(t, "setting", h.Settings("log_file = "+strconv.Quote(s.Text), []string{"log_file"}, nil), s)
			text, err := json.Marshal(map[string]any{"detail": s.Text, "list": []string{s.Text}, s.Text: 1})
			if err != nil {
				t.Fatal(err)
			}
			look(t, "json", string(h.JSON(text)), s)
			look(t, "line", string(h.JSONLine(text)), s)
		}
	}
}

func TestAKnownValueIsLeftInNoForm(t *testing.T) {
	const phrase = "correct horse battery staple"
	h := hide.New([]string{phrase, "short", "ab\"c/d e"}, nil, "")
	for _, text := range []string{
		phrase, "x" + phrase + "y", "correct+horse+battery+staple", "correct%20horse%20battery%20staple", "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==",
		"636f727265637420686f72736520626174746572792073746170 6c65", `ab\"c/d e`, "a short one",
	} {
		got := h.Secrets(text)
		for _, left := range []string{"correct", "horse", "Y29ycm", "636f7272", "c/d", "short"} {
			if strings.Contains(got, left) && !strings.HasPrefix(text, "636f") {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
}

func TestNothingOfCustomersIsLeft(t *testing.T) {
	h := hide.New(nil, []string{"acme_support"}, "")
	for text, want := range map[string]string{
		`X refuses @annlee: "I want my money"`:            `X refuses @…: "…"`,
		"account @ACME_support and @ann":                  "account @ACME_support and @…",
		"conversation support/in/dm/3001969357":           "conversation support/in/dm/[number]",
		`Motion answers {"body":"hello","from":"annlee"}`: "Motion answers {…}",
		`Post "http://127.0.0.1:37057/api": refused`:      `Post "http://127.0.0.1:37057/api": refused`,
	} {
		if got := h.Strict(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	for line, want := range map[string]string{
		`time=2026-11-29T08:59:20.778Z level=INFO msg="chat key sent" channel=support delivery=12 conversation=g30019693 person=annlee text="hello world" took_ms=5`: `time=2026-11-29T08:59:20.778Z level=INFO msg="chat key sent" channel=support delivery=12 conversation=… person=… text=… took_ms=5`,
		`level=INFO handle=acme_support handle=annlee`:              `level=INFO handle=acme_support handle=…`,
		`level=ERROR msg=x error="no \"hello\" from @ann\n1234567"`: `level=ERROR msg=x error="no \"…\" from @…\n[number]"`,
		`ann wrote: "hello"`: `ann wrote: "…"`,
		`level=INFO msg="relay started" listen=127.0.0.1:3002 took_ms=7`: `level=INFO msg="relay started" listen=127.0.0.1:3002 took_ms=7`,
	} {
		if got := h.LogLine(line); got != want {
			t.Errorf("%q becomes\n%q, want\n%q", line, got, want)
		}
	}
}

// What helps is still there.
func TestWhatIsNoSecretStays(t *testing.T) {
	h := hide.New([]string{"k"}, nil, "/home/mario")
	for _, text := range []string{
		"store it with: perch secret set --channel support x.consumer_key", "Motion cannot be reached: dial tcp 127.0.0.1:37057: connect: connection refused",
		"the secret support/x.access_token is not set", "https://motion.example/api/openchannel/accounts/5/notify", "perch-20261129-084012.backup",
		"/var/lib/perch/.local/state/perch/perch.db-posts-1", "activity stream", "users.by_handle", "2026-11-29T08:59:20.778Z", "NotFoundException",
		"give it with --passphrase-stdin, or let Perch keep it: perch secret keep", "SQLITE_CORRUPT_VTAB", "the password of the user is wrong",
		"https://motion.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages",
	} {
		if got := h.Secrets(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	if got := h.Secrets("/home/mario/x"); got != "~/x" {
		t.Error(got)
	}
}

func TestSettingsKeepTheirLines(t *testing.T) {
	const text = "listen = \"127.0.0.1:3002\" # mine\n\n[channel.motion]\nuser = \"mario\"\nreceive_url = \"https://m.example/n?token=abc&port=1\"\nextra = \"x\"\nhalf = \nport = 3002\r\n"
	want := "listen = \"127.0.0.1:3002\" # …\n\n[channel.motion]\nuser = \"…\"\nreceive_url = \"https://m.example/n?token=…&port=1\"\nextra = \"…\"\n…\nport = 3002\n"
	if got := hide.New(nil, nil, "").Settings(text, []string{"listen", "user", "receive_url", "port", "half"}, []string{"user"}); got != want {
		t.Errorf("%q, want\n%q", got, want)
	}
}

func FuzzHider(f *testing.F) {
	for _, s := range planted.Secrets(1, 40) {
		f.Add(s.Text)
	}
	h := hide.New([]string{"hunter2hunter2"}, nil, "/home/mario")
	f.Fuzz(func(t *testing.T, text string) {
		for _, got := range []string{h.Secrets(text), h.Strict(text), h.LogLine(text), h.LogLine("time=1 msg=" + text), h.Settings(text, []string{"a"}, nil)} {
			if strings.Contains(got, "hunter2hunter2") {
				t.Errorf("%q becomes %q", text, got)
			}
		}
		if quoted, err := json.Marshal(text); err == nil && !json.Valid(h.JSON(quoted)) {
			t.Error(string(h.JSON(quoted)))
		}
	})
}
