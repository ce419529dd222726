package app

import (
	"context"

	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
)

// preview says what the relay in this process would make of a configuration; nothing when there is none.
func (l *LocalSettings) preview(c *config.Config) control.Taken {
	if l.relay == nil {
		return nothingTaken()
	}
	return l.relay.preview(c)
}

// reload lets the relay in this process take over what was just stored. It is stored in any case, so that a reload that
// fails is no error but something that a restart has to bring.
func (l *LocalSettings) reload(ctx context.Context, c *config.Config) control.Taken {
	if l.relay == nil {
		return nothingTaken()
	}
	taken, err := l.relay.reload(ctx)
	if err == nil {
		return taken
	}
	e := bridge.AsError(err)
	taken = l.relay.preview(c)
	taken.Applied, taken.Restart = []string{}, true
	taken.Refused = []control.Problem{{Message: "the relay could not take it over: " + e.Message, Remedy: e.Remedy}}
	return taken
}

func nothingTaken() control.Taken {
	return control.Taken{Applied: []string{}, RestartFields: []string{}, Refused: []control.Problem{}}
}
