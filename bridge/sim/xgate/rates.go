package xgate

import "time"

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
		"posts.hide":             {user: 50},
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

// window is one rate-limit window. It begins with the first call in it.
type window struct {
	limit, used int
	reset       time.Time
}

// windowKey names one window: of which endpoint, over which time, for whom.
type windowKey struct{ limit, scope, who string }
