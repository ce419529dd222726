package doctor

import (
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/motion"
	"perch/bridge/xapi"
)

// channel is what is examined of one channel.
type channel struct {
	*exam
	config.Channel
	x      *xChecks
	motion *motionChecks
}

// xChecks is a channel's side of X. What a check found out is there for those that need it.
type xChecks struct {
	*channel
	client *xapi.Client

	tokenAnswer *answer
	account     bridge.Account
	hooks       []xapi.Webhook
	hooksErr    error
	// the checks that others need
	appCheck, accountCheck, hooksCheck, environmentCheck *check
}

// motionChecks is a channel's side of Motion.
type motionChecks struct {
	*channel
	client *motion.Client

	accountAnswer *answer
	// account is the Open Channel account as Motion describes it; nil when it does not.
	account members
	// accountCheck is the check that account is there.
	accountCheck *check
}
