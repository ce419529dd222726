package realm

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"perch/bridge/xchat/juicebox/internal/cbor"
	"perch/bridge/xchat/juicebox/internal/derive"
	"perch/bridge/xchat/juicebox/internal/oprf"
)

// Set is the realms that share a secret, by id.
type Set struct {
	Realms    []*Realm
	Threshold int  // how many a recovery needs
	Fast      bool // hash PINs in the way that is for tests
}

// NewSet makes realms with random ids; X has one in software and two in secure hardware, of which two are needed.
func NewSet(threshold int, secure ...bool) *Set {
	s := &Set{Threshold: threshold}
	for _, is := range secure {
		s.Realms = append(s.Realms, New([derive.RealmSize]byte(random(derive.RealmSize)), is))
	}
	slices.SortFunc(s.Realms, func(a, b *Realm) int { return bytes.Compare(a.id[:], b.id[:]) })
	return s
}

// Register stores a secret of at most 128 bytes under a PIN with all realms, as an app does with its servers.
func (s *Set) Register(user string, pin, secret []byte, guesses int) {
	version := random(derive.VersionSize)
	cost := derive.Standard2019
	if s.Fast {
		cost = derive.FastInsecure
	}
	access, seed := derive.Pin(cost, pin, version, nil)
	key, scalar := oprf.RandomScalar(), oprf.RandomScalar()
	unlock, commitment := derive.Unlock(oprf.Evaluate(access, key))
	sealed := derive.Seal(derive.SecretKey(seed, scalar.Bytes()), secret)
	_, signing, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic("realm: " + err.Error()) // rand does not fail
	}
	keys, shares := oprf.Split(key, s.Threshold, len(s.Realms)), oprf.Split(scalar, s.Threshold, len(s.Realms))
	for i, r := range s.Realms {
		share := shares[i].Secret.Bytes()
		reply := r.carryOut(user, cbor.Map{"Register2": cbor.Map{
			"version":                     version,
			"oprf_private_key":            keys[i].Secret.Bytes(),
			"oprf_signed_public_key":      r.sign(signing, keys[i].Secret),
			"unlock_key_commitment":       commitment,
			"unlock_key_tag":              derive.Tag(unlock, r.id[:]),
			"encryption_key_scalar_share": share,
			"encrypted_secret":            sealed,
			"encrypted_secret_commitment": derive.Commitment(unlock, r.id[:], share, sealed),
			"policy":                      cbor.Map{"num_guesses": uint64(guesses)}, //nolint:gosec // a count of guesses
		}})
		if reply == nil {
			panic("realm: refused its own registration")
		}
	}
}

func (r *Realm) sign(signing ed25519.PrivateKey, key oprf.Scalar) cbor.Map {
	public := key.PublicKey().Bytes()
	return cbor.Map{
		"public_key": public, "verifying_key": []byte(signing.Public().(ed25519.PublicKey)), //nolint:errcheck,forcetypeassert // by definition
		"signature": ed25519.Sign(signing, toSign(r.id[:], public)),
	}
}

// Allow lets a token speak for a user with all realms.
func (s *Set) Allow(token, user string) {
	for _, r := range s.Realms {
		r.Allow(token, user)
	}
}

// ServeHTTP serves every realm below its id.
func (s *Set) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	for _, r := range s.Realms {
		if strings.HasPrefix(req.URL.Path, "/"+hex.EncodeToString(r.id[:])+"/") {
			r.ServeHTTP(w, req)
			return
		}
	}
	http.NotFound(w, req)
}

// Configuration is juicebox_config in the form of X's public-key records, for a Set that is served at base.
func (s *Set) Configuration(base, token string) []byte {
	type realmJSON struct {
		ID        string `json:"id"`
		Address   string `json:"address"`
		PublicKey string `json:"public_key,omitempty"`
	}
	var realms []realmJSON
	var tokens []any
	for _, r := range s.Realms {
		id := hex.EncodeToString(r.id[:])
		address := base + "/" + id + "/"
		realms = append(realms, realmJSON{id, address, hex.EncodeToString(r.PublicKey())})
		tokens = append(tokens, map[string]any{"key": id, "value": map[string]string{"address": address, "token": token}})
	}
	hashing := "Standard2019"
	if s.Fast {
		hashing = "FastInsecure"
	}
	inner := encode(map[string]any{
		"realms": realms, "register_threshold": len(realms), "recover_threshold": s.Threshold, "pin_hashing_mode": hashing,
	})
	return encode(map[string]any{"key_store_token_map_json": string(inner), "max_guess_count": MaxGuesses, "token_map": tokens})
}

func encode(value any) []byte {
	out, err := json.Marshal(value)
	if err != nil {
		panic("realm: " + err.Error()) // it is made of texts and numbers
	}
	return out
}

func random(size int) []byte {
	out := make([]byte, size)
	_, _ = rand.Read(out) // it never fails
	return out
}
