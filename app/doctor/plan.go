package doctor

import "context"

// Examine makes all checks and returns what they found.
func Examine(ctx context.Context, s Setup) []Finding {
	s.fill()
	e := &exam{Setup: s, shared: map[string]*check{}}
	life, end := context.WithCancel(ctx)
	e.life = life
	defer e.work.Wait()
	defer e.leave()
	defer end()
	e.askRelay(ctx)
	defer e.lock()()
	e.plan()
	findings := examine(ctx, e.checks)
	for i := range findings {
		findings[i].Message, findings[i].Remedy = e.hide(findings[i].Message), e.hide(findings[i].Remedy)
	}
	return findings
}

// plan lists the checks, causes before effects.
func (e *exam) plan() {
	configured := e.add(check{name: "config", title: "configuration", run: e.checkConfig})
	e.add(check{name: "folder", title: "folder", run: e.checkFolders})
	e.add(check{name: "disk", title: "disk space", run: e.checkDisk})
	modes := &check{name: "files", title: "file rights", run: e.checkModes}
	// Opening the journal mends its rights, so they are looked at before; what a damaged one says still comes first.
	e.journalCheck = e.add(check{name: "journal", title: "journal", after: []*check{modes}, run: e.checkJournal})
	e.checks = append(e.checks, modes)
	store := e.add(check{name: "secrets", title: "secrets", needs: []*check{configured}, run: e.checkStore})
	if e.Config == nil {
		e.add(check{name: "relay", title: "relay", run: e.checkRelay})
		return
	}
	e.add(check{name: "backup", title: "backup", run: e.checkBackup})
	listen := e.add(check{name: "listen", title: "port", after: []*check{e.journalCheck}, run: e.checkListen})
	e.planOldPlugin()
	ready := e.add(check{isHidden: true, title: "port", needs: []*check{listen}, after: []*check{e.journalCheck}, run: e.openStandIn})
	if e.isDelegated() {
		e.planDelegated()
		e.planTunnel(ready)
	} else {
		e.planChannels(store, ready)
	}
	e.add(check{name: "relay", title: "relay", run: e.checkRelay})
}

// planChannels lists what is checked with the secrets.
func (e *exam) planChannels(store, ready *check) {
	var channels []*channel
	for _, ch := range e.Config.Channels {
		channels = append(channels, e.planX(ch, store))
	}
	for _, c := range channels {
		c.planMotion(store)
	}
	at := e.planTunnel(ready)
	for _, c := range channels {
		c.planReply(ready)
	}
	e.planReach(channels, at, ready)
}

// planTunnel lists the checks of what the outside can reach. It returns the one after which a tunnel's address is known.
func (e *exam) planTunnel(ready *check) *check {
	at := ready
	if e.Config.Reach.Tunnel != "" {
		at = e.add(check{name: "tunnel", title: "tunnel", after: []*check{ready}, run: e.checkTunnel})
	}
	if e.Config.LegacyReplyPath {
		e.add(check{name: "legacy-path", title: "old reply path", run: e.checkLegacyPath})
	}
	return at
}
