package motionsim

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/serve"
)

var (
	customField   = regexp.MustCompile(`^cf_[0-9]+$`)
	threadPattern = regexp.MustCompile(`^[0-9]{1,20}$`)
)

// notification is what came in, checked.
type notification struct {
	from, body, threadID, externalURL string
	attachment                        int
	fields                            map[string]string
}

// Messages returns every message of both directions, in order.
func (m *Motion) Messages() []Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// CloseInteraction closes an interaction: what the customer writes next opens a new one.
func (m *Motion) CloseInteraction(id int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.interaction(id); i != nil {
		i.isClosed = true
	}
}

// interaction finds an interaction by id; nil when there is none. The caller holds mu.
func (m *Motion) interaction(id int) *interaction {
	for _, i := range m.interactions {
		if i.id == id {
			return i
		}
	}
	return nil
}

func (m *Motion) notify(in *request) *serve.Answer {
	if refused := m.isAccount(in); refused != nil {
		return refused
	}
	n, why := m.readNotification(in)
	if why != "" {
		return in.malformed(http.StatusBadRequest, "%s", why)
	}
	if refused := m.refuse(n); refused != nil {
		return refused
	}
	c := m.contact(n.from, n.fields)
	i := m.openInteraction(c, n.from, n.threadID, n.externalURL)
	message := Message{
		ID: m.nextID(), Interaction: i.id, Contact: c.id, From: n.from, Direction: "in", Body: n.body, ThreadID: n.threadID,
		ExternalURL: n.externalURL, FirstName: n.fields["firstName"], AttachmentID: n.attachment, At: m.options.Now(),
	}
	m.messages = append(m.messages, message)
	return serve.JSON(http.StatusOK, map[string]any{
		"interaction": map[string]any{"id": i.id, "threadId": serve.OrNull(i.threadID), "closed": false},
		"message":     map[string]any{"id": message.ID, "body": n.body, "direction": "in"},
		"contact":     map[string]any{"id": c.id, "firstName": c.fields["firstName"]},
	})
}

// contact finds the contact or makes one with the fields that were given. The caller holds mu.
func (m *Motion) contact(key string, fields map[string]string) *contact {
	c := m.contacts[key]
	if c == nil {
		c = &contact{m.nextID(), map[string]string{}}
		maps.Copy(c.fields, fields)
		c.fields[m.options.MapKey] = key
		m.contacts[key] = c
	}
	return c
}

// openInteraction finds the open interaction of a contact and thread or opens one. The caller holds mu.
func (m *Motion) openInteraction(c *contact, key, threadID, externalURL string) *interaction {
	for _, i := range m.interactions {
		if i.contact == c && i.threadID == threadID && !i.isClosed {
			return i
		}
	}
	i := &interaction{m.nextID(), c, key, threadID, externalURL, false}
	m.interactions = append(m.interactions, i)
	return i
}

// readNotification reads a notification strictly; why says what is wrong with it.
func (m *Motion) readNotification(in *request) (n notification, why string) {
	kind, _, _ := mime.ParseMediaType(in.Header.Get("Content-Type"))
	var members map[string]any
	decoder := json.NewDecoder(bytes.NewReader(in.body))
	decoder.UseNumber()
	if kind != "application/json" {
		return n, "its Content-Type is not application/json"
	}
	if err := decoder.Decode(&members); err != nil {
		return n, "its body is not a JSON object: " + err.Error()
	}
	n.fields = map[string]string{}
	for name, value := range members {
		if why := m.readMember(&n, name, value); why != "" {
			return n, why
		}
	}
	switch {
	case n.from == "" || n.body == "":
		return n, "from or body is missing or empty"
	case strings.HasPrefix(n.from, "@"):
		return n, `from begins with "@"`
	case members["mapKey"] == nil:
		return n, "mapKey is missing"
	}
	return n, ""
}

func (m *Motion) readMember(n *notification, name string, value any) (why string) {
	if name == "AttachmentId" {
		return m.readAttachmentID(n, value)
	}
	text, isText := value.(string)
	if !isText {
		return name + " is not a string"
	}
	switch name {
	case "from":
		n.from = text
	case "body":
		n.body = text
	case "externalUrl":
		n.externalURL = text
	case "threadId":
		if n.threadID = text; !threadPattern.MatchString(text) {
			return "threadId is not a string of 1 to 20 digits"
		}
	case "mapKey":
		if text != m.options.MapKey {
			return "mapKey is not " + m.options.MapKey
		}
	default:
		if !slices.Contains(contactFields, name) && !customField.MatchString(name) {
			return "member " + strconv.Quote(name) + " is not known"
		}
		n.fields[name] = text
	}
	return ""
}

// Contact returns the fields of a contact by the value of the Map Key; nil when there is none.
func (m *Motion) Contact(key string) map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.contacts[key]; c != nil {
		return maps.Clone(c.fields)
	}
	return nil
}

// RefuseFields makes Motion know no such fields of a contact from now on, as another version of it may: a notification with one
// is refused. Whoever sends one breaks no rule.
func (m *Motion) RefuseFields(names ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refused = names
}

// refuse answers a notification with a field that Motion does not know; nil when it has none. The caller holds mu.
func (m *Motion) refuse(n notification) *serve.Answer {
	for _, name := range m.refused {
		if _, isGiven := n.fields[name]; isGiven {
			return serve.JSON(http.StatusBadRequest, map[string]any{"message": "\"" + name + "\" is not allowed"})
		}
	}
	return nil
}

func (m *Motion) readAttachmentID(n *notification, value any) (why string) {
	var text string
	switch v := value.(type) {
	case nil:
		return ""
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	id, err := strconv.Atoi(text)
	if _, known := m.attachments[id]; err != nil || !known {
		return "AttachmentId is not the id of an attachment"
	}
	n.attachment = id
	return ""
}
