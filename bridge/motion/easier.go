package motion

import (
	"context"
	"net/http"
)

// insist posts a notification that Motion has refused once more, in the forms that some installations take: with a phone
// number, without what it tells of the contact. Refused is not taken, so nothing can come twice. isPlain is set when Motion
// took it only without the latter.
func (c *Client) insist(ctx context.Context, refused *answer, body notification, authorized bool) (a *answer, isPlain bool, err error) {
	a = refused
	if wantsPhone(a) {
		body.Phone = "none" // as the old plugin did; some installations insist on it
		a, err = c.post(ctx, body, authorized)
	}
	if err != nil || !isRefused(a) || body.Description+body.URL == "" {
		return a, false, err
	}
	body.Description, body.URL = "", ""
	if a, err = c.post(ctx, body, authorized); err == nil && wantsPhone(a) && body.Phone == "" {
		body.Phone = "none"
		a, err = c.post(ctx, body, authorized)
	}
	if err != nil || !a.ok() {
		return a, false, err
	}
	if !c.isPlain.Swap(true) {
		c.config.Log.Warn("motion takes no description and address of a new contact: they are left out", "refused_with", refused.status)
	}
	return a, true, nil
}

// isRefused reports whether Motion finds fault with what a notification holds.
func isRefused(a *answer) bool {
	return a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity
}
