package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"perch/bridge/endpoint"
)

// ServeHTTP implements http.Handler. Paths are matched as they stand: X gives a webhook up when it is redirected.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, to := r.URL.Path, h.now.Load()
	switch {
	case path == endpoint.PathEvents:
		h.serveX(w, r, to.apps)
	case strings.HasPrefix(path, endpoint.PathEvents+"/"):
		h.serveChannel(w, r, to.byName[strings.TrimPrefix(path, endpoint.PathEvents+"/")])
	case strings.HasPrefix(path, endpoint.PathReply+"/"):
		h.serveReply(w, r, to.channelOf(strings.TrimPrefix(path, endpoint.PathReply+"/")))
	case path == endpoint.PathLegacy:
		h.serveLegacy(w, r, to)
	case path == PathHealth:
		w.WriteHeader(http.StatusOK)
	default:
		turnAway(w, r, http.StatusNotFound, "there is nothing here")
	}
}

func (h *Handler) serveChannel(w http.ResponseWriter, r *http.Request, a *app) {
	if a == nil {
		turnAway(w, r, http.StatusNotFound, "there is no such channel")
		return
	}
	h.serveX(w, r, []*app{a})
}

// channelOf finds the channel of a reply token without telling by its timing how much of a guess was right.
func (to *routes) channelOf(token string) *Channel {
	sum := sha256.Sum256([]byte(token))
	for known, ch := range to.tokens {
		if subtle.ConstantTimeCompare(sum[:], known[:]) == 1 {
			return ch
		}
	}
	return nil
}

// Stats returns a snapshot.
func (h *Handler) Stats() Stats { return h.stats.snapshot() }
