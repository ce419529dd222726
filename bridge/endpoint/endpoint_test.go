package endpoint_test

import (
	"testing"

	"perch/bridge/endpoint"
)

func TestMotionProxyURL(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"https://motion.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages":                          endpoint.MotionProxyURL("motion.example", 3002, endpoint.PathEvents, ""),
		"https://chat.motion.example/api/plugins/webhook?port=3002&encoding=binary&path=/api/messages/support&token=a%2Bb": endpoint.MotionProxyURL("chat.motion.example", 3002, endpoint.PathEvents+"/support", "a+b"),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
