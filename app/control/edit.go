package control

import (
	"context"
	"fmt"
	"net/http"
)

// edit is the body of a call that gives a reply another text.
type edit struct {
	Text string `json:"text"`
}

// Edit gives a reply that failed for good another text and puts it back into the queue. What X would refuse, and what is no
// such reply, is an error and changes nothing.
func (c *Client) Edit(ctx context.Context, id int64, text string) error {
	return c.exchange(ctx, http.MethodPost, fmt.Sprintf("/v1/messages/%d/edit", id), edit{text}, nil)
}

func (s *Server) edit(w http.ResponseWriter, r *http.Request) {
	const what = "change the reply"
	id, err := idIn(r)
	if err != nil {
		fail(w, what, err)
		return
	}
	var change edit
	if !read(w, r, what, &change) {
		return
	}
	s.answer(w, what, struct{}{}, s.relay.Console.Edit(r.Context(), id, change.Text))
}
