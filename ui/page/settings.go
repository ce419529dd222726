// Package page turns what the relay tells into what the window's pages show: rows and words.
//
// It guarantees that its functions are pure and that no text holds a secret.
package page

import (
	"reflect"
	"strconv"
	"strings"

	"perch/app/control"
)

// FieldKind is how a value is put in.
type FieldKind int

// The kinds of field.
const (
	FieldText FieldKind = iota
	FieldChoice
	FieldSwitch
	FieldNumber
	FieldList
	FieldSecret
)

// Field is one thing that can be set: a key of perch.toml, or a secret.
type Field struct {
	// Path is the place in control.Config ("reach.mode"), below its channel for a channel's field ("x.api"), or the
	// name of a secret.
	Path string
	Kind FieldKind
	// Options are the values of a FieldChoice.
	Options []string
	// When and Is hide the field unless the field When has the value Is; When is "" for always.
	When, Is string
}

// FieldGroup is a card of fields.
type FieldGroup struct {
	// Key names the group, Tab the tab that it is on: "general", "reach" or "channel".
	Key, Tab string
	Fields   []Field
	// Checks are the tests that belong to the group.
	Checks []string
}

// FieldGroups returns everything that can be set, in the order in which it is shown.
func FieldGroups() []FieldGroup {
	text := func(path string) Field { return Field{Path: path} }
	when := func(path, is string, fields ...Field) []Field {
		for i := range fields {
			fields[i].When, fields[i].Is = path, is
		}
		return fields
	}
	secret := func(path string) Field { return Field{Path: path, Kind: FieldSecret} }
	sw := func(path string) Field { return Field{Path: path, Kind: FieldSwitch} }
	choice := func(path string, options ...string) Field {
		return Field{Path: path, Kind: FieldChoice, Options: options}
	}
	return []FieldGroup{
		{Key: "relay", Tab: "general", Fields: []Field{
			text("listen"), choice("secrets", "keyring", "vault"), sw("legacy_reply_path"),
		}},
		{Key: "log", Tab: "general", Fields: []Field{choice("log_level", "debug", "info", "warn", "error"), text("log_file")}},
		{Key: "reach", Tab: "reach", Checks: []string{control.CheckPublicAddress}, Fields: []Field{
			choice("reach.mode", "stream", "webhook", "poll"), text("reach.public_url"),
			choice("reach.tunnel", "", "ssh", "ngrok", "cloudflared", "tls"), sw("reach.reply_public"),
		}},
		{Key: "ssh", Tab: "reach", Fields: when("reach.tunnel", "ssh", text("reach.ssh.address"), text("reach.ssh.user"), text("reach.ssh.remote_listen"),
			text("reach.ssh.identity_file"), text("reach.ssh.known_hosts"), secret("reach.ssh_passphrase"))},
		{Key: "ngrok", Tab: "reach", Fields: when("reach.tunnel", "ngrok", text("reach.ngrok.domain"), secret("reach.ngrok_token"))},
		{Key: "cloudflared", Tab: "reach", Fields: when("reach.tunnel", "cloudflared", text("reach.cloudflared.path"), secret("reach.cloudflared_token"))},
		{Key: "tls", Tab: "reach", Fields: when("reach.tunnel", "tls", text("reach.tls.listen"), text("reach.tls.acme_domain"), text("reach.tls.acme_email"),
			text("reach.tls.cert_file"), text("reach.tls.key_file"))},
		{Key: "motion_proxy", Tab: "reach", Fields: when("reach.mode", "webhook", text("reach.motion_proxy.host"),
			Field{Path: "reach.motion_proxy.port", Kind: FieldNumber}, secret("reach.proxy_token"))},
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
		{Key: "servers", Tab: "channel", Fields: []Field{text("x.api_base"), text("x.upload_base"), {Path: "x.media_hosts", Kind: FieldList}}},
	}
}

// Full is the path of a field in control.Config; channel is the number of the channel that it belongs to.
func (f Field) Full(tab string, channel int) string {
	if tab == "channel" && f.Kind != FieldSecret {
		return "channel." + strconv.Itoa(channel) + "." + f.Path
	}
	return f.Path
}

// IsShown reports whether the field matters with the values of c.
func (f Field) IsShown(c *control.Config, tab string, channel int) bool {
	return f.When == "" || Get(c, Field{Path: f.When}.Full(tab, channel)) == f.Is
}

// Get returns a value of a configuration as text; "" for a path that there is not. Lists have a value a line.
func Get(c *control.Config, path string) string {
	v := at(reflect.ValueOf(c).Elem(), path)
	switch v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		if list, ok := v.Interface().([]string); ok {
			return strings.Join(list, "\n")
		}
	}
	return ""
}

// Set changes a value of a configuration. What is no number counts as 0, which the relay's own check then refuses.
func Set(c *control.Config, path, value string) {
	v := at(reflect.ValueOf(c).Elem(), path)
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(value))
	case reflect.Bool:
		v.SetBool(value == "true")
	case reflect.Int:
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			n = 0
		}
		v.SetInt(int64(n))
	case reflect.Slice:
		if _, ok := v.Interface().([]string); ok {
			v.Set(reflect.ValueOf(strings.Fields(value)))
		}
	}
}

// at finds the field whose JSON names make the path; the zero Value when there is none.
func at(v reflect.Value, path string) reflect.Value {
	for name := range strings.SplitSeq(path, ".") {
		switch v.Kind() {
		case reflect.Slice:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= v.Len() {
				return reflect.Value{}
			}
			v = v.Index(i)
		case reflect.Struct:
			v = member(v, name)
		default:
			return reflect.Value{}
		}
	}
	return v
}

func member(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == name {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// Paths lists the paths of all values of a configuration with one channel.
func Paths() []string {
	c := control.Config{Channels: []control.ChannelConfig{{}}}
	return paths(reflect.ValueOf(c), "")
}

func paths(v reflect.Value, path string) []string {
	if path != "" {
		path += "."
	}
	var list []string
	for i := range v.NumField() {
		name, field := path+v.Type().Field(i).Tag.Get("json"), v.Field(i)
		switch {
		case field.Kind() == reflect.Struct:
			list = append(list, paths(field, name)...)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			list = append(list, paths(field.Index(0), name+".0")...)
		default:
			list = append(list, name)
		}
	}
	return list
}

// Clone is a copy that shares nothing with c.
func Clone(c control.Config) control.Config {
	c.Channels = append([]control.ChannelConfig{}, c.Channels...)
	for i := range c.Channels {
		c.Channels[i].X.MediaHosts = append([]string{}, c.Channels[i].X.MediaHosts...)
	}
	return c
}

// NewChannel is a channel with what holds where nothing is said.
func NewChannel(name string) control.ChannelConfig {
	return control.ChannelConfig{
		Name: name, X: control.XConfig{
			API: "v2", Mentions: true, Chat: true, APIBase: "https://api.x.com", UploadBase: "https://upload.twitter.com",
			MediaHosts: []string{"ton.twitter.com", "ton.x.com", "pbs.twimg.com", "video.twimg.com", "api.x.com", "api.twitter.com"},
		},
		Motion: control.MotionConfig{User: "admin"},
	}
}
