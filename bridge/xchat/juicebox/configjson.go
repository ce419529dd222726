package juicebox

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"perch/bridge/xchat/juicebox/internal/derive"
)

// outerJSON is juicebox_config.
type outerJSON struct {
	Inner      json.RawMessage `json:"key_store_token_map_json"` // JSON in a string, or, leniently, an object
	SDK        json.RawMessage `json:"sdk_config"`               // the same by another name that X's SDK knows
	Realms     json.RawMessage `json:"realms"`                   // there if the inner configuration is not wrapped at all
	MaxGuesses number          `json:"max_guess_count"`
	Tokens     tokenMap        `json:"token_map"`
}

// innerJSON is the configuration as Juicebox has it.
type innerJSON struct {
	Realms  []realmJSON `json:"realms"`
	Recover number      `json:"recover_threshold"`
	Hashing any         `json:"pin_hashing_mode"`
}

type realmJSON struct {
	ID        string `json:"id"`
	Address   string `json:"address"`
	PublicKey string `json:"public_key"`
}

type tokenMap []struct {
	Key   string `json:"key"`
	Value struct {
		Address string `json:"address"`
		Token   string `json:"token"`
	} `json:"value"`
}

// number is a JSON number, also in quotes; zero when there is none.
type number int

func (n *number) UnmarshalJSON(raw []byte) error {
	value, err := strconv.ParseUint(strings.Trim(string(raw), `"`), 10, 16)
	if err == nil {
		*n = number(value)
	}
	return nil
}

func (n number) or(otherwise int) int {
	if n > 0 {
		return int(n)
	}
	return otherwise
}

// readOuter also takes JSON in a string.
func readOuter(raw []byte) (outerJSON, error) {
	var outer outerJSON
	if json.Unmarshal(unquote(raw), &outer) != nil {
		return outer, badConfiguration("it cannot be read")
	}
	switch {
	case outer.Inner == nil && outer.SDK != nil:
		outer.Inner = outer.SDK
	case outer.Inner == nil && outer.Realms != nil:
		outer.Inner = unquote(raw)
	}
	return outer, nil
}

// inner is the configuration in the string, or one made of the tokens alone: then no realm has a public key.
func (o outerJSON) inner() (innerJSON, error) {
	var inner innerJSON
	raw := unquote(o.Inner)
	if len(raw) == 0 || string(raw) == "null" {
		for _, t := range o.Tokens {
			inner.Realms = append(inner.Realms, realmJSON{ID: t.Key, Address: t.Value.Address})
		}
		return inner, nil
	}
	if json.Unmarshal(raw, &inner) != nil {
		return inner, badConfiguration("the part in it about realms cannot be read")
	}
	return inner, inner.known()
}

func (i innerJSON) known() error {
	switch i.Hashing {
	case nil, "Standard2019", "FastInsecure", float64(0), float64(1):
		return nil
	}
	return badConfiguration("it hashes the PIN in an unknown way")
}

func (i innerJSON) fast() bool { return i.Hashing == "FastInsecure" || i.Hashing == float64(1) }

func (r realmJSON) realm(tokens tokenMap) (Realm, error) {
	id, err := parseID(r.ID)
	if err != nil {
		return Realm{}, err
	}
	address, err := parseAddress(r.Address)
	if err != nil {
		return Realm{}, err
	}
	made := Realm{ID: id, Address: address, token: hide(tokens.of(id))}
	if r.PublicKey != "" {
		made.PublicKey, err = hex.DecodeString(r.PublicKey)
	}
	if err != nil || made.PublicKey != nil && len(made.PublicKey) != publicKeySize {
		return Realm{}, errors.New("its public key is no key")
	}
	return made, nil
}

// of is the token for a realm; without a usable one the realm refuses, and others may do.
func (m tokenMap) of(id [derive.RealmSize]byte) string {
	for _, t := range m {
		if key, err := parseID(t.Key); err == nil && key == id && usable(t.Value.Token) {
			return t.Value.Token
		}
	}
	return ""
}

func usable(token string) bool {
	return len(token) <= maxToken && strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
}

// hide keeps a secret out of every text form: fmt follows pointers and fields, but calls no function.
func hide(secret string) func() string { return func() string { return secret } }

func parseID(text string) (id [derive.RealmSize]byte, err error) {
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(text), "-", ""))
	if err != nil || len(raw) != derive.RealmSize {
		return id, fmt.Errorf("its id is no id of %d bytes", derive.RealmSize)
	}
	return [derive.RealmSize]byte(raw), nil
}

// unquote takes JSON out of a string of JSON.
func unquote(raw []byte) []byte {
	raw = bytes.TrimSpace(raw)
	var text string
	if bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
		return bytes.TrimSpace([]byte(text))
	}
	return raw
}
