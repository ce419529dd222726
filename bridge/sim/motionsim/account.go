package motionsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"perch/bridge/sim/serve"
)

// SetReplyURL sets where Motion posts agents' replies.
func (m *Motion) SetReplyURL(url string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replyURL = url
}

// ReplyURL returns where Motion posts agents' replies; a client may have changed it through the API.
func (m *Motion) ReplyURL() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.replyURL
}

// isAccount refuses a path that does not name the one account.
func (m *Motion) isAccount(in *request) *serve.Answer {
	if in.PathValue("id") == strconv.Itoa(m.options.AccountID) {
		return nil
	}
	return serve.JSON(http.StatusNotFound, map[string]any{"message": "Not Found"})
}

// key is how a member of the account's JSON is called here.
func (m *Motion) key(name string) string {
	if other := m.options.Keys[name]; other != "" {
		return other
	}
	return name
}

func (m *Motion) account() map[string]any {
	return map[string]any{
		"id": m.options.AccountID, m.key("name"): m.options.Name, m.key("description"): "", m.key("mapKey"): m.options.MapKey,
		m.key("replyUrl"): m.replyURL, m.key("receiveUrl"): m.ReceiveURL(), m.key("ListId"): 1, m.key("key"): "x", m.key("token"): "",
	}
}

func (m *Motion) listAccounts(*request) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"count": 1, "rows": []any{m.account()}})
}

func (m *Motion) showAccount(in *request) *serve.Answer {
	if refused := m.isAccount(in); refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, m.account())
}

// changeAccount takes the Reply URL; every other member may only repeat what is there.
func (m *Motion) changeAccount(in *request) *serve.Answer {
	if refused := m.isAccount(in); refused != nil {
		return refused
	}
	if status := m.options.ChangeRefused; status != 0 {
		return serve.JSON(status, map[string]any{"message": http.StatusText(status)})
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(in.body, &members); err != nil {
		return in.malformed(http.StatusBadRequest, "its body is not a JSON object: %v", err)
	}
	now := m.account()
	for name, value := range members {
		if _, known := now[name]; !known {
			return in.malformed(http.StatusBadRequest, "member %q is not known", name)
		}
		if name == m.key("replyUrl") {
			if err := json.Unmarshal(value, &m.replyURL); err != nil {
				return in.malformed(http.StatusBadRequest, "%s is not a string", name)
			}
		} else if !bytes.Equal(value, serve.Encode(now[name])) {
			return in.malformed(http.StatusBadRequest, "it changes %s", name)
		}
	}
	return serve.JSON(http.StatusOK, m.account())
}

func (m *Motion) listUsers(*request) *serve.Answer {
	return serve.JSON(http.StatusOK, map[string]any{"count": 2, "rows": []any{
		map[string]any{"id": 1, "name": m.options.User, "fullname": "Admin", "role": "admin"},
		map[string]any{"id": agentID, "name": agentName, "fullname": agentFullName, "role": "agent"},
	}})
}
