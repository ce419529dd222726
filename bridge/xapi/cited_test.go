package xapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"perch/bridge"
	"perch/bridge/sim"
	"perch/bridge/sim/fault"
	"perch/bridge/sim/media"
	"perch/bridge/xapi"
)

func TestAPostIsLookedUp(t *testing.T) {
	for _, profile := range profiles {
		t.Run(profile, func(t *testing.T) {
			w := newWorld(t, sim.XOptions{})
			var told []string
			c := w.client(profile, func(c *xapi.Config) {
				c.Reads = func(kind bridge.BilledKind, ids ...string) { told = append(told, fmt.Sprint(kind, ids)) }
			})
			long := "We open & close: " + strings.Repeat("again ", 100)
			short := w.Post(annID, sim.Post{Text: "Fish & <chips>", Files: []media.File{media.SamplePNG()}})
			for id, want := range map[string]string{short: "Fish & <chips>", w.Post(annID, sim.Post{Text: long}): long[:50]} {
				got, err := c.Post(t.Context(), id)
				if err != nil || got.ID != id || got.Handle != "annlee" || !strings.HasPrefix(got.Text, want) || got.IsGone || strings.Contains(got.Text, "t.co") {
					t.Errorf("%+v, %v; want %q", got, err, want)
				}
			}
			w.DeletePost(short)
			if got, err := c.Post(t.Context(), short); bridge.CodeOf(err) != bridge.CodeNoPost {
				t.Errorf("a deleted post: %+v, %v", got, err)
			}
			billed := map[string]int{"v2": 2, "v1.1": 0}[profile] // an Enterprise contract does not bill by the post
			if n := len(slices.DeleteFunc(told, func(s string) bool { return !strings.HasPrefix(s, "post_read") })); n != billed {
				t.Errorf("told of %v", told)
			}
			if _, err := c.Post(t.Context(), "../users/me"); bridge.KindOf(err) != bridge.Invalid {
				t.Errorf("no id: %v", err)
			}
			w.mustBeStrict(t)
		})
	}
}

// Only X's own word that a post is gone counts as that.
func TestAPostThatCannotBeHadIsNotGone(t *testing.T) {
	for _, profile := range profiles {
		for name, tc := range map[string]struct {
			fault fault.Fault
			kind  bridge.Kind
		}{
			"not visible":    {fault.Fault{Status: 403, Code: 179, Title: "Forbidden", Detail: "Sorry, you are not authorized to see this status."}, bridge.Rejected},
			"no such path":   {fault.Fault{Status: 404, Code: 34, Title: "Not Found", Detail: "Sorry, that page does not exist."}, bridge.Rejected},
			"no credits":     {fault.Credits(), bridge.Operator},
			"limit":          {fault.TooMany(), bridge.RateLimited},
			"out of order":   {fault.Unavailable(), bridge.Temporary},
			"a page":         {fault.Broken(), bridge.Temporary},
			"another post":   {fault.Fault{Status: 200, RawBody: `{"data":{"id":"1","text":"x"},"id_str":"1","text":"x"}`}, bridge.Temporary},
			"nothing":        {fault.Fault{Status: 200, RawBody: `{}`}, bridge.Temporary},
			"text instead":   {fault.Fault{Status: 200, RawBody: `"gone"`}, bridge.Temporary},
			"odd data":       {fault.Fault{Status: 200, RawBody: `{"data":[[]],"includes":7,"id_str":{}}`}, bridge.Temporary},
			"not authorized": {fault.Fault{Status: 200, RawBody: `{"errors":[{"title":"Authorization Error","detail":"Sorry, you are not authorized to see the Post"}]}`}, bridge.Rejected},
		} {
			t.Run(profile+" "+name, func(t *testing.T) {
				w := newWorld(t, sim.XOptions{})
				c := w.client(profile)
				tc.fault.Endpoint = "posts.get"
				w.Fault(tc.fault)
				if got, err := c.Post(t.Context(), "1990000000000000000"); bridge.KindOf(err) != tc.kind || bridge.CodeOf(err) == bridge.CodeNoPost || got != (bridge.Cited{}) {
					t.Errorf("%+v, %v (%s); want %s", got, err, bridge.KindOf(err), tc.kind)
				}
			})
		}
	}
}

// What was missed tells of the writer, too.
func TestWhatWasMissedTellsWhoWrites(t *testing.T) {
	for _, profile := range profiles {
		w := newWorld(t, sim.XOptions{})
		w.AddPerson(sim.Person{ID: annID, Handle: "annlee", Name: "Ann Lee", Profile: sim.Profile{Verified: "business", Followers: 1234, About: "Fish & chips"}})
		c := w.client(profile)
		w.Post(annID, sim.Post{Text: "@acme_support help"})
		page, err := c.MissedMentions(t.Context(), "", 10, "")
		if err != nil || len(page.Events) != 1 || !strings.Contains(string(page.Events[0].Body), "1234") {
			t.Errorf("%s: %+v, %v", profile, page, err)
		}
		w.mustBeStrict(t)
	}
}
