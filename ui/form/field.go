// Package form is everything that can be set, and the inputs for it: what the settings and the set-up share.
//
// It guarantees that each key of perch.toml and each secret is one Field, with its texts under the field's path, and that
// Get, Set and Clone never share memory between two configurations.
package form

import (
	"slices"
	"strconv"
	"strings"

	"perch/app/config"
	"perch/app/control"
)

// Kind is how a value is put in.
type Kind int

// The kinds of field.
const (
	Text Kind = iota
	Choice
	Switch
	Number
	List
	Secret
)

// Field is one thing that can be set: a key of perch.toml, or a secret.
type Field struct {
	// Path is the place in control.Config ("reach.mode"), below its channel or its alert for a field of one ("x.api"), or the
	// name of a secret; of an alert's secret it is the last part ("url").
	Path string
	Kind Kind
	// Options are the values of a Choice.
	Options []string
	// When and Is hide the field unless the field When has one of the values of Is, which blanks part; When is "" for always.
	When, Is string
}

// Group is a card of fields.
type Group struct {
	// Key names the group, Tab the tab that it is on: "general", "reach", "alert" or "channel".
	Key, Tab string
	Fields   []Field
	// Checks are the tests that belong to the group.
	Checks []string
}

// Groups returns everything that can be set, in the order in which it is shown.
func Groups() []Group {
	text := func(path string) Field { return Field{Path: path} }
	when := func(path, is string, fields ...Field) []Field {
		for i := range fields {
			fields[i].When, fields[i].Is = path, is
		}
		return fields
	}
	secret := func(path string) Field { return Field{Path: path, Kind: Secret} }
	sw := func(path string) Field { return Field{Path: path, Kind: Switch} }
	choice := func(path string, options ...string) Field {
		return Field{Path: path, Kind: Choice, Options: options}
	}
	return []Group{
		{Key: "relay", Tab: "general", Fields: []Field{
			text("listen"), choice("secrets", "keyring", "vault"), sw("legacy_reply_path"),
		}},
		{Key: "log", Tab: "general", Fields: []Field{choice("log_level", "debug", "info", "warn", "error"), text("log_file")}},
		{Key: "backup", Tab: "general", Fields: []Field{text("backup.every"), {Path: "backup.keep", Kind: Number}, text("backup.folder")}},
		{Key: "update", Tab: "general", Fields: []Field{text("update.feed"), text("update.key"), sw("update.check_daily")}},
		{Key: "costs", Tab: "general", Fields: []Field{text("costs.monthly_budget"), sw("costs.stop_lookups"), sw("costs.flag_links")}},
		{Key: "prices", Tab: "general", Fields: prices()},
		{Key: "web", Tab: "general", Fields: []Field{sw("web.enabled"), text("web.listen"), text("web.cert_file"), text("web.key_file")}},
		{Key: "metrics", Tab: "general", Fields: []Field{text("metrics.listen")}},
		{Key: "reach", Tab: "reach", Checks: []string{control.CheckPublicAddress}, Fields: []Field{
			choice("reach.mode", config.Modes()...), text("reach.public_url"),
			choice("reach.tunnel", config.Tunnels()...), sw("reach.reply_public"),
		}},
		{Key: "ssh", Tab: "reach", Fields: when("reach.tunnel", "ssh", text("reach.ssh.address"), text("reach.ssh.user"), text("reach.ssh.remote_listen"),
			text("reach.ssh.identity_file"), text("reach.ssh.known_hosts"), secret("reach.ssh_passphrase"))},
		{Key: "ngrok", Tab: "reach", Fields: when("reach.tunnel", "ngrok", text("reach.ngrok.domain"), secret("reach.ngrok_token"))},
		{Key: "cloudflared", Tab: "reach", Fields: when("reach.tunnel", "cloudflared", text("reach.cloudflared.path"), secret("reach.cloudflared_token"))},
		{Key: "tls", Tab: "reach", Fields: when("reach.tunnel", "tls", text("reach.tls.listen"), text("reach.tls.acme_domain"), text("reach.tls.acme_email"),
			text("reach.tls.cert_file"), text("reach.tls.key_file"))},
		{Key: "motion_proxy", Tab: "reach", Fields: when("reach.mode", "webhook", text("reach.motion_proxy.host"),
			Field{Path: "reach.motion_proxy.port", Kind: Number}, secret("reach.proxy_token"))},
		{Key: "x", Tab: "channel", Checks: []string{control.CheckXKeys, control.CheckXPermissions}, Fields: []Field{
			text("name"), secret("x.consumer_key"), secret("x.consumer_secret"), secret("x.access_token"), secret("x.access_token_secret"),
			choice("x.api", "v2", "v1.1"),
			{Path: "x.environment", When: "x.api", Is: "v1.1"},
			sw("x.mentions"), sw("x.chat"),
		}},
		{Key: "motion", Tab: "channel", Checks: []string{control.CheckMotionURL, control.CheckMotionCredentials, control.CheckAttachments}, Fields: []Field{
			text("motion.receive_url"), text("motion.user"), secret("motion.password"), secret("motion.api_key"), text("motion.map_key"),
			text("motion.base_url"), text("motion.tls_pin"),
		}},
		{Key: "agents", Tab: "channel", Fields: []Field{
			sw("agents.who_writes"), sw("agents.answered_post"), sw("agents.dm"), sw("agents.link"), sw("agents.thread"), sw("agents.hide"),
		}},
		{Key: "alert", Tab: "alert", Fields: alertFields()},
		{Key: "servers", Tab: "channel", Fields: []Field{text("x.api_base"), text("x.upload_base"), {Path: "x.media_hosts", Kind: List}}},
	}
}

// prices are those of all that X bills for.
func prices() []Field {
	var fields []Field
	for _, kind := range control.CostKinds() {
		fields = append(fields, Field{Path: "costs.prices." + kind})
	}
	return fields
}

// alertFields are those of one [[alert]]. What only some kinds have is hidden for the others.
func alertFields() []Field {
	const calls, kind = "webhook heartbeat", "kind"
	const tells = "webhook slack teams google_chat email"
	fields := []Field{
		{Path: "name"},
		{Path: kind, Kind: Choice, Options: config.AlertKinds()},
		{Path: "server", When: kind, Is: config.AlertEmail},
		{Path: "tls", Kind: Choice, Options: []string{config.AlertStartTLS, config.AlertTLS}, When: kind, Is: config.AlertEmail},
		{Path: "user", When: kind, Is: config.AlertEmail},
		{Path: "password", Kind: Secret, When: kind, Is: config.AlertEmail},
		{Path: "from", When: kind, Is: config.AlertEmail},
		{Path: "to", Kind: List, When: kind, Is: config.AlertEmail},
		{Path: "url", When: kind, Is: calls},
		{Path: "url", Kind: Secret, When: kind, Is: "webhook slack teams google_chat heartbeat"},
		{Path: "key", Kind: Secret, When: kind, Is: config.AlertWebhook},
		{Path: "every", When: kind, Is: config.AlertHeartbeat},
	}
	for _, path := range []string{"after", "waiting", "quiet"} {
		fields = append(fields, Field{Path: path, When: kind, Is: tells})
	}
	return append(fields, Field{Path: "include_text", Kind: Switch, When: kind, Is: tells})
}

// Full is the path of a field in control.Config; at is the number of the channel or the alert that it belongs to.
func (f Field) Full(tab string, at int) string {
	if (tab == "channel" || tab == "alert") && f.Kind != Secret {
		return tab + "." + strconv.Itoa(at) + "." + f.Path
	}
	return f.Path
}

// Key is the end of the keys of the field's texts, behind "window.field." and "window.help.".
func (f Field) Key(tab string) string {
	switch {
	case tab == "alert" && f.Kind == Secret:
		return SecretKey("alert.NAME." + f.Path)
	case tab == "alert", f.Path == "name":
		return tab + "." + f.Path
	}
	return f.Path
}

// SecretKey is the end of the keys of a secret's texts: those of alerts are the same for each.
func SecretKey(name string) string {
	if parts := strings.Split(name, "."); parts[0] == "alert" && len(parts) == 3 {
		return "alert.secret." + parts[2]
	}
	return name
}

// IsShown reports whether the field matters with the values of c.
func (f Field) IsShown(c *control.Config, tab string, at int) bool {
	return f.When == "" || slices.Contains(strings.Fields(f.Is), Get(c, Field{Path: f.When}.Full(tab, at)))
}
