package webhook

import (
	"context"
	"net/http"
	"regexp"
	"time"
)

const signatureHeader = "X-Twitter-Webhooks-Signature"

// crcToken is what a token of X's looks like. Nothing else is ever signed: a signature of anything an outsider likes
// would let him forge events, which are signed in the same way.
var crcToken = regexp.MustCompile(`^[A-Za-z0-9+/=_-]{16,128}$`)

// serveX answers X: GET is a CRC, POST brings events. Several apps are tried in turn.
func (h *Handler) serveX(w http.ResponseWriter, r *http.Request, apps []*app) {
	switch r.Method {
	case http.MethodGet:
		h.serveCRC(w, r, apps)
	case http.MethodPost:
		h.serveEvents(w, r, apps)
	default:
		w.Header().Set("Allow", "GET, POST")
		turnAway(w, r, http.StatusMethodNotAllowed, "use GET or POST")
	}
}

func (h *Handler) serveEvents(w http.ResponseWriter, r *http.Request, apps []*app) {
	signature, isSigned := signatureIn(r)
	b := newBody(w, r, maxEvents, h.fromX)
	defer b.drop()
	b.isWanted = isSigned
	if err := b.read(r.Context()); err != nil {
		h.refuseBody(w, r, "", err)
		return
	}
	signer := signerOf(apps, signature, b)
	if signer == nil {
		h.refuseSignature(w, r)
		return
	}
	b.conn.prove()
	if !b.conn.enter() {
		h.refuseBody(w, r, "", errCrowded)
		return
	}
	defer b.conn.leave()
	if err := h.keep(r.Context(), signer.channels, b); err != nil {
		h.log.Error("event not kept", "error", err)
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "the event could not be kept; send it again")
		return
	}
	h.stats.events.Store(time.Now().UnixMilli())
	w.WriteHeader(http.StatusOK)
}

// keep hands an authentic body on. Large ones take turns; none but authentic ones are among those that wait.
func (h *Handler) keep(ctx context.Context, channels []string, b *body) error {
	if b.isLarge() {
		select {
		case h.keeping <- struct{}{}:
			defer func() { <-h.keeping }()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return h.events.AcceptX(ctx, channels, b.whole())
}

func (h *Handler) refuseSignature(w http.ResponseWriter, r *http.Request) {
	h.stats.badSignatures.Add(1)
	refuse(w, http.StatusUnauthorized, "the signature is missing or wrong")
	h.badSigners.warn("event with a wrong signature refused; is x.consumer_secret the one of the app that has the webhook?",
		"from", r.RemoteAddr, "signed", r.Header.Get(signatureHeader) != "")
}
