package xgate

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

// rates are the limits of an endpoint; 0 means none. user and app count per period, the others per 24 hours. app
// counts the calls without user keys, and all of them where there is no user limit.
type rates struct {
	user, app       int
	userDay, appDay int
	period          time.Duration
}

const (
	quarter = 15 * time.Minute
	day     = 24 * time.Hour
	// otherLimit is for what X's tables do not name.
	otherLimit = 900
	v11Prefix  = "1.1 "
)

// defaultLimits are X's limits (X docs: rate limits; for v1.1 the archived reference).
func defaultLimits() map[string]rates {
	return map[string]rates{
		"dm.send":                {user: 15, userDay: 1440, appDay: 1440},
		"dm.events":              {user: 15},
		"post.create":            {user: 100, appDay: 10000},
		"posts.get":              {user: 900, app: 450},
		"posts.own":              {user: 900, app: 1500},
		"mentions":               {user: 300, app: 450},
		"users.me":               {user: 75},
		"users.id":               {user: 900, app: 300},
		"users.by_handle":        {user: 900, app: 300},
		"media.upload":           {user: 1875, appDay: 180000},
		"media.oneshot":          {user: 500, appDay: 50000},
		"media.status":           {user: 1000, appDay: 100000},
		"media.get":              {},
		"1.1 media.get":          {},
		"webhooks":               {app: 450},
		"activity.subscriptions": {app: 500},
		"activity.stream":        {app: 450},
		"1.1 dm.send":            {userDay: 1000, appDay: 15000},
		"1.1 dm.events":          {user: 15},
		"1.1 post.create":        {user: 300, period: 3 * time.Hour},
		"1.1 media.upload":       {user: 615},
		"1.1 media.status":       {user: 615},
		"1.1 webhooks":           {app: 15},
		"1.1 subscriptions":      {app: 500},
		"1.1 subscriptions.list": {app: 50},
	}
}

// windowKey names one window: of which endpoint, over which time, for whom.
type windowKey struct{ limit, scope, who string }

// window is one rate-limit window. It begins with the first call in it.
type window struct {
	limit, used int
	reset       time.Time
}

// SetLimit sets how many calls of an endpoint X takes in a window, for each user and for each app, and empties the
// windows; limit 0 means no limit. A window of 24 hours or more is the daily one, which is kept beside the short one.
func (x *Gate) SetLimit(endpoint string, limit int, period time.Duration) {
	x.Lock()
	defer x.Unlock()
	for _, key := range []string{endpoint, v11Prefix + endpoint} {
		r := x.ratesOf(key)
		if period >= day {
			r.userDay = limit
			if limit == 0 || limit > r.appDay {
				r.appDay = limit
			}
		} else {
			r.user, r.app, r.period = limit, limit, period
		}
		x.limits[key] = r
	}
	for key := range x.windows {
		if strings.TrimPrefix(key.limit, v11Prefix) == endpoint {
			delete(x.windows, key)
		}
	}
}

func (x *Gate) ratesOf(key string) rates {
	r, found := x.limits[key]
	if !found {
		r = rates{user: otherLimit, app: otherLimit}
	}
	if r.period == 0 {
		r.period = quarter
	}
	return r
}

// admit counts the call and returns the headers that tell the limits, and the refusal when one of them is used up.
func (x *Gate) admit(in *Request) (http.Header, *serve.Answer) {
	headers := http.Header{}
	if in.Account != nil {
		headers.Set("X-Access-Level", in.Account.Access)
	}
	if in.App == nil {
		return headers, nil
	}
	x.Lock()
	defer x.Unlock()
	open := x.windowsOf(in)
	var full bool
	for _, w := range open {
		full = full || w.used >= w.limit
	}
	for prefix, w := range open {
		if !full {
			w.used++
		}
		headers.Set(prefix+"Limit", strconv.Itoa(w.limit))
		headers.Set(prefix+"Remaining", strconv.Itoa(max(w.limit-w.used, 0)))
		headers.Set(prefix+"Reset", strconv.FormatInt(w.reset.Unix(), 10))
	}
	if full {
		return headers, in.Refuse(fault.TooMany())
	}
	return headers, nil
}

// windowsOf returns the windows in which the call counts, by the prefix of their headers.
func (x *Gate) windowsOf(in *Request) map[string]*window {
	key := in.end.Limit
	if key == "" {
		key = in.end.Name
	}
	if in.isV11() {
		key = v11Prefix + key
	}
	r := x.ratesOf(key)
	open := map[string]*window{}
	add := func(prefix, scope, who string, limit int, period time.Duration) {
		if limit > 0 {
			open[prefix] = x.window(windowKey{key, scope, who}, limit, period)
		}
	}
	if in.Account != nil && r.user > 0 {
		add("X-Rate-Limit-", "user", in.Account.ID, r.user, r.period)
	} else if in.Account == nil || r.user == 0 {
		add("X-Rate-Limit-", "app", in.App.Key, r.app, r.period)
	}
	if in.Account != nil {
		add("X-User-Limit-24hour-", "user day", in.Account.ID, r.userDay, day)
	}
	add("X-App-Limit-24hour-", "app day", in.App.Key, r.appDay, day)
	return open
}

func (x *Gate) window(key windowKey, limit int, period time.Duration) *window {
	w := x.windows[key]
	if now := x.Now(); w == nil || !now.Before(w.reset) {
		// Whole seconds, because that is all that the header can tell.
		w = &window{limit: limit, reset: now.Add(period).Truncate(time.Second)}
		if !w.reset.After(now) {
			w.reset = w.reset.Add(time.Second)
		}
		x.windows[key] = w
	}
	return w
}
