package adapter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"perch/app/adapter"
	"perch/app/config"
	"perch/bridge/secret"
)

func TestChannelsOfAnAppShareItAndOneWithoutASecretHasNone(t *testing.T) {
	t.Parallel()
	c := config.Default()
	values := map[secret.Key]string{}
	for name, consumerSecret := range map[string]string{"a": "first", "b": "second", "c": "", "d": "first"} {
		values[secret.Key{Channel: name, Name: "x.consumer_secret"}] = consumerSecret
	}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		c.Channels = append(c.Channels, config.DefaultChannel(name))
	}
	want := []adapter.App{{ConsumerSecret: "first", Channels: []string{"a", "d"}}, {ConsumerSecret: "second", Channels: []string{"b"}}}
	if diff := cmp.Diff(want, adapter.Apps(c, values)); diff != "" {
		t.Error(diff)
	}
}

func TestPublicURLIsAsFarAsTheFileTells(t *testing.T) {
	t.Parallel()
	token := map[secret.Key]string{{Name: "reach.proxy_token"}: "hush"}
	for want, reach := range map[string]config.Reach{
		"": {},
		"https://x.example/api/messages/b?token=1":                                                        {PublicURL: "https://x.example/api/messages?token=1", MotionProxy: config.MotionProxy{Host: "m.example", Port: 1}},
		"https://m.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages/b&token=hush": {MotionProxy: config.MotionProxy{Host: "m.example", Port: 3002}},
	} {
		if got := adapter.PublicURL(&config.Config{Reach: reach}, token, "/api/messages/b"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
