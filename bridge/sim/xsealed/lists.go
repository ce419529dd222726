package xsealed

import (
	"net/http"
	"slices"
	"strings"

	"perch/bridge/sim/serve"
	"perch/bridge/sim/xactions"
	"perch/bridge/sim/xgate"
	"perch/bridge/sim/xstate"
)

// showRecords lists the versions of somebody's public keys. The place of the backup is told of the own account only.
func (c *Chats) showRecords(in *xgate.Request) *serve.Answer {
	id := in.PathValue("id")
	if !xgate.IsID(id) {
		return in.Malformed("id", id, "the id %q is not a number", id)
	}
	p := c.people[id]
	if p == nil {
		return serve.JSON(http.StatusOK, map[string]any{"meta": map[string]any{"result_count": 0}})
	}
	var rows []any
	for _, set := range slices.Backward(p.sets) {
		row := map[string]any{
			"public_key_version": set.row.Version, "public_key": set.row.Identity, "signing_public_key": set.row.Signing,
			"identity_public_key_signature": set.row.Binding,
		}
		if id == in.Account.ID && c.realms != nil {
			row["juicebox_config"] = c.backup(id)
		}
		rows = append(rows, row)
	}
	return serve.JSON(http.StatusOK, map[string]any{"data": rows})
}

// listTalks lists the account's conversations, the last changed first.
func (c *Chats) listTalks(in *xgate.Request) *serve.Answer {
	var all []*talk
	for id, t := range c.talks {
		if id.Peer(in.Account.ID) != "" && len(t.events) > 0 && !c.options.Requests {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b *talk) int { return strings.Compare(b.last().sequence, a.last().sequence) })
	page, meta, refused := xactions.Paged(in, all, in.Number("max_results", 10))
	if refused != nil {
		return refused
	}
	meta["has_message_requests"], meta["has_more"] = c.options.Requests, meta["next_token"] != nil
	delete(meta, "previous_token")
	var data []any
	for _, t := range page {
		left, right := split(t.id)
		data = append(data, map[string]any{
			"id": t.id.Path(), "type": "direct", "participant_ids": []string{left, right}, "is_muted": false, "updated_at": t.last().at.UTC().Format(xstate.V2Time),
		})
	}
	return serve.JSON(http.StatusOK, withData(data, meta))
}

func (t *talk) last() *event { return t.events[len(t.events)-1] }

func withData(data []any, meta map[string]any) map[string]any {
	body := map[string]any{"meta": meta}
	if len(data) > 0 {
		body["data"] = data
	}
	return body
}

// listEvents lists a conversation's events, newest first, and the changes of keys that they need beside them.
func (c *Chats) listEvents(in *xgate.Request) *serve.Answer {
	id, refused := c.inPath(in)
	if refused != nil {
		return refused
	}
	t := c.talks[id]
	if t == nil || len(t.events) == 0 {
		return noTalk()
	}
	newest := slices.Clone(t.events)
	slices.Reverse(newest)
	page, meta, refused := xactions.Paged(in, newest, in.Number("max_results", 10))
	if refused != nil {
		return refused
	}
	delete(meta, "previous_token")
	meta["has_more"] = meta["next_token"] != nil
	var data []any
	changes := []string{}
	for _, e := range page {
		if change := t.changeOf[e.keyVersion]; change != "" && !c.options.HideChanges && !slices.Contains(changes, change) {
			changes = append(changes, change)
		}
		if e.what != "key change" || !c.options.HideChanges {
			data = append(data, c.shown(t, e))
		}
	}
	meta["conversation_key_events"] = changes
	return serve.JSON(http.StatusOK, withData(data, meta))
}

func (c *Chats) shown(t *talk, e *event) map[string]any {
	one := map[string]any{
		"id": e.sequence, "conversation_id": t.id.Path(), "sender_id": e.sender, "encoded_event": e.encoded,
		"created_at": e.at.UTC().Format(xstate.V2Time), "is_trusted": !c.options.Requests,
	}
	if e.previous != "" {
		one["previous_id"] = e.previous
	}
	if !c.options.NoToken {
		one["conversation_token"] = "eyJhbGciOiJIUzI1NiJ9.c2lt." + e.sequence
	}
	return one
}
