package settings

import (
	"context"
	"strings"

	"perch/app/control"
	"perch/bridge"
	"perch/bridge/endpoint"
	"perch/bridge/secret"
)

// checkPublicAddress makes the call by which X checks a webhook. Only the right answer proves that it is Perch that
// answers.
//
//nolint:unparam // the checks share one signature
func checkPublicAddress(ctx context.Context, t *trial) (control.CheckResult, error) {
	if t.public == "" {
		return control.CheckResult{
			Message: "there is no public address", Remedy: "none is needed unless X's events come by webhook; then give public_url or choose a tunnel",
		}, nil
	}
	consumerSecret := t.values[secret.Key{Channel: t.channel.Name, Name: "x.consumer_secret"}]
	if consumerSecret == "" {
		return control.CheckResult{Message: "the consumer secret is not stored, which signs the answer", Remedy: "store X's keys first"}, nil
	}
	prober := endpoint.Prober{Sign: func(token string) string { return endpoint.Sign(consumerSecret, []byte(token)) }}
	if err := prober.Probe(ctx, t.public); err != nil {
		e := bridge.AsError(err)
		if !t.isRunning {
			e.Remedy = "start the relay, which answers there, and try again; if it fails then, too: " + e.Remedy
		}
		return control.CheckResult{Message: withoutQuery(t.public) + ": " + e.Message, Remedy: e.Remedy}, nil
	}
	return control.CheckResult{OK: true, Message: "X can reach Perch at " + withoutQuery(t.public)}, nil
}

// withoutQuery shows an address without the proxy's token.
func withoutQuery(address string) string {
	short, _, _ := strings.Cut(address, "?")
	return short
}
