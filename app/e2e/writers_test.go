package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"

	"perch/bridge/sim/xevents"
)

// writer is one conversation in one direction. One goroutine at a time uses it.
type writer struct {
	name    string
	id      int
	next    int
	waiting *entry // was posted and got no answer
	last    *entry // was posted and got one
}

// toSay returns what the writer posts now: what got no answer once more, else the next message.
func (w *writer) toSay(l *ledger, set map[string]*entry, word string, round int) *entry {
	if w.waiting == nil {
		w.waiting = l.write(set, word, w.name, w.next, round)
		w.next++
	}
	return w.waiting
}

func (w *writer) gotAnswer(l *ledger, answer string) {
	l.answered(w.waiting, answer)
	w.last, w.waiting = w.waiting, nil
}

func isClosed(stop chan struct{}) bool {
	select {
	case <-stop:
		return true
	default:
		return false
	}
}

// customersWrite sends signed events until the relay dies. As X does, it posts again what got no answer, and now and then
// also what did get one.
func (s *killScene) customersWrite(random *rand.Rand, side, round int, stop chan struct{}) {
	for !isClosed(stop) {
		w := s.customers[random.IntN(conversations/customersSide)*customersSide+side]
		if w.last != nil && random.IntN(10) == 0 {
			s.tell(http.DefaultClient, w, w.last)
			continue
		}
		switch e := w.toSay(s.l, s.l.events, "event", round); s.tell(http.DefaultClient, w, e) {
		case http.StatusOK:
			w.gotAnswer(s.l, "taken")
		case 0:
			return
		}
	}
}

// tell posts a customer's message as X does, and returns the answer's status.
func (b *box) tell(client *http.Client, w *writer, e *entry) int {
	body := fmt.Appendf(nil, `{"for_user_id":%q,"direct_message_events":[{"type":"message_create","id":"%d%06d","message_create":{"target":`+
		`{"recipient_id":%q},"sender_id":"%d","message_data":{"text":%q}}}],"users":{"%d":{"id":"%d","screen_name":%q,"name":"C"}}}`,
		brandID, w.id, e.n, brandID, w.id, e.text, w.id, w.id, w.name)
	status, _ := b.ask(client, "/api/messages", body, xevents.Sign(b.brand.ConsumerSecret, body))
	return status
}

// agentWrites posts replies until the relay dies. As Motion may, it posts again what got no answer.
func (s *killScene) agentWrites(w *writer, round int, isOld bool, stop chan struct{}) {
	for range mostReplies {
		if isClosed(stop) || isOld && w.waiting == nil {
			return
		}
		answer := s.answer(http.DefaultClient, s.path, w, w.toSay(s.l, s.l.replies, "reply", round))
		if answer == "" {
			return
		}
		w.gotAnswer(s.l, answer)
	}
}

// answer posts an agent's reply as Motion does, and returns the status in words; "" when there was no answer of success.
func (b *box) answer(client *http.Client, path string, w *writer, e *entry) string {
	id, _ := strconv.Atoi(fmt.Sprintf("%d%03d", w.id, e.n))
	body, _ := json.Marshal(map[string]any{"id": id, "body": e.text, "Contact": map[string]string{"twitter": w.name}})
	status, said := b.ask(client, path, body, "")
	if status/100 != 2 {
		return ""
	}
	var outcome struct{ Status string }
	_ = json.Unmarshal(said, &outcome)
	return outcome.Status
}

// ask posts a body and returns the answer; a status of 0 is none.
func (b *box) ask(client *http.Client, path string, body []byte, signature string) (status int, said []byte) {
	request, err := http.NewRequest(http.MethodPost, "http://"+b.listen+path, bytes.NewReader(body))
	if err != nil {
		b.t.Error(err)
		return 0, nil
	}
	if signature != "" {
		request.Header.Set("x-twitter-webhooks-signature", signature)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	if said, err = io.ReadAll(response.Body); err != nil {
		return 0, nil
	}
	return response.StatusCode, said
}
