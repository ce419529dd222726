package ingress

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/reach"
	"perch/bridge/reach/tunnel"
)

var proxyToken = regexp.MustCompile(`([?&]token=)[^&]+`)

var reachOrder = []string{reach.Degraded, reach.Connecting, reach.Unknown, reach.Connected}

// State sums up all receivers: the worst one speaks.
func (i *Ingress) State() control.Reach {
	c, list := i.Setup().Config, i.current.Load().list
	out := control.Reach{Mode: c.Reach.Mode, State: reach.Unknown, Gaps: []control.Gap{}}
	if len(list) == 0 {
		out.Detail = "no channel has its X keys yet: store them with perch secret set"
		return out
	}
	states := make([]reach.State, 0, len(list))
	for _, receiver := range list {
		states = append(states, receiver.State())
	}
	for _, s := range states {
		for _, g := range s.Gaps {
			out.Gaps = append(out.Gaps, control.Gap{Channel: g.Channel, From: g.From, To: g.To, Recovered: g.Recovered, Lost: g.Lost})
		}
	}
	worst := slices.MinFunc(states, func(a, b reach.State) int {
		return cmp.Compare(slices.Index(reachOrder, a.State), slices.Index(reachOrder, b.State))
	})
	out.State, out.LastProof = worst.State, timeOrNil(worst.LastProof)
	out.PublicURL = proxyToken.ReplaceAllString(worst.PublicURL, "${1}…") // shown often; perch urls shows it whole
	out.Detail = joined(worst.Detail, worst.Remedy)
	out.Since = timeOrNil(i.current.Load().since)
	if worst.State == reach.Degraded {
		out.Failure = &control.Failure{Kind: string(worst.Kind), Message: worst.Detail, Remedy: worst.Remedy}
		out.RetryAt = timeOrNil(worst.RetryAt)
	}
	i.addTunnel(&out)
	i.addEvents(&out)
	return out
}

// addTunnel lets the tunnel speak where it is the cause.
func (i *Ingress) addTunnel(out *control.Reach) {
	if i.tunnel == nil {
		if out.Mode == reach.ModeWebhook && out.PublicURL == "" {
			out.Detail = "there is no public address: fill in reach.public_url, reach.motion_proxy or reach.tunnel in perch.toml"
		}
		return
	}
	t := i.tunnel.State()
	out.Tunnel = &control.Tunnel{Kind: i.Setup().Config.Reach.Tunnel, State: t.State, Detail: joined(t.Detail, t.Remedy)}
	if t.State == tunnel.Failed || t.State == tunnel.Degraded {
		kind := bridge.Temporary
		if t.State == tunnel.Failed {
			kind = bridge.Operator
		}
		out.State, out.Detail, out.RetryAt = reach.Degraded, "tunnel: "+joined(t.Detail, t.Remedy), timeOrNil(t.RetryAt)
		out.Failure = &control.Failure{Kind: string(kind), Message: "tunnel: " + t.Detail, Remedy: t.Remedy}
	}
}

// addEvents counts an authentic event or CRC as a proof: X does reach the relay.
func (i *Ingress) addEvents(out *control.Reach) {
	seen := i.Handler.Stats()
	last := seen.LastCRC
	if seen.LastEvent.After(last) {
		last = seen.LastEvent
	}
	if last.IsZero() || (out.LastProof != nil && !last.After(*out.LastProof)) {
		return
	}
	out.LastProof = &last
	if out.State == reach.Unknown || out.State == reach.Connecting {
		out.State = reach.Connected
	}
}

func joined(detail, remedy string) string {
	if remedy == "" || detail == "" {
		return cmp.Or(detail, remedy)
	}
	return detail + "; " + remedy
}

func timeOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
