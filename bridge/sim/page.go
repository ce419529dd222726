package sim

import (
	"cmp"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"perch/bridge/sim/serve"
)

// paged returns the page that the pagination token names, and the "meta" of the answer.
func paged[T any](in *request, all []T, size int) ([]T, map[string]any, *serve.Answer) {
	token, from := in.URL.Query().Get("pagination_token"), 0
	if token != "" {
		raw, _ := base64.RawURLEncoding.DecodeString(token) // what is no base64 lacks the prefix
		number, found := strings.CutPrefix(string(raw), "simulated-page:")
		var err error
		if from, err = strconv.Atoi(number); err != nil || !found || from > len(all) {
			return nil, nil, in.malformed("pagination_token", token, "the pagination token is not one that was given out")
		}
	}
	to := min(from+size, len(all))
	meta := map[string]any{"result_count": to - from}
	if to < len(all) {
		meta["next_token"] = pageToken(to)
	}
	if from > 0 {
		meta["previous_token"] = pageToken(max(from-size, 0))
	}
	return all[from:to], meta, nil
}

func pageToken(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte("simulated-page:" + strconv.Itoa(n)))
}

// inRange reports whether the post lies between the ids and times that the query names.
func InRange(in *request, p *post) bool {
	q := in.URL.Query()
	if since := q.Get("since_id"); since != "" && compareIDs(p.id, since) <= 0 {
		return false
	}
	for _, until := range []string{q.Get("until_id"), q.Get("max_id")} {
		if until != "" && compareIDs(p.id, until) >= 0 {
			return false
		}
	}
	start, err := time.Parse(time.RFC3339, q.Get("start_time"))
	if err == nil && p.at.Before(start) {
		return false
	}
	end, err := time.Parse(time.RFC3339, q.Get("end_time"))
	return err != nil || p.at.Before(end)
}

// compareIDs orders ids by their number.
func compareIDs(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(len(a)-len(b), strings.Compare(a, b))
}
