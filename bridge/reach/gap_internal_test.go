package reach

import (
	"log/slog"
	"testing"
	"time"
)

// What a pass brings that ends just after an outage was noticed to be over belongs to that outage.
func TestWhatComesAsAnOutageEndsBelongsToIt(t *testing.T) {
	b := &board{log: slog.New(slog.DiscardHandler), url: func() string { return "" }, troubles: map[place]trouble{}}
	g := &closer{Config: Config{Memory: struct{ Memory }{}}, board: b, member: Member{Channel: "support"}}
	from := time.Now().Add(-time.Hour)
	g.add(&outage{from: from, to: time.Now()})
	g.report(nil, tally{recovered: 1, oldest: from, newest: from})
	if gaps := b.gaps; len(gaps) != 0 {
		t.Errorf("told before the outage is closed: %+v", gaps)
	}
	g.report(g.take(), tally{})
	if gaps := b.gaps; len(gaps) != 1 || gaps[0].Recovered != 1 {
		t.Errorf("gaps %+v; want one in which one message was recovered", gaps)
	}
}
