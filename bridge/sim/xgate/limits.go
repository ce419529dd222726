package xgate

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

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
