package supervisor

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/app/control"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// retainKeys leaves X's keys of each channel whose new ones X does not know as those of the same account: replies that
// wait must not go out from another one, and keys that do not work must not replace those that may.
func (l *reloader) retainKeys(ctx context.Context, result *control.ReloadResult, running, next *setup, to *wanted) {
	ctx, cancel := context.WithTimeout(ctx, ownerPatience)
	defer cancel()
	refused := map[string]string{}
	defer func() { l.refused.Store(&refused) }()
	for _, ch := range next.config.Channels {
		changed := slices.DeleteFunc(change.Secrets(running.values, to.values), func(k secret.Key) bool {
			return k.Channel != ch.Name || !strings.HasPrefix(k.Name, "x.")
		})
		if len(changed) == 0 {
			continue
		}
		problem := l.checkOwner(ctx, ch, to)
		if problem == nil {
			continue
		}
		refused[ch.Name] = problem.Message + "; " + problem.Remedy
		for _, key := range changed {
			retain(next, running, key)
			result.Refused = append(result.Refused, control.Problem{Field: key.String(), Message: problem.Message, Remedy: problem.Remedy})
			if problem.Code == codeOtherAccount {
				result.RestartFields = append(result.RestartFields, key.String())
			}
		}
	}
}

// codeOtherAccount marks keys that work, but for another account.
const codeOtherAccount = "other account"

// checkOwner asks X whose a channel's new keys are. nil lets them be used: they are the same account's, nobody knows yet
// whose the channel is, or they are not complete and so nothing can be sent with them.
func (l *reloader) checkOwner(ctx context.Context, ch config.Channel, to *wanted) *bridge.Error {
	known, keys := l.relay.engine.Accounts().Account(ch.Name), adapter.XKeys(ch.Name, to.values)
	if known.ID == "" || keys.ConsumerKey == "" || keys.ConsumerSecret == "" || keys.AccessToken == "" || keys.AccessTokenSecret == "" {
		return nil
	}
	trial := xapi.New(adapter.XConfig(ch, to.values, nil, l.relay.log.Logger))
	defer trial.Close()
	owner, err := trial.Me(ctx)
	switch e := bridge.AsError(err); {
	case err == nil && owner.ID == known.ID:
		return nil
	case err == nil:
		return otherAccountError(ch.Name, known, owner)
	case xapi.AreKeysRefused(err):
		return &bridge.Error{
			Message: "X does not take the new keys of channel " + ch.Name + ": " + e.Message,
			Remedy:  "store all of them that were made together; until X takes them, Perch goes on with those that it has",
		}
	default:
		l.pending, l.notYet = true, e.RetryAt
		return notAskedError(ch.Name, e)
	}
}

// notAskedError says that X could not be asked whose keys are. What is in the way has a remedy of its own, but for one
// that speaks of a message.
func notAskedError(channel string, cause *bridge.Error) *bridge.Error {
	e := &bridge.Error{
		Message: "X could not be asked whose the new keys of channel " + channel + " are: " + cause.Message,
		Remedy:  "nothing to do: Perch asks again, and goes on with those that it has until then",
	}
	if cause.Kind == bridge.Operator && cause.Remedy != "" {
		e.Remedy = cause.Remedy + "; until then Perch goes on with those that it has, and asks again"
	}
	return e
}

func otherAccountError(channel string, known, owner bridge.Account) *bridge.Error {
	name := func(a bridge.Account) string { return cmp.Or(prefixed(a.Handle), a.ID) }
	return &bridge.Error{
		Code:    codeOtherAccount,
		Message: "the new keys are " + name(owner) + "'s, but channel " + channel + " speaks for " + name(known) + ": replies that wait would go out from the wrong account",
		Remedy:  "store keys of " + name(known) + "; or, to change the account, give up what waits (perch traffic --direction out --state queued; perch discard ID), then: perch restart",
	}
}

func prefixed(handle string) string {
	if handle == "" {
		return ""
	}
	return "@" + handle
}
