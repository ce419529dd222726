package motion_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"perch/bridge/motion"
)

// FuzzMarkup holds that a text which is not an editor's goes to the customer as it was typed, and that no tag of an
// editor's does.
func FuzzMarkup(f *testing.F) {
	for _, text := range []string{
		"<p>Dear Ann,</p><p>it&nbsp;is<br>done</p>", "a<b", "<3", "<p>", "<div><p>x</div></p>", "<table><tr><td>1</td><td>2</td></tr></table>", "<pre>a\n  b</pre>",
		"<p><a href=\"https://x.example\">x</a></p>", "<b>bold</b>", "<script>alert(1)</script>", "<p></p>", "<html><body><p>x</p></body></html>", "<p>\x00</p>",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		body, err := json.Marshal(map[string]any{"body": text, "to": "annlee"})
		if err != nil {
			t.Fatal(err)
		}
		reply, internal, err := motion.ParseReply(body, "twitter")
		if err != nil || internal {
			return
		}
		if !strings.HasPrefix(strings.TrimSpace(text), "<") && reply.Body != text {
			t.Errorf("%q became %q", text, reply.Body)
		}
		if strings.TrimSpace(reply.Body) == "" {
			t.Errorf("%q became nothing", text)
		}
	})
}
