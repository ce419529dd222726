package e2e

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"perch/bridge/sim"
	"perch/bridge/sim/media"
	"perch/bridge/sim/motionsim"
)

// posted sends a body to the Reply URL as Motion would.
func (b *box) posted(body map[string]any) motionsim.ReplyResult {
	b.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	result, err := b.motion.ReplyRaw(b.t.Context(), raw)
	if err != nil {
		b.t.Fatal(err)
	}
	return result
}

// Motion's replies in forms that nobody promised: the customer gets what the agent meant, or Motion hears that it was
// not sent. Never something else.
func TestOddRepliesAreReadOrRefused(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "hello"})
	private := b.awaitMotion(1)[0].Interaction
	b.awaitNoted(1)
	file := b.motion.Attach(media.File{Name: "photo.png", Data: media.SamplePNG().Data})
	n := 0
	reply := func(body, attachment any, more map[string]any) map[string]any {
		n++
		all := map[string]any{
			"id": 7000 + n, "body": body, "AttachmentId": attachment, "OpenchannelInteractionId": private, "Contact": map[string]any{"id": 44, "twitter": "annlee"},
			"Interaction": map[string]any{"id": private, "threadId": nil},
		}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	for _, tc := range []struct {
		name   string
		body   map[string]any
		status int
		text   string // what the customer reads
		files  int
	}{
		{"paragraphs of an editor", reply("<p>Dear Ann,</p><p>it&nbsp;costs &lt; 5 &amp; more.<br>Yours</p>", nil, nil), 200, "Dear Ann,\nit costs < 5 & more.\nYours", 0},
		{"a list of an editor", reply("<div><ul><li>one</li><li><b>two</b></li></ul></div>", nil, nil), 200, "- one\n- two", 0},
		{"a link of an editor", reply(`<p>See <a href="https://shop.example/7">the page</a></p>`, nil, nil), 200, "See the page (https://shop.example/7)", 0},
		{"signs as typed", reply("if a<b and b>c", nil, nil), 200, "if a<b and b>c", 0},
		{"a tag as typed", reply("write <p>text</p> there", nil, nil), 200, "write <p>text</p> there", 0},
		{"an open tag as typed", reply("<p>", nil, nil), 200, "<p>", 0},
		{"a picture of an editor", reply(`<p>so <img src="data:image/png;base64,AA"></p>`, nil, nil), 400, "", 0},
		{"blanks only", reply(" \u00a0\n\u200b", nil, nil), 400, "", 0},
		{"an empty paragraph", reply("<p><br></p>", nil, nil), 400, "", 0},
		{"a text beside a file", reply("Sign this and send it back.", file, nil), 200, "Sign this and send it back.", 1},
		{"the name of the file", reply("photo.png", file, nil), 200, "", 1},
		{"a file without a name", reply("", file, nil), 200, "", 1},
		{"a sentence that ends in the name", reply("please look at photo.png", file, nil), 200, "please look at photo.png", 1},
		{"the file as an object", reply("photo.png", nil, map[string]any{"Attachment": map[string]any{"id": file, "name": "photo.png"}}), 200, "", 1},
		{"the file in a list", reply("photo.png", []any{file}, nil), 200, "", 1},
		{"the file as text with a fraction", reply("photo.png", json.RawMessage(strconv.Itoa(file)+".0"), nil), 200, "", 1},
		{"two files", reply("photo.png", []any{file, file + 1}, nil), 400, "", 0},
		{"a text that is an object", reply(map[string]any{"text": "x"}, nil, nil), 400, "", 0},
		{"a note among agents", reply("careful with her", nil, map[string]any{"secret": 1}), 200, "", 0},
		{"a note that cannot be told", reply("careful with her", nil, map[string]any{"secret": []any{true}}), 400, "", 0},
		{"a direction that is none", reply("to whom?", nil, map[string]any{"direction": "sideways"}), 400, "", 0},
	} {
		before := len(b.x.SentDMs())
		r := b.posted(tc.body)
		if r.Status != tc.status || (tc.status >= 400 && !strings.Contains(r.Body, `"message"`)) {
			t.Errorf("%s: %d %s, want %d", tc.name, r.Status, r.Body, tc.status)
		}
		sent := b.x.SentDMs()[before:]
		if tc.text == "" && tc.files == 0 {
			if len(sent) != 0 {
				t.Errorf("%s: the customer got %+v", tc.name, sent)
			}
			continue
		}
		if len(sent) != 1 || sent[0].Text != tc.text || len(sent[0].MediaIDs) != tc.files {
			t.Errorf("%s: the customer got %+v, want %q and %d files", tc.name, sent, tc.text, tc.files)
		}
	}
	if posts := b.x.SentPosts(); len(posts) != 0 {
		t.Errorf("private answers became public: %+v", posts)
	}
}

// The post to answer went through a program that keeps numbers as doubles.
func TestARoundedThreadNeverAnswersAnotherPost(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	var post, exact string
	var number float64
	n := 0
	for ; post == exact; n++ { // one in some hundred loses nothing
		post = b.x.Post(annID, sim.Post{Text: "@acme_support how?"})
		var err error
		if number, err = strconv.ParseFloat(post, 64); err != nil {
			t.Fatal(err)
		}
		exact = strconv.FormatFloat(number, 'f', 0, 64)
	}
	public := b.awaitMotion(n)[n-1].Interaction
	b.awaitNoted(n)
	short := strconv.FormatFloat(number, 'e', -1, 64)
	for i, thread := range []any{json.RawMessage(exact), json.RawMessage(short), exact} {
		text := fmt.Sprint("like this ", i)
		r := b.posted(map[string]any{
			"id": 8000 + i, "body": text, "Contact": map[string]any{"twitter": "annlee"}, "Interaction": map[string]any{"id": public, "threadId": thread},
		})
		posts := b.x.SentPosts()
		if r.Status != 200 || len(posts) != i+1 || posts[i].InReplyTo != post {
			t.Fatalf("%s: %d %s: %+v, want an answer to %s", thread, r.Status, r.Body, posts, post)
		}
	}
	r := b.posted(map[string]any{"id": 8100, "body": "lost", "Contact": map[string]any{"twitter": "annlee"}, "Interaction": map[string]any{"id": 999999, "threadId": json.RawMessage("2126000000000776960")}})
	if r.Status != 422 || len(b.x.SentPosts()) != 3 {
		t.Errorf("a rounded number of an unknown interaction: %d %s", r.Status, r.Body)
	}
	first := b.traffic("--direction", "out")[0]
	if out := b.must("show", fmt.Sprint(first.ID)); first.ThreadID != post || !strings.Contains(out, "has lost its last digits") {
		t.Errorf("what happened to the number is not told: %s", out)
	}
}

// A reply goes to who wrote in the interaction, and that is what is shown, whatever the contact in Motion says.
func TestWhatIsShownIsWhoGotIt(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	b.x.DM(annID, brandID, sim.Message{Text: "from Ann"})
	ofAnn := b.awaitMotion(1)[0].Interaction
	b.x.DM(bobID, brandID, sim.Message{Text: "from Bob"})
	b.awaitMotion(2)
	b.awaitNoted(2)
	for i, contact := range []string{"bob", "nobody_known", ""} {
		r := b.posted(map[string]any{"id": 9000 + i, "body": fmt.Sprint("for Ann ", i), "Contact": map[string]any{"twitter": contact}, "Interaction": map[string]any{"id": ofAnn}})
		sent := b.x.SentDMs()
		if r.Status != 200 || len(sent) != i+1 || sent[i].To != annID {
			t.Fatalf("%q: %d %s: %+v", contact, r.Status, r.Body, sent)
		}
	}
	list := b.traffic("--direction", "out")
	for i, m := range list {
		if m.To != "annlee" {
			t.Errorf("reply %d went to annlee, and traffic says %q", i, m.To)
		}
	}
	if out := b.must("show", fmt.Sprint(list[0].ID)); !strings.Contains(out, "@bob") || !strings.Contains(out, "@annlee wrote in this interaction") {
		t.Errorf("the history does not say that the contact names another: %s", out)
	}
	b.x.Rename(annID, "ann_new")
	b.x.DM(annID, brandID, sim.Message{Text: "under another name"})
	b.awaitNoted(3)
	b.posted(map[string]any{"id": 9100, "body": "for the old name", "Contact": map[string]any{"twitter": "annlee"}, "Interaction": map[string]any{"id": ofAnn}})
	if last := b.traffic("--direction", "out"); last[len(last)-1].To != "ann_new" {
		t.Errorf("the reply went to @ann_new, and traffic says %q", last[len(last)-1].To)
	}
}
