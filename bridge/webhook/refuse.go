package webhook

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"perch/bridge/endpoint"
)

// turnAway refuses a request whose body nobody has read. The server reads what of it is there before it answers; that
// must not take long.
func turnAway(w http.ResponseWriter, r *http.Request, status int, message string) {
	if r.ContentLength != 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(unreadGrace))
	}
	refuse(w, status, message)
}

// refuseBody tells the sender why a body was not taken; outcome stands before the reason.
func (h *Handler) refuseBody(w http.ResponseWriter, r *http.Request, outcome string, err error) {
	switch {
	case errors.Is(err, errTooLarge):
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestEntityTooLarge, outcome+err.Error())
	case errors.Is(err, errSlow):
		h.cutBodies.warn("a request was cut because its body came too slowly", "path", pathOf(r), "from", r.RemoteAddr)
		w.Header().Set("Connection", "close")
		refuse(w, http.StatusRequestTimeout, outcome+err.Error())
	case errors.Is(err, errCrowded):
		h.cutBodies.warn("a request was cut because others needed the room", "path", pathOf(r), "from", r.RemoteAddr)
		w.Header().Set("Connection", "close")
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, outcome+err.Error())
	default:
		turnAway(w, r, http.StatusBadRequest, outcome+"the body could not be read")
	}
}

// pathOf is the path of a request as a log may show it: without the reply token.
func pathOf(r *http.Request) string {
	if strings.HasPrefix(r.URL.Path, endpoint.PathReply+"/") {
		return endpoint.PathReply
	}
	return r.URL.Path
}

// refuse answers with a reason; Motion shows a message that was not answered with 2xx as not sent.
func refuse(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"message": message})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encoded) // who has gone away gets no answer
}
