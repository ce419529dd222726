package sqlite

import (
	"encoding/json"
	"time"

	"perch/bridge"
)

func encodeMedia(m []bridge.Attached) string {
	if len(m) == 0 {
		return ""
	}
	b, _ := json.Marshal(m) // strings and numbers only: cannot fail
	return string(b)
}

func encodeProgress(p bridge.Progress) string {
	if p == (bridge.Progress{}) {
		return ""
	}
	b, _ := json.Marshal(p) // plain values only: cannot fail
	return string(b)
}

func decode(text string, into any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func toMilli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
