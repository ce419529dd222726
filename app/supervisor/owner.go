package supervisor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"perch/app/adapter"
	"perch/app/change"
	"perch/app/config"
	"perch/bridge"
	"perch/bridge/secret"
	"perch/bridge/xapi"
)

// ownerPatience bounds the question whose keys new ones are.
const ownerPatience = 8 * time.Second

// The codes of an error that says why keys are not used.
const (
	// codeOtherAccount marks keys that work, but for another account.
	codeOtherAccount = "other account"
	// codeNotAsked marks keys about which X could not be asked; RetryAt is when it lets itself be asked again.
	codeNotAsked = "not asked"
)

// unusable are new keys of X of one channel that are not to be used, and why.
type unusable struct {
	channel string
	changed []secret.Key
	why     *bridge.Error
}

// checkOwners returns the new keys of each channel that X does not know as those of the same account: replies that wait
// must not go out from another one, and keys that do not work must not replace those that may.
func (r *relay) checkOwners(ctx context.Context, channels []config.Channel, running, values map[secret.Key]string) []unusable {
	ctx, cancel := context.WithTimeout(ctx, ownerPatience)
	defer cancel()
	var all []unusable
	for _, ch := range channels {
		changed := slices.DeleteFunc(change.Secrets(running, values), func(k secret.Key) bool {
			return k.Channel != ch.Name || !slices.Contains(secret.XNames(), k.Name)
		})
		if len(changed) == 0 {
			continue
		}
		if why := r.checkOwner(ctx, ch, values); why != nil {
			all = append(all, unusable{ch.Name, changed, why})
		}
	}
	return all
}

// checkOwner asks X whose a channel's new keys are. nil lets them be used: they are the same account's, nobody knows yet
// whose the channel is, or they are not complete and so nothing can be sent with them.
func (r *relay) checkOwner(ctx context.Context, ch config.Channel, values map[secret.Key]string) *bridge.Error {
	known, keys := r.engine.Accounts().Account(ch.Name), adapter.XKeys(ch.Name, values)
	if known.ID == "" || keys.ConsumerKey == "" || keys.ConsumerSecret == "" || keys.AccessToken == "" || keys.AccessTokenSecret == "" {
		return nil
	}
	trial := xapi.New(adapter.XConfig(ch, values, nil, r.log.Logger))
	defer trial.Close()
	owner, err := trial.Me(ctx)
	switch e := bridge.AsError(err); {
	case err == nil && owner.ID == known.ID:
		return nil
	case err == nil:
		return otherAccountError(ch.Name, known, owner)
	case xapi.AreKeysRefused(err):
		return &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SideX, Message: "X does not take the new keys of channel " + ch.Name + ": " + e.Message,
			Remedy: "store all of them that were made together; until X takes them, Perch goes on with those that it has",
		}
	default:
		return notAskedError(ch.Name, e)
	}
}

// notAskedError says that X could not be asked whose keys are. What is in the way has a remedy of its own, but for one
// that speaks of a message.
func notAskedError(channel string, cause *bridge.Error) *bridge.Error {
	e := &bridge.Error{
		Kind: cause.Kind, Side: bridge.SideX, Code: codeNotAsked, RetryAt: cause.RetryAt,
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
		Kind: bridge.Operator, Side: bridge.SideX, Code: codeOtherAccount,
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
