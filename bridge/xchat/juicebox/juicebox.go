// Package juicebox gets a secret back with a PIN from the realms of Juicebox (github.com/juicebox-systems/juicebox-sdk),
// as X keeps the keys of an account's encrypted chat. It recovers only: it never registers, replaces or deletes anything.
//
// What a caller may rely on:
//
//   - A guess is spent by the second step only, and that step is sent to each realm once in a call, whatever happens to
//     it: no redirect is followed and nothing is repeated. An answer that got lost may have cost a guess all the same;
//     Error.Spent says so. The steps that cost nothing are tried twice.
//   - Realms do not tell how many guesses are left until one is spent: before that, only that there is none at all (Check).
//     Client.Confirm is therefore asked after a single realm has told its number and before the others, whose guesses are
//     what an attempt takes, are touched. A declined attempt costs one guess at that one realm; the others keep theirs.
//   - Each way to fail is a Kind of its own, with what each realm did, and with the guesses that are left where they are
//     known. Realms that are lost or lie do no harm as long as enough others agree; a secret is returned only when a
//     threshold of realms gave shares whose proofs, signatures and commitments are right and it decrypts.
//   - Answers are bounded before they are read, and nothing in them or in a configuration makes it panic.
//   - No PIN, token, key or secret is in an error or in the text form of any value.
//
// It knows nothing of X but the form of its juicebox_config, and nothing of Perch.
package juicebox

import (
	"context"
	"net/http"
	"time"
)

const (
	// Unknown stands for a number of guesses that nobody told.
	Unknown = -1
	// MaxPIN is the longest PIN in bytes; X's apps take four digits.
	MaxPIN = 256

	timeout = 20 * time.Second // for one request; a realm answers within one
	grace   = 5 * time.Second  // for the rest, once enough realms have answered or too many have failed
)

// Client recovers secrets. Its fields must not change while it is used; it is safe for concurrent use, though two attempts
// at one secret at the same time spend two guesses.
type Client struct {
	// HTTP sends the requests; nil is one with what net/http does by itself. Redirects are not followed and cookies not kept, whatever it says.
	HTTP *http.Client
	// Confirm, if set, decides whether an attempt goes on, knowing how many guesses the first realm has left if this
	// one is wrong. Without it all realms are asked at once.
	Confirm func(ctx context.Context, left int) bool
	// Local allows what only simulators need: plain HTTP to this machine, and the fast hash of a PIN.
	Local bool
}

// State is what realms tell at no cost.
type State struct {
	Registered int          // realms that hold a share of the same secret and have a guess left
	Needed     int          // realms that a recovery needs
	MaxGuesses int          // what the configuration allows in a row; Unknown if it does not say
	Lost       []RealmError // realms that cannot take part, and why
}

// Check asks whether a recovery could succeed, which costs no guess. Its errors are those of Recover's first step: among
// them NotRegistered and NoGuesses. It cannot tell how many guesses are left.
func (c *Client) Check(ctx context.Context, cfg *Configuration) (State, error) {
	r, err := c.start(cfg)
	if err != nil {
		return State{}, err
	}
	if _, err := r.find(ctx); err != nil {
		return State{}, err
	}
	return State{Registered: len(r.holders), Needed: cfg.RecoverThreshold, MaxGuesses: cfg.MaxGuesses, Lost: r.lost}, nil
}

// Recover returns the secret that was registered with a PIN. It spends one guess, which a right PIN gives back. Any error
// is an *Error.
func (c *Client) Recover(ctx context.Context, cfg *Configuration, pin []byte) ([]byte, error) {
	if len(pin) == 0 || len(pin) > MaxPIN {
		return nil, fault(BadPIN)
	}
	r, err := c.start(cfg)
	if err != nil {
		return nil, err
	}
	version, err := r.find(ctx)
	if err != nil {
		return nil, err
	}
	return r.recover(ctx, version, pin)
}

func (c *Client) start(cfg *Configuration) (*run, error) {
	if err := cfg.check(c.Local); err != nil {
		return nil, err
	}
	r := &run{cfg: cfg, confirm: c.Confirm}
	web := plainClient(c.HTTP)
	for i := range cfg.Realms {
		r.realms = append(r.realms, &realm{Realm: &cfg.Realms[i], index: uint64(i) + 1, web: web})
	}
	return r, nil
}
