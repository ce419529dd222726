package sqlite

import (
	"strings"
	"testing"

	"perch/bridge"
)

func TestAPublicPostIsFoundByItsIDWhoeverWroteIt(t *testing.T) {
	s := journal(t)
	mention, private, reply, other := inbound("ann", "11"), inbound("ann", "12"), outbound("m1"), inbound("bob", "11")
	mention.Kind, mention.Text = bridge.KindMention, "where is it?"
	reply.Kind, reply.XID, reply.Text = bridge.KindReply, "13", "on its way"
	other.Channel, other.Kind, other.Text = "other", bridge.KindMention, "of another channel"
	put(t, s, mention, private, other)
	if _, _, err := s.Add(t.Context(), reply, []byte("{}")); err != nil {
		t.Fatal(err)
	}
	echo := bridge.Echo{Channel: "c", Sent: bridge.Sent{XID: "14", Text: "news"}}
	if err := s.Unpack(t.Context(), 0, bridge.Unpacked{Echoes: []bridge.Echo{echo}}); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bridge.Cited{
		"11": {ID: "11", Handle: "ann", Text: "where is it?"}, "13": {ID: "13", Text: "on its way"}, "14": {ID: "14", Text: "news"}, "12": {}, "15": {}, "": {},
	} {
		if got, ok, err := s.CitedPost(t.Context(), "c", id); got != want || ok != (want.ID != "") || err != nil {
			t.Errorf("%q: %+v, %t, %v", id, got, ok, err)
		}
	}
}

func TestAPublicPostIsFoundByIndexes(t *testing.T) {
	s := journal(t)
	rows, err := s.reader.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+citedPost, "c", "1", "c", "1", "c", "1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var id, parent, unused int
		var plan string
		if err := rows.Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		all = append(all, plan)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	plan := strings.Join(all, "\n")
	if strings.Contains(plan, "SCAN") || strings.Count(plan, "SEARCH") != 3 || !strings.Contains(plan, "message_in") || !strings.Contains(plan, "message_sent") {
		t.Error(plan)
	}
}
