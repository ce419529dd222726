package xapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"perch/bridge"
	"perch/bridge/loose"
	"perch/bridge/xapi/xcall"
	"perch/bridge/xchat/keys"
)

// ChatRecords implements bridge.ChatAPI. People are asked for one by one: X refuses the form for many to some apps.
func (c *base) ChatRecords(ctx context.Context, userID string) ([]bridge.ChatRow, error) {
	what := chatCall("look up public keys of X Chat", endpointChatRecords, http.MethodGet)
	if !userPattern.MatchString(userID) {
		return nil, &bridge.Error{Kind: bridge.Invalid, Side: bridge.SidePerch, Op: what.Op, Message: "this is not the id of an account", Remedy: "look at it on X"}
	}
	what.URL = c.calls.URLOf("/2/users/" + url.PathEscape(userID) + "/public_keys")
	a, err := c.calls.Do(ctx, what)
	if e := bridge.AsError(err); e != nil && e.Kind == bridge.Rejected && strings.HasPrefix(e.Code+"/", codeNotFound) {
		return nil, nil // X does not say whether the person or the keys are missing
	}
	if err != nil {
		return nil, err
	}
	return readChatRows(what, a)
}

func readChatRows(what xcall.Call, a *xcall.Answer) ([]bridge.ChatRow, error) {
	var body struct {
		Data json.RawMessage `json:"data"`
		Meta json.RawMessage `json:"meta"`
	}
	if err := a.Decode(what.Op, &body); err != nil {
		return nil, err
	}
	var list loose.List[json.RawMessage]
	loose.Part(body.Data, &list)
	if len(list) == 0 && !strings.HasPrefix(string(loose.Trim(body.Data)), "[") && !loose.IsObject(body.Meta) && !isNull(body.Data) {
		return nil, a.Unexpected(what.Op, nil)
	}
	var rows []bridge.ChatRow
	for _, raw := range list {
		if row := readChatRow(raw); row.Identity != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func isNull(raw json.RawMessage) bool { return string(loose.Trim(raw)) == "null" }

func readChatRow(raw json.RawMessage) bridge.ChatRow {
	var r struct {
		Version  loose.ID        `json:"public_key_version"`
		Older    loose.ID        `json:"version"`
		Identity loose.Text      `json:"public_key"`
		Signing  loose.Text      `json:"signing_public_key"`
		Binding  loose.Text      `json:"identity_public_key_signature"`
		Juicebox json.RawMessage `json:"juicebox_config"`
	}
	if !loose.IsObject(raw) {
		return bridge.ChatRow{}
	}
	loose.Part(raw, &r)
	row := bridge.ChatRow{Row: keys.Row{
		Version: loose.First(r.Version, r.Older), Identity: string(r.Identity), Signing: string(r.Signing), Binding: string(r.Binding),
	}}
	if !loose.IsEmpty(r.Juicebox) {
		row.Juicebox = r.Juicebox
	}
	return row
}
