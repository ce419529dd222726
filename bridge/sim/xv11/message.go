package xv11

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"perch/bridge/sim/fault"
	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

func (x *api) messageRoutes() map[string]xgate.Route {
	extras := xgate.Params{"skip_status": xgate.IsBool, "include_entities": xgate.IsBool, "include_email": xgate.IsBool}
	show := xgate.Endpoint{Name: "users.id", Auth: xgate.UserKeys | xgate.Bearer, Query: extras.With(xgate.Params{"user_id": xgate.IsID, "screen_name": xgate.IsHandle})}
	show.NameOf = func(q *http.Request) string {
		if q.URL.Query().Has("screen_name") {
			return "users.by_handle"
		}
		return "users.id"
	}
	dms := xgate.Endpoint{Name: "dm.events", Auth: xgate.UserKeys, Access: xgate.MayDM}
	list, one := dms, dms
	list.Query, one.Query = xgate.Params{"count": xgate.IsNumber(1, 50), "cursor": xgate.IsText(16, 200)}, xgate.Params{"id": xgate.IsID}
	return map[string]xgate.Route{
		"GET /1.1/account/verify_credentials.json": xgate.Endpoint{Name: "users.me", Auth: xgate.UserKeys, Query: extras}.By(
			func(in *xgate.Request) *serve.Answer {
				return serve.JSON(http.StatusOK, xstate.V11User(x.Known(in.Account.ID)))
			},
		),
		"GET /1.1/users/show.json":                  show.By(x.showUser),
		"POST /1.1/direct_messages/events/new.json": xgate.Endpoint{Name: "dm.send", Auth: xgate.UserKeys, Access: xgate.MayDM, Body: xgate.JSONBody}.By(x.createDM),
		"GET /1.1/direct_messages/events/list.json": list.By(x.listDMs),
		"GET /1.1/direct_messages/events/show.json": one.By(x.showDM),
	}
}

func (x *api) showUser(in *xgate.Request) *serve.Answer {
	q := in.URL.Query()
	p := x.Person(q.Get("user_id"))
	switch {
	case q.Has("user_id") == q.Has("screen_name"):
		return in.Malformed("user_id", "", "not exactly one of user_id and screen_name is given")
	case q.Has("screen_name"):
		p = x.ByHandle(q.Get("screen_name"))
	}
	if p == nil {
		return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 50, Detail: "User not found."})
	}
	return serve.JSON(http.StatusOK, xstate.V11User(*p))
}

// looseID is an id that may be written as a text or as a number.
type looseID string

// UnmarshalJSON keeps the digits as they stand.
func (i *looseID) UnmarshalJSON(raw []byte) error {
	*i = looseID(strings.Trim(string(raw), `"`))
	return nil
}

func (x *api) createDM(in *xgate.Request) *serve.Answer {
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
	if refused := in.Decode(&body); refused != nil {
		return refused
	}
	message := body.Event.Message
	if body.Event.Type != "message_create" || !xgate.IsID(message.Target.RecipientID) {
		return in.Malformed("event", "", "its type is not message_create, or the recipient is not an id")
	}
	var mediaID string
	if a := message.Data.Attachment; a != nil {
		if mediaID = string(a.Media.ID); a.Type != "media" || !xgate.IsID(mediaID) {
			return in.Malformed("attachment", "", "its attachment is not a media with an id")
		}
	}
	d, refused := x.SendDM(in, message.Target.RecipientID, message.Data.Text, mediaID)
	if refused != nil {
		return refused
	}
	return serve.JSON(http.StatusOK, map[string]any{"event": d.V11()})
}

func (x *api) listDMs(in *xgate.Request) *serve.Answer {
	all := x.RecentDMs(in.Account.ID, func(*xstate.DM) bool { return true })
	const usual = 20
	size, from := in.Number("count", usual), 0
	if cursor := in.URL.Query().Get("cursor"); cursor != "" {
		if from = slices.IndexFunc(all, func(d *xstate.DM) bool { return xactions.PageToken(atoi(d.ID)) == cursor }); from < 0 {
			return in.Malformed("cursor", cursor, "the cursor is not one that was given out")
		}
	}
	to := min(from+size, len(all))
	events := []any{}
	for _, d := range all[from:to] {
		events = append(events, d.V11())
	}
	body := map[string]any{"events": events, "apps": xstate.Apps()}
	if to < len(all) {
		body["next_cursor"] = xactions.PageToken(atoi(all[to].ID))
	}
	return serve.JSON(http.StatusOK, body)
}

func atoi(id string) int {
	n, _ := strconv.Atoi(id) // made by newID
	return n
}

func (x *api) showDM(in *xgate.Request) *serve.Answer {
	id := in.URL.Query().Get("id")
	if d := x.FindDM(in.Account.ID, id); d != nil {
		return serve.JSON(http.StatusOK, map[string]any{"event": d.V11(), "apps": xstate.Apps()})
	}
	if id == "" {
		return in.Malformed("id", "", "id is missing")
	}
	return in.Refuse(fault.Fault{Status: http.StatusNotFound, Code: 34, Detail: "Sorry, that page does not exist."})
}
