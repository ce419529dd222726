package e2e

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
)

// files serves what customers attach: pictures, a video, and a page in the place of a picture.
func files(t *testing.T) (host string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/page.png"):
			_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Sign in</body></html>"))
		case strings.HasSuffix(r.URL.Path, "/error.png"):
			_, _ = w.Write([]byte(`{"error":"not now"}`))
		case strings.HasSuffix(r.URL.Path, ".mp4"):
			_, _ = w.Write(media.SampleMP4().Data)
		default:
			_, _ = w.Write(media.SamplePNG().Data)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// serveFiles lets Perch fetch customers' files from the host.
func (b *box) serveFiles(host string) {
	path := filepath.Join(b.home, "perch.toml")
	config, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.write(path, strings.Replace(string(config), `media_hosts = ["`, `media_hosts = ["`+host+`", "`, 1))
}

// dm is a direct message of the older family, with more members in its data.
func dm(id, text, more string) string {
	return fmt.Sprintf(`{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":%q,"created_timestamp":"1795900000000","message_create":
		{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q%s}}}],"users":{%q:{"id":%q,"name":"Ann Lee","screen_name":"annlee"}}}`,
		brandID, id, brandID, annID, text, more, annID, annID)
}

// activityDM is the same in the newer family, with what stands beside the payload.
func activityDM(id, text, more, beside string) string {
	return fmt.Sprintf(`{"data":{"event_type":"dm.received","filter":{"user_id":%q},"payload":{"direct_message_events":[{"type":"message_create","id":%q,
		"message_create":{"target":{"recipient_id":%q},"sender_id":%q,"message_data":{"text":%q%s}}}],"users":{%q:{"data":{"id":%q,"username":"annlee"}}}}%s}}`,
		brandID, id, brandID, annID, text, more, annID, annID, beside)
}

// mention is a post of the newer family.
func mention(id, text, more, beside string) string {
	return fmt.Sprintf(`{"data":{"event_type":"post.mention.create","filter":{"user_id":%q},"payload":{"id":%q,"text":%q,"author_id":%q%s},
		"includes":{"users":[{"id":%q,"username":"annlee"}]%s}}}`, brandID, id, text, annID, more, annID, beside)
}

const foreignPhoto = `{"urls":[{"url":"https://t.co/S0mebodys1","expanded_url":"https://x.com/corner_shop/status/1780000000000000031/photo/1","display_url":"pic.x.com/S0mebodys1"}]}`

// What a customer sends arrives, or is named to the agent in a line: links to somebody else's files, files that X does not
// describe, places, posts, and whatever has an unexpected form.
func TestNothingOfAMessageIsLostWithoutAWord(t *testing.T) {
	t.Parallel()
	host := files(t)
	b := newBox(t)
	b.mayFault = true // X is asked for posts that it has never seen
	b.serveFiles(host)
	b.start()
	media := func(name, kind, more string) string {
		return fmt.Sprintf(`,"attachment":{"type":"media","media":{"id_str":"9","url":"https://t.co/0wnF1le001","type":%q,"media_url_https":"http://%s/%s"%s}}`, kind, host, name, more)
	}
	for _, tc := range []struct {
		name, body string
		text       string   // the message in Motion; "" where it is not the first line
		lines      []string // that stand in it
		files      int
	}{
		{"link to somebody's photo", dm("1001", "this one? https://t.co/S0mebodys1", `,"entities":`+foreignPhoto), "this one? https://t.co/S0mebodys1", nil, 0},
		{"nothing but such a link", dm("1002", "https://t.co/S0mebodys1", `,"entities":`+foreignPhoto), "https://t.co/S0mebodys1", nil, 0},
		{"such a link in a post", mention("2126000000000900003", "@acme_support this? https://t.co/S0mebodys1", `,"entities":`+foreignPhoto, ""), "@acme_support this? https://t.co/S0mebodys1", nil, 0},
		{
			"own photo beside such a link", dm("1004", "mine https://t.co/S0mebodys1 https://t.co/0wnF1le001", `,"entities":`+foreignPhoto+media("a.png", "photo", "")),
			"mine https://t.co/S0mebodys1", nil, 1,
		},
		{
			"second of two files not described", activityDM("1005", "front and back", `,"attachments":{"media_keys":["3_11","3_12"]}`,
				`,"includes":{"media":[{"media_key":"3_11","type":"photo","url":"http://`+host+`/front.png"}]}`),
			"",
			[]string{"front and back", "a file, which is missing here"},
			1,
		},
		{"no file described", activityDM("1006", "the bill", `,"attachments":{"media_keys":["3_13"]}`, ""), "", []string{"the bill", "a file, which is missing here"}, 0},
		{"file of a post not described", mention("2126000000000900007", "@acme_support so", `,"attachments":{"media_keys":["3_14"]}`, ""), "", []string{"@acme_support so", "a file, which is missing here"}, 0},
		{"keys that are no keys", activityDM("1008", "look", `,"attachments":{"media_keys":[{"a":1}]}`, ""), "", []string{"look", "a file, which is missing here"}, 0},
		{"video without variants", dm("1009", "film", media("v.jpg", "video", "")), "", []string{"film", "a video, which is missing here"}, 0},
		{"bit rate as text", dm("1010", "noise", media("v.jpg", "video", `,"video_info":{"variants":[{"bitrate":"288000","content_type":"video/mp4","url":"http://`+host+`/v.mp4"}]}`)), "noise", nil, 1},
		{"bit rate with a fraction", dm("1011", "noise", media("v.jpg", "video", `,"video_info":{"variants":{"bitrate":288000.0,"url":"http://`+host+`/v.mp4"}}`)), "noise", nil, 1},
		{"a page in place of a picture", dm("1012", "see", media("page.png", "photo", "")), "", []string{"see", "a picture, which is missing here"}, 0},
		{"an error in place of a picture", dm("1013", "see", media("error.png", "photo", "")), "", []string{"see", "a picture, which is missing here"}, 0},
		{
			"a place by its coordinates", dm("1014", "", `,"attachment":{"type":"location","location":{"type":"shared_coordinate","shared_coordinate":{"coordinates":{"type":"Point","coordinates":[10.45,"52.16"]}}}}`),
			"",
			[]string{"52.16, 10.45"},
			0,
		},
		{
			"a place by its name", dm("1015", "here", `,"attachment":{"type":"location","location":{"type":"shared_place","shared_place":{"place":{"full_name":"Bregenz, Austria"}}}}`),
			"",
			[]string{"here", "Bregenz, Austria"},
			0,
		},
		{"a post that is passed on", dm("1016", "", `,"referenced_tweets":[{"id":"1780000000000000032"}]`), "", []string{"https://x.com/i/status/1780000000000000032"}, 0},
		{"an attachment of an unknown kind", dm("1017", "hm", `,"attachment":{"type":"hologram"}`), "", []string{"hm", "hologram"}, 0},
		{"a poll", mention("2126000000000900018", "@acme_support which?", `,"attachments":{"poll_ids":["7"]}`, ""), "", []string{"@acme_support which?", "a poll"}, 0},
		{"referenced posts as an object", mention("2126000000000900019", "@acme_support well", `,"referenced_tweets":{"type":"quoted","id":"1780000000000000033"}`, ""), "@acme_support well", nil, 0},
		{"a byte order mark", "\ufeff" + dm("1020", "marked", ""), "marked", nil, 0},
		{"a text that is an object", dm("1021", "x", `,"text":{"en":"hello"}`), "", []string{"Perch cannot show"}, 0},
		{"members of every wrong type", mention("2126000000000900022", "@acme_support odd", `,"entities":7,"attachments":"none","created_at":[],"edit_history_tweet_ids":{},"note_tweet":3,"geo":[]`, ""), "", []string{"@acme_support odd"}, 0},
	} {
		before := b.inMotion()
		if status := b.signed(tc.body); status != 200 {
			t.Errorf("%s: answered %d", tc.name, status)
		}
		in := b.awaitMotion(len(before) + 1 + tc.files)[len(before):]
		if tc.text != "" && in[0].Body != tc.text {
			t.Errorf("%s: Motion has %q, want %q", tc.name, in[0].Body, tc.text)
		}
		for _, line := range tc.lines {
			if !strings.Contains(in[0].Body, line) {
				t.Errorf("%s: Motion has %q without %q", tc.name, in[0].Body, line)
			}
		}
		for _, file := range in[1:] {
			if file.AttachmentID == 0 {
				t.Errorf("%s: %q is no file", tc.name, file.Body)
			}
		}
	}
	for _, a := range b.motion.Attachments() {
		if bytes.Contains(a.Data, []byte("<html>")) || bytes.HasPrefix(a.Data, []byte("{")) {
			t.Error("a page was handed on as a file")
		}
	}
}

// One message with an odd time, or another that cannot be stored as it is understood, stops nothing and hides nothing,
// also after a restart.
func TestAnOddTimeStopsNothing(t *testing.T) {
	t.Parallel()
	b := newBox(t).start()
	odd := []string{
		"1795900000000000", "1795900000000000000", "99999999999999999", "-5", "0", "", "soon", "1e300", "253402300800000", "9223372036854775807",
	}
	for i, at := range odd {
		body := strings.Replace(dm(fmt.Sprint(3000+i), "odd time "+at, ""), `"1795900000000"`, fmt.Sprintf("%q", at), 1)
		if status := b.signed(body); status != 200 {
			t.Errorf("%s: answered %d", at, status)
		}
	}
	b.awaitMotion(len(odd))
	b.kill(os.Interrupt)
	b.start()
	b.x.DM(annID, brandID, sim.Message{Text: "and then"})
	b.awaitMotion(len(odd) + 1)
	b.awaitNoted(len(odd) + 1)
	if list := b.traffic(); len(list) != len(odd)+1 {
		t.Errorf("traffic shows %d messages", len(list))
	}
	if s := b.status(); s.Channels[0].Inbound.Delivered != len(odd)+1 {
		t.Errorf("status: %+v", s.Channels[0])
	}
	if out := b.must("limits", "--json"); !strings.Contains(out, "\n") {
		t.Errorf("limits: %q", out)
	}
	for _, m := range b.traffic() {
		if out := b.must("show", "--json", fmt.Sprint(m.ID)); !strings.Contains(out, `"id"`) {
			t.Errorf("show %d: %q", m.ID, out)
		}
	}
}

// An odd item in one of X's lists costs no other item, neither now nor at the next look.
func TestAnOddItemOfAListHidesNoOther(t *testing.T) {
	t.Parallel()
	b := newBox(t, func(b *box) { b.mode = "poll" })
	b.mayFault = true
	at := time.Now().UTC().Format(time.RFC3339)
	item := func(id, text, more string) string {
		return fmt.Sprintf(`{"id":%q,"event_type":"MessageCreate","text":%q,"sender_id":%q,"dm_conversation_id":"%s-%s"%s}`, id, text, annID, annID, brandID, more)
	}
	dms := []string{
		item("2126000000000800009", "ninth", `,"created_at":"`+at+`"`), item("2126000000000800008", "eighth", `,"created_at":""`),
		`17`, `"text"`, `null`, `{"id":{"a":1},"text":"no number"}`, item("99999999999999999999999", "from the far future", ""),
		item("2126000000000800003", "third", `,"created_at":17,"attachments":[],"participant_ids":"x"`), item("2126000000000800002", "second", `,"created_at":"`+at+`"`),
	}
	posts := []string{
		fmt.Sprintf(`{"id":"2126000000000810003","text":"@acme_support third post","author_id":%q,"created_at":%q,"attachments":[]}`, annID, at),
		fmt.Sprintf(`{"id":"2126000000000810002","text":"@acme_support second post","author_id":%q,"created_at":""}`, annID), `[]`,
		fmt.Sprintf(`{"id":2126000000000810001,"text":"@acme_support first post","author_id":%q,"created_at":%q}`, annID, at),
	}
	list := func(items []string) string {
		return `{"data":[` + strings.Join(items, ",") + `],"includes":{"users":[{"id":"` + annID + `","username":"annlee"}]},"meta":{"result_count":9}}`
	}
	b.x.Fault(fault.Fault{Endpoint: "dm.events", Status: 200, RawBody: list(dms), Times: 1})
	b.x.Fault(fault.Fault{Endpoint: "mentions", Status: 200, RawBody: list(posts), Times: 1})
	b.start()
	want := []string{"ninth", "eighth", "third", "second", "@acme_support third post", "@acme_support second post", "@acme_support first post"}
	b.until("the good items", func() bool {
		all := strings.Join(b.bodies(), "\n") + "\n"
		for _, text := range want {
			if !strings.Contains(all, text+"\n") {
				return false
			}
		}
		return true
	})
	if dead := b.traffic("--state", "dead"); len(dead) < 4 {
		t.Errorf("%d unreadable items are shown, want those that say nothing: %+v", len(dead), dead)
	}
	b.must("resume") // every list is read again at once
	b.x.DM(annID, brandID, sim.Message{Text: "after all that"})
	b.must("resume")
	b.until("the next message", func() bool { return strings.Contains(strings.Join(b.bodies(), "\n"), "after all that") })
}
