package sqlite

import (
	"strings"
	"testing"
)

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
