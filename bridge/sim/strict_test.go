package sim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"perch/bridge/sim"
	"perch/bridge/sim/xstate"
)

func TestX_RefusesWrongKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	for name, change := range map[string]func(*client){
		"consumer key":  func(c *client) { c.account.ConsumerKey = "nobody" },
		"token":         func(c *client) { c.account.AccessToken = "nobody" },
		"token secret":  func(c *client) { c.account.AccessTokenSecret = "wrong" },
		"no keys":       func(c *client) { c.account = sim.Account{} },
		"old timestamp": func(c *client) { c.shift = -6 * time.Minute },
		"early":         func(c *client) { c.shift = 6 * time.Minute },
		"bearer":        func(c *client) { c.bearer = "AAAAnothing" },
	} {
		c := w.client
		change(&c)
		if r := c.get("/2/users/me"); r.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		} else if strings.Contains(name, "old") && r.text("errors", 0, "code") != "135" {
			t.Errorf("%s: %s", name, r.body)
		}
	}
	if v := w.Violations(); len(v) != 2 { // the wrong signature and the missing header
		t.Errorf("violations: %q", v)
	}
	c := w.client
	c.nonce = "once"
	if r := c.get("/2/users/me"); r.status != 200 {
		t.Errorf("first use of a nonce: %d", r.status)
	}
	if r := c.get("/2/users/me"); r.status != http.StatusUnauthorized || len(w.Violations()) != 3 {
		t.Errorf("second use of a nonce: %d, %q", r.status, w.Violations())
	}
}

func TestX_ObeysItsClock(t *testing.T) {
	t.Parallel()
	ahead := time.Hour
	w := newWorld(t, sim.XOptions{Now: func() time.Time { return time.Now().Add(ahead) }})
	r := w.client.get("/2/users/me")
	date, err := http.ParseTime(r.header.Get("Date"))
	if r.status != http.StatusUnauthorized || err != nil || time.Until(date) < 59*time.Minute {
		t.Errorf("%d, date %v", r.status, date)
	}
	w.client.shift = ahead
	if r := w.client.get("/2/users/me"); r.status != 200 {
		t.Errorf("with X's clock: %d %s", r.status, r.body)
	}
	w.clean(t)
}

func TestX_RefusesTheWrongKindOfKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	token := w.bearer(t)
	app := client{t: t, base: w.URL(), bearer: token}
	if r := app.get("/2/users/" + w.brand.ID + "/mentions"); r.status != 200 {
		t.Errorf("mentions: %d %s", r.status, r.body)
	}
	if again := w.bearer(t); again != token {
		t.Errorf("the bearer token changed")
	}
	w.clean(t)
	if r := app.get("/2/users/me"); r.status != http.StatusForbidden || !strings.HasSuffix(r.text("type"), "/unsupported-authentication") {
		t.Errorf("users/me: %d %s", r.status, r.body)
	}
}

func TestX_RefusesMalformedRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	to := "/2/dm_conversations/with/" + w.customer.ID + "/messages"
	for name, call := range map[string]func() reply{
		"unknown member":      func() reply { return w.client.post(to, `{"text":"a","media_id":"1"}`) },
		"empty text":          func() reply { return w.client.post(to, `{"text":""}`) },
		"nothing":             func() reply { return w.client.post(to, `{}`) },
		"two values":          func() reply { return w.client.post(to, `{"text":"a"} {}`) },
		"no JSON type":        func() reply { return w.client.call("POST", to, "text/plain", []byte(`{"text":"a"}`)) },
		"two attachments":     func() reply { return w.client.post(to, `{"attachments":[{"media_id":"1"},{"media_id":"2"}]}`) },
		"handle for id":       func() reply { return w.client.post("/2/dm_conversations/with/annlee/messages", `{"text":"a"}`) },
		"unknown parameter":   func() reply { return w.client.get("/2/users/me?fields=id") },
		"wrong field":         func() reply { return w.client.get("/2/users/me?user.fields=screen_name") },
		"parameter twice":     func() reply { return w.client.get("/2/dm_events?max_results=1&max_results=2") },
		"too many results":    func() reply { return w.client.get("/2/dm_events?max_results=101") },
		"made-up page":        func() reply { return w.client.get("/2/dm_events?pagination_token=1234567890123456") },
		"empty post":          func() reply { return w.client.post("/2/tweets", `{"text":""}`) },
		"reply without id":    func() reply { return w.client.post("/2/tweets", `{"text":"a","reply":{}}`) },
		"v1.1 name in v2":     func() reply { return w.client.post("/2/tweets", `{"status":"a"}`) },
		"body of a GET":       func() reply { return w.client.call("GET", "/2/users/me", "application/json", []byte("{}")) },
		"media never sent":    func() reply { return w.client.post(to, `{"attachments":[{"media_id":"1"}]}`) },
		"media of a post":     func() reply { return w.client.post("/2/tweets", `{"media":{"media_ids":["1"]}}`) },
		"handle with an @":    func() reply { return w.client.get("/2/users/by/username/@annlee") },
		"too few mentions":    func() reply { return w.client.get("/2/users/1/mentions?max_results=4") },
		"expansion of others": func() reply { return w.client.get("/2/dm_events?expansions=author_id") },
	} {
		before := len(w.Violations())
		if r := call(); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if len(w.Violations()) != before+1 {
			t.Errorf("%s: no violation", name)
		}
		w.SetLimit("dm.send", 0, time.Minute)
		w.SetLimit("dm.events", 0, time.Minute)
	}
	if r := w.client.get("/2/nothing"); r.status != http.StatusNotFound {
		t.Errorf("unknown path: %d", r.status)
	}
	if r := w.client.call("DELETE", "/2/users/me", "", nil); r.status != http.StatusNotFound {
		t.Errorf("unknown method: %d", r.status)
	}
	if len(w.SentDMs())+len(w.SentPosts()) != 0 {
		t.Error("something was sent")
	}
}

func TestX_RefusesByPermission(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sim.XOptions{})
	for access, want := range map[string][2]int{xstate.ReadWrite: {403, 201}, xstate.ReadOnly: {403, 403}, xstate.ReadWriteDM: {201, 201}} {
		account := w.AddAccount(sim.Account{Handle: "h" + strconv.Itoa(len(access)), Access: access})
		c := client{t: t, base: w.URL(), account: account}
		dm := c.post("/2/dm_conversations/with/"+w.customer.ID+"/messages", `{"text":"a"}`)
		post := c.post("/2/tweets", `{"text":"a"}`)
		if dm.status != want[0] || post.status != want[1] || dm.header.Get("X-Access-Level") != access {
			t.Errorf("%s: %d and %d", access, dm.status, post.status)
		}
		if dm.status == 403 && dm.text("errors", 0, "code") != "93" {
			t.Errorf("%s: %s", access, dm.body)
		}
	}
	w.clean(t)
}
