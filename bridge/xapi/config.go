package xapi

import (
	"log/slog"

	"perch/bridge"
	"perch/bridge/xapi/xcall"
)

// Keys are the four secrets of an X app and the account that speaks through it.
type Keys = xcall.Keys

// Login is an OAuth 2.0 login of an account.
type Login = xcall.Login

// Tokens are what an OAuth 2.0 login gives.
type Tokens = xcall.Tokens

// TokenStore keeps the tokens of a login.
type TokenStore = xcall.TokenStore

// Config is what a Client is made of.
type Config struct {
	// Channel is the channel's name, for sentences that name a command.
	Channel string
	// Profile is "v2" or "v1.1".
	Profile string
	// APIBase and UploadBase are URLs without a path. UploadBase is used by v1.1 only.
	APIBase, UploadBase string
	// Environment is the label of the Account Activity API v1.1; empty means the Enterprise form without one.
	Environment string
	// MediaHosts are the hosts ("host" or "host:port") from which customers' files may be fetched.
	MediaHosts []string
	Keys       Keys
	Quota      bridge.Quota
	Log        *slog.Logger
	// Reads, when set, is told of what X has given and bills for, by its ids. It must not block.
	Reads func(kind bridge.BilledKind, ids ...string)
	// Login is the account's OAuth 2.0 login, used where X refuses OAuth 1.0a; the zero value for none.
	Login Login
	// UserAgent names the program to X; empty means "Perch".
	UserAgent string
}
