package metrics

import (
	"slices"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/cost"
	"perch/bridge/reach"
	"perch/bridge/reach/tunnel"
)

var (
	states     = []string{control.StateRunning, control.StatePaused, control.StateDegraded}
	levels     = []control.Level{control.NeedsYou, control.Healing, control.Note}
	linkStates = []string{bridge.LinkOK, bridge.LinkDegraded, bridge.LinkPaused, bridge.LinkUnknown}
)

func (l *look) relay(s control.Status) {
	l.add(build, 1, s.Version)
	l.at(started, s.Started)
	for _, one := range states {
		l.add(state, flag(s.State == one), one)
	}
	l.add(journalOK, flag(s.Journal.State != bridge.LinkDegraded))
	type sort struct {
		level         control.Level
		side, channel string
	}
	sorts := map[sort]int{}
	for _, c := range s.Conditions {
		sorts[sort{c.Level, c.Side, c.Channel}]++
	}
	byLevel := map[control.Level]int{}
	for of, n := range sorts {
		l.add(condition, float64(n), string(of.level), of.side, of.channel)
		byLevel[of.level] += n
	}
	for _, level := range levels {
		l.add(conditions, float64(byLevel[level]), string(level))
	}
}

func (l *look) channels(s control.Status) {
	for _, c := range s.Channels {
		for side, of := range map[string]control.Link{control.SideX: c.X, control.SideMotion: c.Motion, control.SideReply: c.Reply} {
			for _, one := range linkStates {
				l.add(link, flag(of.State == one), c.Name, side, one)
			}
		}
		l.add(oldest, c.Inbound.WaitsFor(l.now).Seconds(), c.Name, string(bridge.In))
		l.add(oldest, c.Outbound.WaitsFor(l.now).Seconds(), c.Name, string(bridge.Out))
		l.add(encrypted, float64(c.Encrypted), c.Name)
		queues := map[string]bool{}
		for _, b := range c.Blocked {
			if !queues[b.Queue] {
				l.add(blocked, 1, c.Name, b.Queue)
			}
			queues[b.Queue] = true
		}
	}
}

// deliveries counts messages by state, those of channels that were taken away too. Lines to agents that were delivered are no
// customers' messages, as in the status.
func (l *look) deliveries(counts []bridge.Count, channels []control.Channel) {
	var names []string
	for _, c := range channels {
		names = append(names, c.Name)
	}
	type sort struct {
		channel string
		way     bridge.Direction
		state   bridge.State
	}
	sums := map[sort]int{}
	for _, n := range counts {
		if n.Kind == bridge.KindNote && n.State == bridge.Delivered {
			continue
		}
		sums[sort{n.Channel, n.Direction, n.State}] += n.N
		if !slices.Contains(names, n.Channel) {
			names = append(names, n.Channel)
		}
	}
	for _, name := range names {
		for _, way := range directions {
			for _, one := range bridge.States() {
				l.add(deliveries, float64(sums[sort{name, way, one}]), name, string(way), string(one))
			}
		}
	}
}

func (l *look) reach(r control.Reach) {
	l.add(reachOK, flag(r.State == reach.Connected), r.Mode)
	l.at(reachProof, r.LastProof)
	if r.Tunnel != nil {
		l.add(tunnelOK, flag(r.Tunnel.State == tunnel.Connected), r.Tunnel.Kind)
	}
	type sum struct{ n, lost, seconds, recovered float64 }
	sums := map[string]sum{}
	for _, g := range r.Gaps {
		of := sums[g.Channel]
		of.n++
		of.lost += flag(g.Lost != "")
		of.seconds += max(g.To.Sub(g.From), 0).Seconds()
		of.recovered += float64(g.Recovered)
		sums[g.Channel] = of
	}
	for name, of := range sums {
		l.add(gaps, of.n, name)
		l.add(gapsLost, of.lost, name)
		l.add(gapSeconds, of.seconds, name)
		l.add(gapFetched, of.recovered, name)
	}
}

func (l *look) limits(limits []bridge.Limit) {
	for _, of := range limits {
		for _, w := range of.Windows {
			l.add(limitMost, float64(w.Limit), of.Channel, of.Endpoint, w.Name)
			l.add(limitLeft, float64(max(w.Remaining, 0)), of.Channel, of.Endpoint, w.Name)
			l.at(limitReset, &w.Reset, of.Channel, of.Endpoint, w.Name)
		}
		l.add(limitWaits, float64(of.Waiting), of.Channel, of.Endpoint)
	}
}

func (l *look) costs(s *control.Spending) {
	if s == nil {
		return
	}
	l.add(costSpent, dollars(s.Spent))
	if s.Budget != nil {
		l.add(costBudget, dollars(*s.Budget))
	}
}

func dollars(m cost.Money) float64 { return float64(m) / float64(cost.Dollar) }

func (l *look) backup(b control.Backup) {
	l.at(backupAt, b.Last)
	l.add(backupFailed, flag(b.Error != ""))
}
