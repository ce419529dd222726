package form_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/ui/form"
	"perch/ui/translation"
	"perch/ui/uitest"
)

var en = translation.New("en")

func TestEverythingCanBeSet(t *testing.T) {
	var have, secrets []string
	for _, g := range form.Groups() {
		if !en.Has("window.group." + g.Key) {
			t.Errorf("the group %s has no name", g.Key)
		}
		for _, check := range g.Checks {
			if !en.Has("window.check." + check) {
				t.Errorf("the check %s has no name", check)
			}
		}
		for _, f := range g.Fields {
			if f.Kind == form.Secret {
				secrets = append(secrets, f.Path)
			} else {
				have = append(have, f.Full(g.Tab, 0))
			}
			key := f.Key(g.Tab)
			if !en.Has("window.field."+key) || !en.Has("window.help."+key) {
				t.Errorf("%s has no name or no help", key)
			}
			for _, option := range f.Options {
				if option == "" {
					option = "none"
				}
				if !en.Has("window.option." + key + "." + option) {
					t.Errorf("the value %s of %s has no name", option, key)
				}
			}
		}
	}
	want := form.Paths()
	slices.Sort(want)
	slices.Sort(have)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	for _, s := range uitest.NewSettings().Stored.Secrets {
		if !slices.Contains(secrets, s.Name) {
			t.Errorf("the secret %s cannot be set", s.Name)
		}
	}
}

func TestGetAndSet(t *testing.T) {
	c := uitest.NewSettings().Stored.Config
	values := map[string]string{
		"listen": "0.0.0.0:1", "legacy_reply_path": "true", "reach.motion_proxy.port": "3003", "channel.0.name": "sales", "channel.0.x.mentions": "false",
		"channel.0.x.media_hosts": "a.example\nb.example", "reach.ssh.address": "h:22",
	}
	for path, value := range values {
		form.Set(&c, path, value)
		if got := form.Get(&c, path); got != value {
			t.Errorf("%s is %q, want %q", path, got, value)
		}
	}
	form.Set(&c, "reach.motion_proxy.port", "many")
	form.Set(&c, "listen", "  x  ")
	if c.Reach.MotionProxy.Port != 0 || c.Listen != "x" {
		t.Errorf("%+v", c)
	}
	for _, path := range []string{"", "nothing", "channel", "channel.7.name", "channel.x.name", "listen.more"} {
		form.Set(&c, path, "x")
		if got := form.Get(&c, path); got != "" {
			t.Errorf("%q is %q", path, got)
		}
	}
	copied := form.Clone(c)
	copied.Channels[0].Name, copied.Channels[0].X.MediaHosts[0] = "other", "other"
	if c.Channels[0].Name == "other" || c.Channels[0].X.MediaHosts[0] == "other" {
		t.Error("a clone shares what it is a clone of")
	}
}

func TestFieldsAreShownWhereTheyMatter(t *testing.T) {
	c := uitest.NewSettings().Stored.Config
	ssh, v1 := form.Field{Path: "reach.ssh.address", When: "reach.tunnel", Is: "ssh"}, form.Field{Path: "x.environment", When: "x.api", Is: "v1.1"}
	if !ssh.IsShown(&c, "reach", 0) || v1.IsShown(&c, "channel", 0) {
		t.Error("with SSH and v2")
	}
	c.Reach.Tunnel, c.Channels[0].X.API = "", "v1.1"
	if ssh.IsShown(&c, "reach", 0) || !v1.IsShown(&c, "channel", 0) {
		t.Error("without SSH and with v1.1")
	}
}
