package control

import (
	"context"
	"slices"
)

// Taken is what a running relay made of perch.toml and the secrets as they are now. A name in it is that of a field in
// the JSON of Config, such as "listen" or "channel.0.motion.user" ("channel" for channels that came, went or were
// renamed), or that of a secret, such as "support/x.access_token". All of it is empty when no relay runs.
type Taken struct {
	// Applied lists what is in use from now on.
	Applied []string `json:"applied"`
	// Restart is set when the relay goes on with an old value of anything.
	Restart bool `json:"restart"`
	// RestartFields lists what is in use after a restart only.
	RestartFields []string `json:"restart_fields"`
	// Refused says in words what the relay did not take over although it could have.
	Refused []Problem `json:"refused"`
}

// IsRefused reports whether the relay did not take over what the name stands for although it could have.
func (t Taken) IsRefused(name string) bool {
	return slices.ContainsFunc(t.Refused, func(p Problem) bool { return p.Field == name })
}

// Distinct leaves out the problems that say what an earlier one has said.
func Distinct(problems []Problem) []Problem {
	var list []Problem
	for _, p := range problems {
		if !slices.ContainsFunc(list, func(q Problem) bool { return q.Message == p.Message }) {
			list = append(list, p)
		}
	}
	return list
}

// Reload makes the relay read perch.toml and the secrets again and take over what it can. A perch.toml that cannot be
// used is an error, and changes nothing.
func (c *Client) Reload(ctx context.Context) (Taken, error) {
	var out Taken
	err := c.post(ctx, "/v1/reload", &out)
	return out, err
}
