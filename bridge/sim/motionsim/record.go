package motionsim

import (
	"time"

	"perch/bridge/sim/serve"
)

// Message is one message in Motion.
type Message struct {
	ID          int
	Interaction int
	Contact     int
	// From is the value of the Map Key: of the customer in both directions.
	From string
	// Direction is "in" for customers' and "out" for agents' messages.
	Direction string
	// Body is the text, or the file name when AttachmentID is not 0.
	Body         string
	ThreadID     string
	ExternalURL  string
	FirstName    string
	AttachmentID int
	// Status is what the Reply URL answered to an agent's message; 0 for no answer and for customers'.
	Status int
	At     time.Time
}

type contact struct {
	id     int
	fields map[string]string
}

// interaction is a conversation of one contact in one thread.
type interaction struct {
	id                    int
	contact               *contact
	key                   string // the contact's value of the Map Key
	threadID, externalURL string
	isClosed              bool
}

// contactFields are the fields of a contact that a notification may fill (Motion docs: custom Open Channel). Custom
// fields are named cf_ and a number.
var contactFields = []string{
	"firstName", "lastName", "tags", "street", "postalCode", "city", "country", "dateOfBirth", "deteOfBirth", "description",
	"phone", "mobile", "fax", "email", "url", "facebook", "twitter", "skype", "name", "to",
}

// The agent who writes when Reply does not name one.
const (
	agentID       = 12
	agentName     = "jane.miller"
	agentFullName = "Jane Miller"
)

func (c *contact) describe() map[string]any {
	all := map[string]any{"id": c.id}
	for _, name := range contactFields {
		all[name] = serve.OrNull(c.fields[name])
	}
	for name, value := range c.fields {
		all[name] = value
	}
	return all
}

// Attachment is a file in Motion.
type Attachment struct {
	ID int
	// Name and Type are as the upload named them.
	Name, Type string
	Data       []byte
}

func (a Attachment) describe() map[string]any {
	return map[string]any{"id": a.ID, "name": a.Name, "basename": a.Name, "type": a.Type}
}
