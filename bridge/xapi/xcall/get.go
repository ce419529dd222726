package xcall

import (
	"context"
	"net/http"
	"net/url"

	"perch/bridge"
)

// Get asks for a file, with a signature or without. A signature that X refuses because of the clock is made anew.
func (c *Caller) Get(ctx context.Context, op string, target *url.URL, isSigned bool) (*http.Response, error) {
	for n := 0; ; n++ {
		by := c.signed.Load()
		client := by.client
		if !isSigned {
			client = c.plain
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
		if err != nil {
			return nil, &bridge.Error{Kind: bridge.Rejected, Side: bridge.SideX, Op: op, Message: "its address is not valid", Remedy: "look at it on X"}
		}
		request.Header.Set("User-Agent", c.config.UserAgent)
		response, err := client.Do(request)
		if err != nil {
			return nil, Lost(Call{Op: op}, err, false)
		}
		if !isSigned || response.StatusCode != http.StatusUnauthorized || !c.correctClock(response.Header, by) || n == corrections {
			return response, nil
		}
		_ = response.Body.Close()
	}
}
