package xactions

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

// Paged returns the page that the pagination token names, and the "meta" of the answer.
func Paged[T any](in *xgate.Request, all []T, size int) ([]T, map[string]any, *serve.Answer) {
	token, from := in.URL.Query().Get("pagination_token"), 0
	if token != "" {
		raw, _ := base64.RawURLEncoding.DecodeString(token) // what is no base64 lacks the prefix
		number, found := strings.CutPrefix(string(raw), "simulated-page:")
		var err error
		if from, err = strconv.Atoi(number); err != nil || !found || from > len(all) {
			return nil, nil, in.Malformed("pagination_token", token, "the pagination token is not one that was given out")
		}
	}
	to := min(from+size, len(all))
	meta := map[string]any{"result_count": to - from}
	if to < len(all) {
		meta["next_token"] = PageToken(to)
	}
	if from > 0 {
		meta["previous_token"] = PageToken(max(from-size, 0))
	}
	return all[from:to], meta, nil
}

// PageToken is the token of the page that begins with the nth.
func PageToken(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("simulated-page:" + strconv.Itoa(n)))
}

// InRange reports whether the post lies between the ids and times that the query names.
func InRange(in *xgate.Request, p *xstate.Tweet) bool {
	q := in.URL.Query()
	if since := q.Get("since_id"); since != "" && compareIDs(p.ID, since) <= 0 {
		return false
	}
	for _, until := range []string{q.Get("until_id"), q.Get("max_id")} {
		if until != "" && compareIDs(p.ID, until) >= 0 {
			return false
		}
	}
	start, err := time.Parse(time.RFC3339, q.Get("start_time"))
	if err == nil && p.At.Before(start) {
		return false
	}
	end, err := time.Parse(time.RFC3339, q.Get("end_time"))
	return err != nil || p.At.Before(end)
}

// compareIDs orders ids by their number.
func compareIDs(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(len(a)-len(b), strings.Compare(a, b))
}
