package doctor

import (
	"net/url"
	"testing"

	"perch/app/config"
	"perch/app/control"
)

// "127.0.0.1" means another computer to Motion than to Perch, unless both are one.
func TestLoopbackMeansTheMotionServer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, base, tunnel string
		replies            int
		want               State
	}{
		{"Motion elsewhere", "http://192.0.2.7", "", 0, Warn},
		{"Motion elsewhere, by a way that Perch does not know", "http://192.0.2.7", "", 3, OK},
		{"Motion elsewhere, with a tunnel", "http://192.0.2.7", config.TunnelSSH, 0, OK},
		{"Motion here", "http://127.0.0.1", "", 0, Skipped}, // goes on to try, for which nobody listens in this test
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := config.Default()
			c.Reach.Tunnel = tc.tunnel
			e := &exam{Setup: Setup{Config: c}}
			e.relay.status.Channels = []control.Channel{{Name: "support", Outbound: control.Outbound{Delivered: tc.replies}}}
			m := &motionChecks{channel: &channel{exam: e, Channel: config.Channel{Name: "support", Motion: config.MotionConfig{BaseURL: tc.base}}}}
			u, err := url.Parse("http://127.0.0.1:3002/reply/TOKEN")
			if err != nil {
				t.Fatal(err)
			}
			if r := m.judgeHost(t.Context(), u); r.state != tc.want || (r.state == Warn) != (r.remedy != "") {
				t.Errorf("%+v, want %s", r, tc.want)
			}
		})
	}
}
