package sim

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
)

func (x *v11) messageRoutes() map[string]route {
	extras := params{"skip_status": isBool, "include_entities": isBool, "include_email": isBool}
	show := endpoint{name: "users.id", auth: userKeys | bearer, query: extras.with(params{"user_id": isID, "screen_name": isHandle})}
	show.nameOf = func(q *http.Request) string {
		if q.URL.Query().Has("screen_name") {
			return "users.by_handle"
		}
		return "users.id"
	}
	dms := endpoint{name: "dm.events", auth: userKeys, access: mayDM}
	list, one := dms, dms
	list.query, one.query = params{"count": isNumber(1, 50), "cursor": isText(16, 200)}, params{"id": isID}
	return map[string]route{
		"GET /1.1/account/verify_credentials.json": endpoint{name: "users.me", auth: userKeys, query: extras}.by(
			func(in *request) *serve.Answer { return serve.JSON(http.StatusOK, v11User(x.Known(in.account.ID))) },
		),
		"GET /1.1/users/show.json":                  show.by(x.v11ShowUser),
		"POST /1.1/direct_messages/events/new.json": endpoint{name: "dm.send", auth: userKeys, access: mayDM, body: jsonBody}.by(x.v11CreateDM),
		"GET /1.1/direct_messages/events/list.json": list.by(x.v11ListDMs),
		"GET /1.1/direct_messages/events/show.json": one.by(x.v11ShowDM),
	}
}

func (x *v11) v11ShowUser(in *request) *serve.Answer {
	q := in.URL.Query()
	p := x.Person(q.Get("user_id"))
	switch {
	case q.Has("user_id") == q.Has("screen_name"):
		return in.malformed("user_id", "", "not exactly one of user_id and screen_name is given")
	case q.Has("screen_name"):
		p = x.ByHandle(q.Get("screen_name"))
	}
	if p == nil {
		return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 50, Detail: "User not found."})
	}
	return serve.JSON(http.StatusOK, v11User(*p))
}

// looseID is an id that may be written as a text or as a number.
type looseID string

// UnmarshalJSON keeps the digits as they stand.
func (i *looseID) UnmarshalJSON(raw []byte) error {
	*i = looseID(strings.Trim(string(raw), `"`))
	return nil
}

func (x *v11) v11CreateDM(in *request) *serve.Answer {
	var body struct {
		Event struct {
			Type    string `json:"type"`
			Message struct {
				Target struct {
					RecipientID string `json:"recipient_id"`
				} `json:"target"`
				Data struct {
					Text       string `json:"text"`
					Attachment *struct {
						Type  string `json:"type"`
						Media struct {
							ID looseID `json:"id"`
						} `json:"media"`
					} `json:"attachment"`
				} `json:"message_data"`
			} `json:"message_create"`
		} `json:"event"`
	}
	if refused := in.decode(&body); refused != nil {
		return refused
	}
	message := body.Event.Message
	if body.Event.Type != "message_create" || !isID(message.Target.RecipientID) {
		return in.malformed("event", "", "its type is not message_create, or the recipient is not an id")
	}
	var mediaID string
	if a := message.Data.Attachment; a != nil {
		if mediaID = string(a.Media.ID); a.Type != "media" || !isID(mediaID) {
			return in.malformed("attachment", "", "its attachment is not a media with an id")
		}
	}
	d, refused := x.SendDM(in, message.Target.RecipientID, message.Data.Text, mediaID)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"event": d.v11()})
}

func (x *v11) v11ListDMs(in *request) *serve.Answer {
	all := x.RecentDMs(in.account.ID, func(*dm) bool { return true })
	const usual = 20
	size, from := in.number("count", usual), 0
	if cursor := in.URL.Query().Get("cursor"); cursor != "" {
		if from = slices.IndexFunc(all, func(d *dm) bool { return pageToken(atoi(d.id)) == cursor }); from < 0 {
			return in.malformed("cursor", cursor, "the cursor is not one that was given out")
		}
	}
	to := min(from+size, len(all))
	events := []any{}
	for _, d := range all[from:to] {
		events = append(events, d.v11())
	}
	body := map[string]any{"events": events, "apps": apps()}
	if to < len(all) {
		body["next_cursor"] = pageToken(atoi(all[to].id))
	}
	return serve.JSON(http.StatusOK, body)
}

func atoi(id string) int {
	n, _ := strconv.Atoi(id) // made by newID
	return n
}

func (x *v11) v11ShowDM(in *request) *serve.Answer {
	id := in.URL.Query().Get("id")
	if d := x.FindDM(in.account.ID, id); d != nil {
		return serve.JSON(http.StatusOK, map[string]any{"event": d.v11(), "apps": apps()})
	}
	if id == "" {
		return in.malformed("id", "", "id is missing")
	}
	return in.refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
}
