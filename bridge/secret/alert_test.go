package secret_test

import (
	"testing"

	"perch/bridge/secret"
)

func TestKey_OfAnAlert(t *testing.T) {
	t.Parallel()
	for name, isFine := range map[string]bool{
		"alert.ops.url": true, "alert.a-1.key": true, "alert.ops.password": true, "alert.ops": false, "alert..url": false, "alert.Ops.url": false,
		"alert.ops.token": false, "alert.ops.url.x": false, "xalert.ops.url": false,
	} {
		if _, err := secret.MakeKey("", name); (err == nil) != isFine {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := secret.MakeKey("support", name); err == nil {
			t.Errorf("%s is no channel's secret", name)
		}
	}
}
