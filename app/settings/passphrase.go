package settings

import (
	"io"

	"perch/bridge"
	"perch/bridge/secret"
)

// Passphrase returns what OpenVault was given; "" for nothing. It is what a relay has to be started with that finds none
// by itself.
func (l *Local) Passphrase() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.phrase
}

// hasVault reports whether the secrets of this home are in a vault, or will be.
func (l *Local) hasVault() bool {
	l.mu.Lock()
	isWanted := l.usesVault || l.phrase != ""
	l.mu.Unlock()
	return isWanted || l.home.HasVault() || l.home.KeepsPassphrase()
}

// passphrase takes the vault's passphrase from wherever it comes without a terminal: a window has none.
func (l *Local) passphrase() secret.Passphrase {
	return func(isNew bool) (string, error) {
		if typed := l.Passphrase(); typed != "" {
			return typed, nil
		}
		if secret.HasPassphrase(l.home.Passphrase()) {
			return secret.SystemPassphrase(l.home.Passphrase(), l.log, nil, io.Discard)(isNew)
		}
		return "", &bridge.Error{
			Kind: bridge.Operator, Side: bridge.SidePerch, Op: "open the vault of secrets",
			Message: "the keys are in Perch's encrypted file, and its passphrase was not given yet",
			Remedy:  "open the vault with its passphrase", Err: secret.ErrNoPassphrase,
		}
	}
}
