package control

import (
	"context"
	"net/http"
	"time"

	"perch/bridge"
)

// alertTimeout bounds the call for a test: each alert has 20 s, side by side.
const alertTimeout = 40 * time.Second

// The states of an Alert.
const (
	// AlertReady has not sent anything since the relay started.
	AlertReady = "ready"
	// AlertWorks has sent what it had to send last; AlertFailing could not.
	AlertWorks   = "works"
	AlertFailing = "failing"
)

// Alert is how one [[alert]] stands.
type Alert struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	// State is "ready", "works" or "failing"; Detail says in words why it fails, or that it arrives at some addresses only.
	State  string `json:"state"`
	Detail string `json:"detail"`
	// Failure is what Detail says is wrong, in its parts, FailingSince when that began and RetryAt when it is tried again; nil
	// while it does not fail.
	Failure      *Failure   `json:"failure,omitempty"`
	FailingSince *time.Time `json:"failing_since,omitempty"`
	RetryAt      *time.Time `json:"retry_at,omitempty"`
	// LastSent is when something was sent last; nil for never since the relay started. Waiting counts what is to be sent.
	LastSent *time.Time `json:"last_sent_at"`
	Waiting  int        `json:"waiting"`
}

// AlertCause is a trouble that alerts tell of, or will if it lasts.
type AlertCause struct {
	Key     string    `json:"key"`
	Side    string    `json:"side"`
	Channel string    `json:"channel,omitempty"`
	Level   string    `json:"level"`
	Title   string    `json:"title"`
	What    string    `json:"what"`
	Remedy  string    `json:"remedy,omitempty"`
	Since   time.Time `json:"since"`
	// Told says by which alerts it was told and when; Sending are those that have not got through yet.
	Told    []AlertTold `json:"told"`
	Sending []string    `json:"sending,omitempty"`
}

// AlertTold is when an alert has told of a cause.
type AlertTold struct {
	Alert string    `json:"alert"`
	At    time.Time `json:"at"`
}

// AlertList is how all alerts stand.
type AlertList struct {
	Alerts []Alert      `json:"alerts"`
	Causes []AlertCause `json:"causes"`
}

// AlertTest is what came of a test of an alert, in words.
type AlertTest struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	OK      bool   `json:"ok"`
	Message string `json:"message"`
	Remedy  string `json:"remedy,omitempty"`
}

// Alerts tells how alerts stand and tries them. Implementations are safe for concurrent use; errors are *bridge.Error.
type Alerts interface {
	// Alerts returns how they stand.
	Alerts(ctx context.Context) (AlertList, error)
	// TestAlerts sends a test by the alert with the name, by all for "", and says for each whether it has arrived.
	TestAlerts(ctx context.Context, name string) ([]AlertTest, error)
}

var _ Alerts = (*Client)(nil)

// AlertRequest asks for a test.
type AlertRequest struct {
	// Name is the alert's; "" for all.
	Name string `json:"name"`
}

// HandleAlerts lets clients see and try alerts. Call it before Serve, and at most once.
//
//	GET  /v1/alerts        → AlertList
//	POST /v1/alerts/test   AlertRequest → []AlertTest
func (s *Server) HandleAlerts(a Alerts) {
	s.mux.HandleFunc("GET /v1/alerts", func(w http.ResponseWriter, r *http.Request) {
		list, err := a.Alerts(r.Context())
		s.answer(w, "read alerts", list, err)
	})
	s.mux.HandleFunc("POST /v1/alerts/test", func(w http.ResponseWriter, r *http.Request) {
		var request AlertRequest
		if !read(w, r, "test alerts", &request) {
			return
		}
		tests, err := a.TestAlerts(r.Context(), request.Name)
		s.answer(w, "test alerts", tests, err)
	})
}

// Alerts implements Alerts.
func (c *Client) Alerts(ctx context.Context) (AlertList, error) {
	return get[AlertList](ctx, c, "/v1/alerts")
}

// TestAlerts implements Alerts.
func (c *Client) TestAlerts(ctx context.Context, name string) ([]AlertTest, error) {
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	response, err := c.do(ctx, http.MethodPost, "/v1/alerts/test", AlertRequest{Name: name})
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, refused(response)
	}
	var tests []AlertTest
	return tests, decode(response.Body, &tests)
}

// failsLong is how long an alert may fail before somebody is needed.
const failsLong = 10 * time.Minute

// alerts tells of those that cannot be sent: silence would look like all is well.
func (j *judge) alerts(alerts []Alert) {
	for _, a := range alerts {
		if a.State != AlertFailing || a.Failure == nil {
			continue
		}
		level := Healing
		if a.Failure.Kind == string(bridge.Operator) || (a.FailingSince != nil && j.now.Sub(*a.FailingSince).Abs() >= failsLong) {
			level = NeedsYou
		}
		j.add(Condition{
			Side: SideAlert, Queue: a.Name, Level: level, What: "alert " + a.Name + ": " + a.Failure.Message, Remedy: a.Failure.Remedy,
			Since: a.FailingSince, RetryAt: a.RetryAt,
		})
	}
}
