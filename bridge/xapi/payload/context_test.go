package payload_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"perch/bridge"
	"perch/bridge/xapi/payload"
)

// The places in which X tells of whoever writes; %s stands for the members of the account beside its id and name.
var whoseProfile = map[string]string{
	"v1.1 direct message": `{"for_user_id":"1","direct_message_events":[{"type":"message_create","id":"1000001","message_create":{"target":{"recipient_id":"1"},
		"sender_id":"2","message_data":{"text":"hi"}}}],"users":{"2":{"id":"2","screen_name":"ann"%s},"1":{"id":"1","followers_count":7}}}`,
	"v1.1 post": `{"for_user_id":"1","tweet_create_events":[{"id_str":"5","text":"hi","in_reply_to_user_id_str":"1","user":{"id_str":"2","screen_name":"ann"%s}}]}`,
	"activity, direct message": `{"data":{"event_type":"dm.received","filter":{"user_id":"1"},"payload":{"direct_message_events":[{"type":"message_create","id":"1000001",
		"message_create":{"target":{"recipient_id":"1"},"sender_id":"2","message_data":{"text":"hi"}}}],"users":{"2":{"data":{"id":"2","username":"ann"%s}}}}}}`,
	"v2 list": `{"data":{"event_type":"post.mention.create","filter":{"user_id":"1"},"payload":{"id":"5","text":"hi","author_id":"2"},
		"includes":{"users":[{"id":"1","username":"acme"},{"id":"2","username":"ann"%s}]}}}`,
}

func onlyEvent(t *testing.T, body string) bridge.Event {
	t.Helper()
	parsed := payload.Read([]byte(body))
	if len(parsed.Events) != 1 || parsed.Events[0].Kind == bridge.KindUnreadable {
		t.Fatalf("%+v", parsed)
	}
	return parsed.Events[0]
}

func TestWhoWritesIsReadWhereverXTellsIt(t *testing.T) {
	for members, want := range map[string]bridge.Profile{
		``: {},
		`,"verified":true,"followers_count":22,"description":"Fish &amp; chips"`:          {Verified: bridge.VerifiedYes, Followers: 22, HasFollowers: true, Text: "Fish & chips"},
		`,"verified":false,"verified_type":"none","public_metrics":{"followers_count":0}`: {Verified: bridge.VerifiedNo, HasFollowers: true},
		`,"verified":true,"verified_type":"business","public_metrics":{"followers_count":"1234"}`: {
			Verified: bridge.VerifiedBusiness, Followers: 1234, HasFollowers: true,
		},
		`,"verified_type":"blue"`:                          {Verified: bridge.VerifiedBlue},
		`,"verified":true,"verified_type":"of a new kind"`: {Verified: bridge.VerifiedYes},
		`,"verified":null,"verified_type":null,"followers_count":null,"public_metrics":null,"description":null`:          {},
		`,"verified":{},"verified_type":[],"followers_count":true,"public_metrics":7,"description":{"text":"x"}`:         {},
		`,"verified":[1],"verified_type":{"a":1},"followers_count":-4,"public_metrics":{"followers_count":"many"}`:       {},
		`,"followers_count":1e400,"public_metrics":{"followers_count":[]},"description":["a"]`:                           {},
		`,"followers_count":"NaN","description":12`:                                                                      {Text: "12"},
		`,"followers_count":12.0,"description":"` + strings.Repeat("ä", 300) + `"`:                                       {Followers: 12, HasFollowers: true, Text: strings.Repeat("ä", 300)},
		`,"followers_count":{},"public_metrics":{"followers_count":5},"description":"` + strings.Repeat("ä", 5000) + `"`: {Followers: 5, HasFollowers: true, Text: strings.Repeat("ä", 300) + "…"},
	} {
		for place, body := range whoseProfile {
			e := onlyEvent(t, fmt.Sprintf(body, members))
			if diff := cmp.Diff(want, e.Profile); diff != "" || e.From.Handle != "ann" || e.Text != "hi" {
				t.Errorf("%s, %.80s: %s", place, members, diff)
			}
		}
	}
}

func TestThePostThatIsCitedIsReadWhereverXTellsIt(t *testing.T) {
	const (
		head = `{"for_user_id":"1","tweet_create_events":[{"id_str":"5","text":"hi","in_reply_to_user_id_str":"1","user":{"id_str":"2"}`
		v2   = `{"data":{"event_type":"post.quote.create","filter":{"user_id":"1"},"payload":{"id":"5","text":"hi","author_id":"2"`
	)
	quoted := &bridge.Cited{ID: "9", Handle: "acme", Text: "a < b"}
	for body, want := range map[string]bridge.Event{
		head + `}]}`: {},
		head + `,"quoted_status_id_str":"9","quoted_status":{"id_str":"9","text":"a &lt; b","user":{"id_str":"1","screen_name":"acme"}}}]}`:                                                       {Quotes: "9", Cited: quoted},
		head + `,"quoted_status":{"id_str":"9","full_text":"a &lt; b","user":{"id_str":"1","screen_name":"acme"}}}]}`:                                                                             {Quotes: "9", Cited: quoted},
		head + `,"quoted_status":{"id":9,"text":"a…","extended_tweet":{"full_text":"a &lt; b"},"user":{"id_str":"1","screen_name":"acme"}}}]}`:                                                    {Quotes: "9", Cited: quoted},
		head + `,"in_reply_to_status_id_str":"8","quoted_status_id_str":"9","quoted_status":{"id_str":"9","text":"x"}}]}`:                                                                         {InReplyTo: "8", Quotes: "9"},
		head + `,"quoted_status_id_str":"9","quoted_status":[17]}]}`:                                                                                                                              {Quotes: "9"},
		head + `,"quoted_status_id_str":"9","quoted_status":"gone"}]}`:                                                                                                                            {Quotes: "9"},
		head + `,"quoted_status_id_str":{},"quoted_status":{"id_str":[],"text":{},"user":[]}}]}`:                                                                                                  {},
		head + `,"quoted_status_id":9,"quoted_status":null}]}`:                                                                                                                                    {Quotes: "9"},
		v2 + `,"referenced_tweets":[{"type":"quoted","id":"9"}]},"includes":{}}}`:                                                                                                                 {Quotes: "9"},
		v2 + `,"referenced_tweets":[{"type":"quoted","id":"9"}]},"includes":{"tweets":[{"id":"5","text":"hi","author_id":"2"}]}}}`:                                                                {Quotes: "9"},
		v2 + `,"referenced_tweets":[{"type":"quoted","id":"9"}]},"includes":{"tweets":[17,{"id":"9","text":"a &lt; b","author_id":"1"}],"users":[{"id":"1","username":"acme"}]}}}`:                {Quotes: "9", Cited: quoted},
		v2 + `,"referenced_posts":[{"type":"quoted","id":9}]},"includes":{"posts":[{"id":9,"text":"a…","note_post":{"text":"a &lt; b"},"author_id":1}],"users":[{"id":"1","username":"acme"}]}}}`: {Quotes: "9", Cited: quoted},
		v2 + `,"referenced_tweets":[{"type":"replied_to","id":"8"},{"type":"quoted","id":"9"}]},"includes":{"tweets":{"id":"8","text":{"a":1},"author_id":[]}}}}`:                                 {InReplyTo: "8", Quotes: "9"},
		v2 + `,"referenced_tweets":[{"type":"replied_to","id":"8"}]},"includes":{"tweets":[{"id":"8","text":["a","b"]}]}}}`:                                                                       {InReplyTo: "8", Cited: &bridge.Cited{ID: "8", Text: "a\nb"}},
		v2 + `,"referenced_tweets":{"type":[],"id":{}}},"includes":{"tweets":"none","posts":7,"users":null}}}`:                                                                                    {},
		v2 + `,"referenced_tweets":"9"},"includes":[]}}`:                                                                                                                                          {},
	} {
		e := onlyEvent(t, body)
		if diff := cmp.Diff(want, bridge.Event{InReplyTo: e.InReplyTo, Quotes: e.Quotes, Cited: e.Cited}); diff != "" || e.Text != "hi" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestAPostThatWasLookedUpIsRead(t *testing.T) {
	const users = `{"users":[{"id":"1","username":"acme"}]}`
	want := bridge.Cited{ID: "9", Handle: "acme", Text: "open on Sunday"}
	for _, data := range []string{
		`{"id":"9","author_id":"1","text":"open on Sunday"}`, `{"id":9,"author_id":1,"text":"open…","note_tweet":{"text":"open on Sunday"}}`,
		`{"id":"9","author_id":"1","text":"open on Sunday https://t.co/a","entities":{"urls":[{"url":"https://t.co/a","expanded_url":"https://x.com/acme/status/9/photo/1"}]}}`,
	} {
		if got, ok := payload.Cited([]byte(data), []byte(users)); !ok || got != want {
			t.Errorf("%s: %+v", data, got)
		}
	}
	if got, ok := payload.CitedStatus([]byte(`{"id_str":"9","full_text":"open on Sunday","user":{"id_str":"1","screen_name":"acme"}}`)); !ok || got != want {
		t.Errorf("v1.1: %+v", got)
	}
	for _, data := range []string{``, `null`, `[]`, `{}`, `{"id":"../me"}`, `{"id":{}}`, `"9"`, `{"id":"9`} {
		if got, ok := payload.Cited([]byte(data), nil); ok {
			t.Errorf("%s: %+v", data, got)
		}
		if got, ok := payload.CitedStatus([]byte(data)); ok {
			t.Errorf("v1.1, %s: %+v", data, got)
		}
	}
}

func FuzzContext(f *testing.F) {
	for _, body := range whoseProfile {
		f.Add([]byte(strings.ReplaceAll(body, "%s", `,"verified":true,"followers_count":3,"description":"x"`)))
	}
	f.Add([]byte(`{"data":{"event_type":"post.quote.create","filter":{"user_id":"1"},"payload":{"id":"5","text":"hi","author_id":"2","referenced_tweets":[{"type":"quoted","id":"9"}]},
		"includes":{"tweets":[{"id":"9","text":"a","author_id":"1"}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, e := range payload.Read(body).Events {
			id, _ := e.Cites()
			if e.Cited != nil && (e.Cited.ID != id || !bridge.IsPostID(id) || !utf8.ValidString(e.Cited.Text+e.Cited.Handle) || utf8.RuneCountInString(e.Cited.Text) > 301) {
				t.Errorf("%q: cites %+v", body, e.Cited)
			}
			if p := e.Profile; p.Followers < 0 || !utf8.ValidString(p.Text) || utf8.RuneCountInString(p.Text) > 301 {
				t.Errorf("%q: %+v", body, p)
			}
			if _, err := json.Marshal(e); err != nil {
				t.Error(err)
			}
		}
	})
}
