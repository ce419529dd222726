package webhook

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"

	"perch/bridge/endpoint"
)

func (h *Handler) serveCRC(w http.ResponseWriter, r *http.Request, apps []*app) {
	token, ok := tokenIn(r.URL.RawQuery)
	if !ok || len(apps) == 0 {
		h.stats.badCRC.Add(1)
		refuse(w, http.StatusBadRequest, "crc_token is missing or is not one of X's")
		return
	}
	var sum [sha256.Size]byte
	answer := endpoint.SignaturePrefix + base64.StdEncoding.EncodeToString(apps[0].sum([]byte(token), sum[:0]))
	h.stats.crc.Store(time.Now().UnixMilli())
	writeJSON(w, http.StatusOK, map[string]string{"response_token": answer})
}

// tokenIn finds the one well-formed crc_token of a query. A plus sign stands for itself: X's tokens hold no spaces.
func tokenIn(query string) (string, bool) {
	var found []string
	for part := range strings.SplitSeq(query, "&") {
		value, ok := strings.CutPrefix(part, "crc_token=")
		if !ok {
			continue
		}
		value, err := url.PathUnescape(value)
		if err != nil {
			return "", false
		}
		found = append(found, value)
	}
	if len(found) != 1 || !crcToken.MatchString(found[0]) {
		return "", false
	}
	return found[0], true
}
