package xsealed

import (
	"encoding/json"
	"net/http"
	"strings"
)

// realmsPath is where the realms are served, below X's own address.
const realmsPath = "/juicebox"

// backup is juicebox_config of somebody, with a token that was made for this answer. The caller has the lock.
func (c *Chats) backup(personID string) json.RawMessage {
	token := "t" + c.x.NewID()
	c.realms.Allow(token, personID)
	return c.realms.Configuration(c.server()+realmsPath, token)
}

// Handler serves the realms, and everything else by next.
func (c *Chats) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if realms := c.Realms(); realms != nil && strings.HasPrefix(q.URL.Path, realmsPath+"/") {
			http.StripPrefix(realmsPath, realms).ServeHTTP(w, q)
			return
		}
		next.ServeHTTP(w, q)
	})
}
