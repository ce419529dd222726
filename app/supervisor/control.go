package supervisor

import (
	"perch/app/control"
	"perch/app/version"
)

func (r *relay) controlled() control.Relay {
	return control.Relay{
		Bridge: r.bridge, Listen: r.address, Reach: r.reach, Version: version.Number, Started: r.started, Stop: r.stopAsked, Demo: r.DemoStopped != nil,
		Poke:           func() { r.ingress.Poke(); r.reloader.poke(); r.replies.Retry() },
		ReachIsTrouble: r.ingress.IsTrouble, Reload: r.reloader.Reload,
		URLs: r.urls, NotInUse: r.reloader.notInUse, ReplyURL: r.replies.Link,
	}
}

// stopAsked ends the relay because a client asks for it.
func (r *relay) stopAsked() {
	if r.DemoStopped != nil {
		r.DemoStopped()
	}
	r.stop()
}

// reach says how X's events come in.
func (r *relay) reach() control.Reach { return r.ingress.State() }
