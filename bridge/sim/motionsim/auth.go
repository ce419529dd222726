package motionsim

import (
	"net/http"
	"time"

	"perch/bridge/sim/serve"
)

const (
	// maxBadLogins wrong passwords in a row lock the user for lockout.
	maxBadLogins = 5
	lockout      = time.Minute
)

// IsLocked reports whether the user is locked because of too many wrong passwords.
func (m *Motion) IsLocked() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.options.Now().Before(m.lockedUntil)
}

// checkCredentials takes Basic or an API key in the query; nil when they are good. A request to a public endpoint may
// come without any. The caller holds mu.
func (m *Motion) checkCredentials(in *request, isPublic bool) *serve.Answer {
	user, password, isBasic := in.BasicAuth()
	keys := in.URL.Query()["apikey"]
	switch {
	case len(keys) == 0 && !isBasic && isPublic:
		return nil
	case len(keys) == 0 && !isBasic:
		if in.Header.Get("Authorization") != "" {
			in.malformed(0, "its Authorization header is not Basic")
		}
		return unauthorized()
	case len(keys) > 0:
		if len(keys) > 1 || keys[0] != m.options.APIKey {
			return unauthorized()
		}
		return nil
	case m.options.Now().Before(m.lockedUntil):
		return unauthorized()
	case user == m.options.User && password == m.options.Password:
		m.badLogins = 0
		return nil
	}
	if m.badLogins++; m.badLogins >= maxBadLogins {
		m.badLogins, m.lockedUntil = 0, m.options.Now().Add(lockout)
	}
	return unauthorized()
}

func unauthorized() *serve.Answer {
	a := serve.JSON(http.StatusUnauthorized, map[string]any{"message": "Unauthorized"})
	a.Header().Set("WWW-Authenticate", `Basic realm="Motion"`)
	return a
}
