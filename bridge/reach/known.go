package reach

import (
	"context"

	"perch/bridge/xapi"
)

// maxFed is how many ids are remembered as handed on.
const maxFed = 8192

// runOfKnown counts messages in a row that came in before; the account's own say nothing.
func (g *closer) runOfKnown(ctx context.Context, run int, m xapi.Missed) int {
	switch {
	case m.Own:
		return run
	case g.isKnown(ctx, m.ID):
		return run + 1
	}
	return 0
}

func (g *closer) isKnown(ctx context.Context, xID string) bool {
	if g.Memory == nil {
		return false
	}
	known, err := g.Memory.HasReceived(ctx, g.member.Channel, xID)
	return err == nil && known
}

func (g *closer) isFed(xID string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, is := g.fed[xID]
	return is
}

// feed remembers a message as handed on; it reports whether that is new.
func (g *closer) feed(xID string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, was := g.fed[xID]; was {
		return false
	}
	g.fed[xID] = struct{}{}
	if g.order = append(g.order, xID); len(g.order) > maxFed {
		delete(g.fed, g.order[0])
		g.order = g.order[1:]
	}
	return true
}
