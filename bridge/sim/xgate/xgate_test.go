package xgate_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/simtest"
	"perch/bridge/sim/xstate"
)

func TestX_RefusesWrongKeys(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	for name, change := range map[string]func(*simtest.Client){
		"consumer key":  func(c *simtest.Client) { c.Account.ConsumerKey = "nobody" },
		"token":         func(c *simtest.Client) { c.Account.AccessToken = "nobody" },
		"token secret":  func(c *simtest.Client) { c.Account.AccessTokenSecret = "wrong" },
		"no keys":       func(c *simtest.Client) { c.Account = sim.Account{} },
		"old timestamp": func(c *simtest.Client) { c.Shift = -6 * time.Minute },
		"early":         func(c *simtest.Client) { c.Shift = 6 * time.Minute },
		"bearer":        func(c *simtest.Client) { c.Bearer = "AAAAnothing" },
	} {
		c := w.Client
		change(&c)
		if r := c.Get("/2/users/me"); r.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		} else if strings.Contains(name, "old") && r.Text("errors", 0, "code") != "135" {
			t.Errorf("%s: %s", name, r.Body)
		}
	}
	if v := w.Violations(); len(v) != 2 { // the wrong signature and the missing header
		t.Errorf("violations: %q", v)
	}
	c := w.Client
	c.Nonce = "once"
	if r := c.Get("/2/users/me"); r.Status != 200 {
		t.Errorf("first use of a nonce: %d", r.Status)
	}
	if r := c.Get("/2/users/me"); r.Status != http.StatusUnauthorized || len(w.Violations()) != 3 {
		t.Errorf("second use of a nonce: %d, %q", r.Status, w.Violations())
	}
}

func TestX_ObeysItsClock(t *testing.T) {
	t.Parallel()
	ahead := time.Hour
	w := simtest.NewWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(ahead) }})
	r := w.Client.Get("/2/users/me")
	date, err := http.ParseTime(r.Header.Get("Date"))
	if r.Status != http.StatusUnauthorized || err != nil || time.Until(date) < 59*time.Minute {
		t.Errorf("%d, date %v", r.Status, date)
	}
	w.Client.Shift = ahead
	if r := w.Client.Get("/2/users/me"); r.Status != 200 {
		t.Errorf("with X's clock: %d %s", r.Status, r.Body)
	}
	w.Clean(t)
}

func TestX_RefusesTheWrongKindOfKey(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	token := w.Bearer(t)
	app := simtest.Client{T: t, Base: w.URL(), Bearer: token}
	if r := app.Get("/2/users/" + w.Brand.ID + "/mentions"); r.Status != 200 {
		t.Errorf("mentions: %d %s", r.Status, r.Body)
	}
	if again := w.Bearer(t); again != token {
		t.Errorf("the bearer token changed")
	}
	w.Clean(t)
	if r := app.Get("/2/users/me"); r.Status != http.StatusForbidden || !strings.HasSuffix(r.Text("type"), "/unsupported-authentication") {
		t.Errorf("users/me: %d %s", r.Status, r.Body)
	}
}

func TestX_RefusesMalformedRequests(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	to := "/2/dm_conversations/with/" + w.Customer.ID + "/messages"
	for name, call := range map[string]func() simtest.Reply{
		"unknown member":      func() simtest.Reply { return w.Client.Post(to, `{"text":"a","media_id":"1"}`) },
		"empty text":          func() simtest.Reply { return w.Client.Post(to, `{"text":""}`) },
		"nothing":             func() simtest.Reply { return w.Client.Post(to, `{}`) },
		"two values":          func() simtest.Reply { return w.Client.Post(to, `{"text":"a"} {}`) },
		"no JSON type":        func() simtest.Reply { return w.Client.Call("POST", to, "text/plain", []byte(`{"text":"a"}`)) },
		"two attachments":     func() simtest.Reply { return w.Client.Post(to, `{"attachments":[{"media_id":"1"},{"media_id":"2"}]}`) },
		"handle for id":       func() simtest.Reply { return w.Client.Post("/2/dm_conversations/with/annlee/messages", `{"text":"a"}`) },
		"unknown parameter":   func() simtest.Reply { return w.Client.Get("/2/users/me?fields=id") },
		"wrong field":         func() simtest.Reply { return w.Client.Get("/2/users/me?user.fields=screen_name") },
		"parameter twice":     func() simtest.Reply { return w.Client.Get("/2/dm_events?max_results=1&max_results=2") },
		"too many results":    func() simtest.Reply { return w.Client.Get("/2/dm_events?max_results=101") },
		"made-up page":        func() simtest.Reply { return w.Client.Get("/2/dm_events?pagination_token=1234567890123456") },
		"empty post":          func() simtest.Reply { return w.Client.Post("/2/tweets", `{"text":""}`) },
		"reply without id":    func() simtest.Reply { return w.Client.Post("/2/tweets", `{"text":"a","reply":{}}`) },
		"v1.1 name in v2":     func() simtest.Reply { return w.Client.Post("/2/tweets", `{"status":"a"}`) },
		"body of a GET":       func() simtest.Reply { return w.Client.Call("GET", "/2/users/me", "application/json", []byte("{}")) },
		"media never sent":    func() simtest.Reply { return w.Client.Post(to, `{"attachments":[{"media_id":"1"}]}`) },
		"media of a post":     func() simtest.Reply { return w.Client.Post("/2/tweets", `{"media":{"media_ids":["1"]}}`) },
		"handle with an @":    func() simtest.Reply { return w.Client.Get("/2/users/by/username/@annlee") },
		"too few mentions":    func() simtest.Reply { return w.Client.Get("/2/users/1/mentions?max_results=4") },
		"expansion of others": func() simtest.Reply { return w.Client.Get("/2/dm_events?expansions=author_id") },
	} {
		before := len(w.Violations())
		if r := call(); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
		if len(w.Violations()) != before+1 {
			t.Errorf("%s: no violation", name)
		}
		w.SetLimit("dm.send", 0, time.Minute)
		w.SetLimit("dm.events", 0, time.Minute)
	}
	if r := w.Client.Get("/2/nothing"); r.Status != http.StatusNotFound {
		t.Errorf("unknown path: %d", r.Status)
	}
	if r := w.Client.Call("DELETE", "/2/users/me", "", nil); r.Status != http.StatusNotFound {
		t.Errorf("unknown method: %d", r.Status)
	}
	if len(w.SentDMs())+len(w.SentPosts()) != 0 {
		t.Error("something was sent")
	}
}

func TestX_RefusesByPermission(t *testing.T) {
	t.Parallel()
	w := simtest.NewWorld(t, sim.XOptions{})
	for access, want := range map[string][2]int{xstate.ReadWrite: {403, 201}, xstate.ReadOnly: {403, 403}, xstate.ReadWriteDM: {201, 201}} {
		account := w.AddAccount(sim.Account{Handle: "h" + strconv.Itoa(len(access)), Access: access})
		c := simtest.Client{T: t, Base: w.URL(), Account: account}
		dm := c.Post("/2/dm_conversations/with/"+w.Customer.ID+"/messages", `{"text":"a"}`)
		post := c.Post("/2/tweets", `{"text":"a"}`)
		if dm.Status != want[0] || post.Status != want[1] || dm.Header.Get("X-Access-Level") != access {
			t.Errorf("%s: %d and %d", access, dm.Status, post.Status)
		}
		if dm.Status == 403 && dm.Text("errors", 0, "code") != "93" {
			t.Errorf("%s: %s", access, dm.Body)
		}
	}
	w.Clean(t)
}
