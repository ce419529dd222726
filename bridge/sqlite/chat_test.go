package sqlite

import (
	"strings"
	"testing"

	"perch/bridge"
)

func TestWhatWaitsIsFoundWithoutReadingTheOthers(t *testing.T) {
	s := journal(t)
	for _, f := range []bridge.Filter{{Waits: true}, {Channel: "c", Direction: bridge.In, Kind: bridge.KindEncrypted, Waits: true}} {
		find := newFinder(t.Context(), nil, f, nil)
		find.top = 1_000_000
		rows, err := s.reader.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT m.id FROM message m WHERE `+find.within()+find.where+` ORDER BY m.id DESC LIMIT 5`, find.args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		if all := strings.Join(plan, "; "); !strings.Contains(all, "message_encrypted") || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("%+v: %s", f, all)
		}
	}
}
