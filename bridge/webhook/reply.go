package webhook

import (
	"encoding/json"
	"net/http"

	"perch/bridge"
	"perch/bridge/motion"
)

// serveReply takes one of Motion's replies and answers with what became of it.
func (h *Handler) serveReply(w http.ResponseWriter, r *http.Request, ch *Channel) {
	if ch == nil {
		turnAway(w, r, http.StatusNotFound, "there is nothing here: copy the Reply URL again from perch urls into Motion")
		return
	}
	connOf(r.Context()).prove()
	h.withReply(w, r, h.fromMotion, func(raw []byte) { h.takeReply(w, r, ch, raw) })
}

// withReply reads the body of a POST and hands it on; otherwise it answers itself.
func (h *Handler) withReply(w http.ResponseWriter, r *http.Request, room *budget, take func(raw []byte)) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		turnAway(w, r, http.StatusMethodNotAllowed, "use POST")
		return
	}
	b := newBody(w, r, maxReply, room)
	defer b.drop()
	err := b.read(r.Context())
	if err == nil && !b.conn.enter() {
		err = errCrowded
	}
	if err != nil {
		h.refuseBody(w, r, "the reply was not sent: ", err)
		return
	}
	defer b.conn.leave()
	take(b.whole())
}

func (h *Handler) takeReply(w http.ResponseWriter, r *http.Request, ch *Channel, raw []byte) {
	reply, internal, err := motion.ParseReply(raw, ch.MapKey())
	if err != nil {
		h.log.Warn("reply not understood", "channel", ch.Name, "error", err)
		refuse(w, http.StatusBadRequest, bridge.AsError(err).Message)
		return
	}
	if internal {
		writeJSON(w, http.StatusOK, map[string]string{"status": bridge.StatusIgnored})
		return
	}
	outcome, err := h.replies.AcceptReply(r.Context(), ch.Name, reply, raw)
	if err != nil {
		h.log.Error("reply not kept", "channel", ch.Name, "error", err)
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "Perch could not keep the reply, so it was not sent: "+bridge.AsError(err).Message)
		return
	}
	if outcome.Status == bridge.StatusRefused {
		refuse(w, http.StatusUnprocessableEntity, outcome.Message)
		return
	}
	writeJSON(w, http.StatusOK, replyAnswer{outcome.Status, outcome.ID, outcome.XID})
}

// replyAnswer is the body of a 200 to Motion.
type replyAnswer struct {
	Status string `json:"status"`
	ID     int64  `json:"perch_id,omitempty"`
	XID    string `json:"x_id,omitempty"`
}

// serveLegacy serves the old plugin's path. Motion's webhook proxy lets anybody choose the path, so it is shut unless
// the admin has opened it.
func (h *Handler) serveLegacy(w http.ResponseWriter, r *http.Request, to *routes) {
	if !to.isLegacy || len(to.channels) == 0 {
		turnAway(w, r, http.StatusForbidden, "this path is closed: put the Reply URL of perch urls into Motion, or set legacy_reply_path = true")
		return
	}
	h.withReply(w, r, h.fromLegacy, func(raw []byte) { h.takeReply(w, r, to.legacyChannel(raw), raw) })
}

// legacyChannel picks the channel by the Open Channel account in the reply, else the first one.
func (to *routes) legacyChannel(raw []byte) *Channel {
	var head struct {
		Account json.RawMessage `json:"OpenchannelAccountId"`
	}
	_ = json.Unmarshal(raw, &head) // what is not JSON goes to the first channel and is judged there
	for i := range to.channels {
		id := to.channels[i].AccountID
		if account := string(head.Account); id != "" && (account == id || account == `"`+id+`"`) {
			return &to.channels[i]
		}
	}
	return &to.channels[0]
}
