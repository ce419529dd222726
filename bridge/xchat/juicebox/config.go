package juicebox

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"perch/bridge/xchat/juicebox/internal/derive"
)

// What a configuration may have at most; X's has three realms and some 4 KB.
const (
	maxConfiguration = 64 << 10 // bytes
	maxRealms        = 32
	maxToken         = 8 << 10 // bytes
	maxAddress       = 2 << 10 // bytes
	publicKeySize    = 32
)

// Configuration says where an account's secret is kept. It is good until the tokens in it expire, some minutes.
type Configuration struct {
	Realms           []Realm // by id: a realm's place gives its share's index
	RecoverThreshold int     // realms that are needed
	MaxGuesses       int     // wrong guesses in a row until the secret is deleted; Unknown if not told
	Fast             bool    // the PIN is hashed in a way that only tests use
}

// Realm is one server that keeps a share.
type Realm struct {
	ID        [derive.RealmSize]byte
	Address   *url.URL
	PublicKey []byte // of a realm in secure hardware; nil of one in software
	token     func() string
}

// ParseConfiguration reads juicebox_config, as X's public-key records have it. Its error has the kind BadConfiguration.
func ParseConfiguration(raw []byte) (*Configuration, error) {
	if len(raw) > maxConfiguration {
		return nil, badConfiguration("it is too large")
	}
	outer, err := readOuter(raw)
	if err != nil {
		return nil, err
	}
	inner, err := outer.inner()
	if err != nil {
		return nil, err
	}
	cfg := &Configuration{MaxGuesses: outer.MaxGuesses.or(Unknown), Fast: inner.fast()}
	if err := cfg.add(inner, outer.Tokens); err != nil {
		return nil, err
	}
	cfg.RecoverThreshold = inner.Recover.or(len(cfg.Realms)/2 + 1)
	slices.SortFunc(cfg.Realms, func(a, b Realm) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return cfg, cfg.complete()
}

// add takes over each realm with its token.
func (c *Configuration) add(inner innerJSON, tokens tokenMap) error {
	if len(inner.Realms) == 0 || len(inner.Realms) > maxRealms {
		return badConfiguration(fmt.Sprintf("it has %d realms", len(inner.Realms)))
	}
	for i, r := range inner.Realms {
		made, err := r.realm(tokens)
		if err != nil {
			return badConfiguration(fmt.Sprintf("realm %d: %v", i+1, err))
		}
		c.Realms = append(c.Realms, made)
	}
	return nil
}

// complete returns what is wrong with the realms taken together. A threshold below a majority would let realms have two
// versions of a secret at once.
func (c *Configuration) complete() error {
	n := len(c.Realms)
	if c.RecoverThreshold > n || c.RecoverThreshold <= n/2 {
		return badConfiguration(fmt.Sprintf("%d of %d realms are no majority", c.RecoverThreshold, n))
	}
	for i := 1; i < n; i++ {
		if c.Realms[i-1].ID == c.Realms[i].ID {
			return badConfiguration("a realm is in it twice")
		}
	}
	return nil
}

// check returns why a configuration, however it was made, is not to be used.
func (c *Configuration) check(local bool) error {
	if c == nil || len(c.Realms) == 0 {
		return badConfiguration("it is empty")
	}
	if c.Fast && !local {
		return badConfiguration("it asks for a hash of the PIN that is not safe")
	}
	for _, r := range c.Realms {
		if err := checkAddress(r.Address, local); err != nil {
			return badConfiguration(err.Error())
		}
		if r.PublicKey != nil && len(r.PublicKey) != publicKeySize {
			return badConfiguration("the public key of a realm is no key")
		}
	}
	return c.complete()
}

func (c *Configuration) cost() derive.Cost {
	if c.Fast {
		return derive.FastInsecure
	}
	return derive.Standard2019
}

func checkAddress(address *url.URL, local bool) error {
	switch {
	case address == nil || address.Host == "" || address.User != nil || address.Opaque != "":
		return errors.New("the address of a realm is no address")
	case address.Scheme == "https":
		return nil
	case address.Scheme == "http" && local && isLoopback(address.Hostname()):
		return nil
	}
	return errors.New("the address of a realm is not https")
}

func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

func parseAddress(text string) (*url.URL, error) {
	address, err := url.Parse(strings.TrimSpace(text))
	if err != nil || len(text) > maxAddress || address.Host == "" {
		return nil, errors.New("its address is no address")
	}
	return address, nil
}

func badConfiguration(why string) *Error {
	return &Error{Kind: BadConfiguration, Left: Unknown, Cause: errors.New(why)}
}
