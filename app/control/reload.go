package control

import (
	"slices"
)

// ReloadResult is what a running relay made of perch.toml and the secrets as they are now. A name in it is that of a field in
// the JSON of Config, such as "listen" or "channel.0.motion.user" ("channel" for channels that came, went or were
// renamed), or that of a secret, such as "support/x.access_token". All of it is empty when no relay runs.
type ReloadResult struct {
	// Applied lists what is in use from now on.
	Applied []string `json:"applied"`
	// Restart is set when the relay goes on with an old value of anything.
	Restart bool `json:"restart"`
	// RestartFields lists what is in use after a restart only.
	RestartFields []string `json:"restart_fields"`
	// Refused says in words what the relay did not apply although it could have.
	Refused []Problem `json:"refused"`
}

// IsRefused reports whether the relay did not apply what the name stands for although it could have.
func (r ReloadResult) IsRefused(name string) bool {
	return slices.ContainsFunc(r.Refused, func(p Problem) bool { return p.Field == name })
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

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Field is the place in the JSON of Config, such as "reach.mode" or "channel.0.motion.receive_url"; empty when it
	// belongs to no single one.
	Field   string `json:"field"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
}
