package control

import (
	"net/http"
	"time"
)

// feedFlush is how long messages of the feed are gathered before they are sent.
const feedFlush = 20 * time.Millisecond

// feed sends every change of a message as one JSON object a line, until the client goes away.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	query, err := queryOf(r)
	if err != nil {
		fail(w, "follow messages", err)
		return
	}
	subscription := s.relay.Console.Feed().Subscribe()
	defer subscription.Close()
	w.Header().Set("Content-Type", "application/x-ndjson")
	controller := http.NewResponseController(w)
	_ = controller.Flush()
	flush := time.NewTimer(feedFlush)
	defer flush.Stop()
	for waits := false; ; {
		select {
		case d := <-subscription.C:
			if m := FromDelivery(d); query.Matches(m) && s.feedLine(w, m) && !waits {
				flush.Reset(feedFlush)
				waits = true
			}
		case <-flush.C:
			if waits && controller.Flush() != nil {
				return
			}
			waits = false
		case <-r.Context().Done():
			return
		}
	}
}

// feedLine writes one message, without what cannot be shown of it; false when nothing was written.
func (s *Server) feedLine(w http.ResponseWriter, m Message) bool {
	data, err := s.encode(m)
	if err != nil {
		s.log.Error("message cannot be shown in the feed", "delivery", m.ID, "error", err)
		return false
	}
	_, err = w.Write(append(data, '\n'))
	return err == nil
}
