package motion_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"perch/bridge"
	"perch/bridge/motion"
)

func TestWhatIsAnEditorsMarkup(t *testing.T) {
	for text, want := range map[string]string{
		"<P>Good</P><P>day<BR/>you</P>": "Good\nday\nyou",
		"<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body>all <b>of</b> it</body></html>": "all of it",
		"<p>a</p><script>alert(1)</script>":                 "a",
		`<a href="https://a.example/?x=1&amp;y=2">here</a>`: "here (https://a.example/?x=1&y=2)",
		`<font color="red">a</font>`:                        "a",
		"<b>bold</b>":                                       "<b>bold</b>",
		"plain &amp; text":                                  "plain &amp; text",
		"<title>":                                           "<title>",
		"<john@doe.example>":                                "<john@doe.example>",
		"<p>x":                                              "<p>x",
	} {
		body, _ := json.Marshal(map[string]any{"body": text, "to": "annlee"}) // plain values only: cannot fail
		if reply, _, err := motion.ParseReply(body, "twitter"); err != nil || reply.Body != want {
			t.Errorf("%q became %q, %v; want %q", text, reply.Body, err, want)
		}
	}
	for _, text := range []string{"<br>", "<BR />\n&nbsp;", "&#8203;", "<p>&nbsp;</p>", "<html><body></body></html>"} {
		body, _ := json.Marshal(map[string]any{"body": text, "to": "annlee"})
		if reply, _, err := motion.ParseReply(body, "twitter"); bridge.KindOf(err) != bridge.Invalid {
			t.Errorf("%q became %q, %v; want it refused", text, reply.Body, err)
		}
	}
}

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
