package juicebox

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"math"
	"net/http"
	"time"

	"github.com/flynn/noise"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

// suite is that of Noise_NK_25519_ChaChaPoly_BLAKE2s.
var suite = noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashBLAKE2s)

// maxLifetime is how long a session is used at most, whatever the realm says.
const maxLifetime = time.Hour

// session is an encrypted channel into a realm's secure hardware.
type session struct {
	id       uint32
	out, in  *noise.CipherState
	lifetime time.Duration
	used     time.Time
}

func (s *session) fresh() bool { return s != nil && time.Since(s.used) < s.lifetime }

// The kinds of a request to a realm in secure hardware.
const (
	kindHandshake = "HandshakeOnly"
	kindSecrets   = "SecretsRequest"
)

// sendSecretly sends a request within the realm's session. Without one, the request rides in the handshake, or, if it is
// sensitive, follows a handshake of its own.
func (re *realm) sendSecretly(ctx context.Context, token string, request []byte, sensitive bool) (any, *failure) {
	if re.session.fresh() {
		return re.transport(ctx, token, request)
	}
	if !sensitive {
		reply, f := re.handshake(ctx, token, request)
		if f != nil {
			return nil, f
		}
		return unpad(reply)
	}
	reply, f := re.handshake(ctx, token, nil)
	if f != nil && f.kind == Unreachable && ctx.Err() == nil {
		reply, f = re.handshake(ctx, token, nil) // it costs nothing
	}
	switch {
	case f != nil:
		return nil, f
	case len(reply) > 0:
		return nil, failed(Garbage)
	}
	return re.transport(ctx, token, request)
}

// handshake opens a session and returns what came back within.
func (re *realm) handshake(ctx context.Context, token string, request []byte) ([]byte, *failure) {
	re.session = nil
	state, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: suite, Pattern: noise.HandshakeNK, Initiator: true, PeerStatic: re.PublicKey, Random: rand.Reader,
	})
	if err != nil {
		return nil, failed(BadSession)
	}
	first, _, _, err := state.WriteMessage(nil, request)
	if err != nil {
		return nil, failed(BadSession) // a public key that is no point of use
	}
	kind := kindSecrets
	if request == nil {
		kind = kindHandshake
	}
	id := randomID()
	answer, f := re.exchange(ctx, token, id, kind, "Handshake", cbor.Map{"handshake": cbor.Map{
		"client_ephemeral_public": first[:publicKeySize], "payload_ciphertext": first[publicKeySize:],
	}})
	if f != nil {
		return nil, f
	}
	second, lifetime, f := readHandshake(answer)
	if f != nil {
		return nil, f
	}
	reply, out, in, err := state.ReadMessage(nil, second)
	if err != nil || out == nil || in == nil {
		return nil, failed(BadSession)
	}
	re.session = &session{id: id, out: out, in: in, lifetime: lifetime, used: time.Now()}
	return reply, nil
}

// transport sends a request within the session. A session that had a failure is not used again.
func (re *realm) transport(ctx context.Context, token string, request []byte) (any, *failure) {
	s := re.session
	re.session = nil
	sealed, err := s.out.Encrypt(nil, nil, request)
	if err != nil {
		return nil, failed(BadSession)
	}
	answer, f := re.exchange(ctx, token, s.id, kindSecrets, "Transport", cbor.Map{"ciphertext": sealed})
	if f != nil {
		return nil, f
	}
	raw, ok := answer["ciphertext"].([]byte)
	if !ok {
		return nil, failed(Garbage)
	}
	reply, err := s.in.Decrypt(nil, nil, raw)
	if err != nil {
		return nil, failed(BadSession)
	}
	s.used = time.Now()
	re.session = s
	return unpad(reply)
}

// exchange posts a ClientRequest and returns what is in the Ok of its answer.
func (re *realm) exchange(ctx context.Context, token string, id uint32, kind, what string, message cbor.Map) (fields, *failure) {
	body := cbor.Encode(cbor.Map{
		"realm": re.ID[:], "auth_token": token, "session_id": uint64(id), "kind": kind, "encrypted": cbor.Map{what: message},
	})
	answer, f := re.post(ctx, body, http.Header{}, func(value any) bool { return readClientReply(what, value) != nil })
	if f != nil {
		return nil, f
	}
	reply := readClientReply(what, answer)
	return reply.fields, reply.failed
}

// clientReply is a ClientResponse: what was asked for, or why not.
type clientReply struct {
	fields fields
	failed *failure
}

// refusals are the answers that tell why not. A session that is missing was forgotten, as after a restart.
var refusals = map[string]Kind{
	"Unavailable": Unreachable, "MissingSession": Unreachable, "InvalidAuth": InvalidAuth, "RateLimitExceeded": RateLimited,
	"SessionError": BadSession, "DecodingError": Garbage, "PayloadTooLarge": Garbage,
}

// readClientReply returns nil for what is no ClientResponse.
func readClientReply(what string, value any) *clientReply {
	name, inner := variant(value)
	if kind, ok := refusals[name]; ok && inner == nil {
		return &clientReply{failed: failed(kind)}
	}
	which, message := variant(inner)
	out, isMap := message.(cbor.Map)
	if name != "Ok" || which != what || !isMap {
		return nil
	}
	return &clientReply{fields: fields(out)}
}

func readHandshake(answer fields) ([]byte, time.Duration, *failure) {
	message, ok1 := answer.fields("handshake")
	public, ok2 := message.bytes("server_ephemeral_public", publicKeySize)
	payload, ok3 := message["payload_ciphertext"].([]byte)
	lifetime, ok4 := answer.fields("session_lifetime")
	seconds, ok5 := lifetime["secs"].(uint64)
	if ok := ok1 && ok2 && ok3 && ok4 && ok5; !ok {
		return nil, 0, failed(Garbage)
	}
	life := min(time.Duration(min(seconds, math.MaxUint16))*time.Second, maxLifetime) //nolint:gosec // bounded right here
	return append(append([]byte(nil), public...), payload...), life, nil
}

// unpad takes a SecretsResponse out of the padding that hides its length.
func unpad(raw []byte) (any, *failure) {
	value, err := cbor.Decode(raw)
	padded, isMap := value.(cbor.Map)
	if err != nil || !isMap {
		return nil, failed(Garbage)
	}
	filled, ok := padded["padded_bytes"].([]byte)
	length, ok2 := padded["unpadded_length"].(uint64)
	if !ok || !ok2 || length > uint64(len(filled)) {
		return nil, failed(Garbage)
	}
	reply, err := cbor.Decode(filled[:length])
	if err != nil {
		return nil, failed(Garbage)
	}
	return reply, nil
}

func randomID() uint32 {
	var raw [4]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return binary.BigEndian.Uint32(raw[:])
}
