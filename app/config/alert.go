package config

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// The values of Alert.Kind.
const (
	AlertWebhook    = "webhook"
	AlertSlack      = "slack"
	AlertTeams      = "teams"
	AlertGoogleChat = "google_chat"
	AlertEmail      = "email"
	AlertHeartbeat  = "heartbeat"
)

// AlertKinds lists them all, in the order in which people choose.
func AlertKinds() []string {
	return []string{AlertWebhook, AlertSlack, AlertTeams, AlertGoogleChat, AlertEmail, AlertHeartbeat}
}

// The values of Alert.TLS.
const (
	AlertStartTLS = "starttls"
	AlertTLS      = "tls"
)

// Alert is one place where somebody is told of trouble.
type Alert struct {
	// Name is up to 32 small letters, digits and hyphens, and unique.
	Name string `toml:"name"`
	// Kind is one of AlertKinds.
	Kind string `toml:"kind"`
	// URL is where to call; empty where the secret alert.NAME.url says it, which wins.
	URL string `toml:"url"`
	// After is how long what mends by itself may take before it is told, see AfterTime.
	After string `toml:"after"`
	// Waiting is how old the oldest waiting message may be before it is told, see WaitingTime.
	Waiting string `toml:"waiting"`
	// Quiet are hours in which only what is urgent is told ("22:00-07:00", local time); empty for none. See QuietTime.
	Quiet string `toml:"quiet"`
	// Every is the time between two calls of a heartbeat, see EveryTime.
	Every string `toml:"every"`
	// IncludeText adds who wrote and what.
	IncludeText bool `toml:"include_text"`
	// Server is the host:port of a mail server, and TLS is how it is spoken to. User is empty for one that wants none.
	Server string `toml:"server"`
	TLS    string `toml:"tls"`
	User   string `toml:"user"`
	// From and To are addresses of e-mail.
	From string   `toml:"from"`
	To   []string `toml:"to"`
}

// DefaultAlert returns what holds where an [[alert]] says nothing. It has no address yet.
func DefaultAlert(name string) Alert {
	return Alert{Name: name, Kind: AlertWebhook, After: "5m", Waiting: "15m", Every: "5m", TLS: AlertStartTLS, To: []string{}}
}

// AfterTime is After; it was checked.
func (a Alert) AfterTime() time.Duration { return timeOf(a.After) }

// WaitingTime is Waiting; it was checked.
func (a Alert) WaitingTime() time.Duration { return timeOf(a.Waiting) }

// EveryTime is Every; it was checked.
func (a Alert) EveryTime() time.Duration { return timeOf(a.Every) }

func timeOf(text string) time.Duration {
	d, _ := time.ParseDuration(text) // all but what is right was refused
	return d
}

// QuietTime is when Quiet begins and ends, in minutes after midnight; false when there are no such hours.
func (a Alert) QuietTime() (from, to int, isSet bool) {
	first, last, found := strings.Cut(a.Quiet, "-")
	from, fromErr := minuteOf(first)
	to, toErr := minuteOf(last)
	return from, to, found && cmp.Or(fromErr, toErr) == nil && from != to
}

func minuteOf(text string) (int, error) {
	at, err := time.Parse("15:04", strings.TrimSpace(text))
	if err != nil {
		return 0, strconv.ErrSyntax
	}
	return at.Hour()*60 + at.Minute(), nil
}
