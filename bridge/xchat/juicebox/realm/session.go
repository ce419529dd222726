package realm

import (
	"crypto/rand"
	"time"

	"github.com/flynn/noise"

	"perch/bridge/xchat/juicebox/internal/cbor"
)

var suite = noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashBLAKE2s)

const (
	maxSessions = 64
	publicSize  = 32
	paddedSize  = 436 // every answer within a session has this size, so that none shows by its length
)

type sessionKey struct {
	user string
	id   uint64
}

type session struct {
	in, out *noise.CipherState
	used    time.Time
}

// client answers a ClientRequest to a secure realm.
func (r *Realm) client(request any) any {
	m, _ := request.(cbor.Map)
	id, ok1 := sized(m, "realm", len(r.id))
	token, ok2 := m["auth_token"].(string)
	number, ok3 := m["session_id"].(uint64)
	kind, ok4 := m["kind"].(string)
	what, message, ok5 := variant(m["encrypted"])
	if ok := ok1 && ok2 && ok3 && ok4 && ok5; !ok || string(id) != string(r.id[:]) || number > 0xffffffff || len(m) != 5 {
		return "DecodingError"
	}
	user, ok := r.user(token)
	if !ok {
		return "InvalidAuth"
	}
	key := sessionKey{user, number}
	switch what {
	case "Handshake":
		return r.handshake(key, kind, message)
	case "Transport":
		return r.transport(key, kind, message)
	}
	return "DecodingError"
}

func (r *Realm) handshake(key sessionKey, kind string, message cbor.Map) any {
	inner, _ := message["handshake"].(cbor.Map)
	public, ok1 := sized(inner, "client_ephemeral_public", publicSize)
	payload, ok2 := inner["payload_ciphertext"].([]byte)
	state, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: suite, Pattern: noise.HandshakeNK, StaticKeypair: *r.key, Random: rand.Reader,
	})
	if !ok1 || !ok2 || err != nil {
		return "DecodingError"
	}
	request, _, _, err := state.ReadMessage(nil, append(append([]byte(nil), public...), payload...))
	if err != nil {
		return "SessionError"
	}
	reply, refusal := r.early(key.user, kind, request)
	if refusal != "" {
		return refusal
	}
	sealed, in, out, err := state.WriteMessage(nil, reply)
	if err != nil {
		return "SessionError"
	}
	r.keep(key, &session{in: in, out: out, used: time.Now()})
	return cbor.Map{"Ok": cbor.Map{"Handshake": cbor.Map{
		"handshake":        cbor.Map{"server_ephemeral_public": sealed[:publicSize], "payload_ciphertext": sealed[publicSize:]},
		"session_lifetime": cbor.Map{"secs": uint64(r.lifetime().Seconds()), "nanos": uint64(0)},
	}}}
}

// early answers what rides in a handshake: nothing, or a request that is not sensitive.
func (r *Realm) early(user, kind string, request []byte) (reply []byte, refusal string) {
	switch {
	case kind == "HandshakeOnly" && len(request) == 0:
		return nil, ""
	case kind != "SecretsRequest":
		return nil, "DecodingError"
	}
	decoded, err := cbor.Decode(request)
	if step, _, _ := variant(decoded); err != nil || step == "Recover2" || step == "Recover3" || step == "Register2" {
		return nil, "DecodingError"
	}
	answer := r.carryOut(user, decoded)
	if answer == nil {
		return nil, "DecodingError"
	}
	return pad(answer), ""
}

func (r *Realm) transport(key sessionKey, kind string, message cbor.Map) any {
	sealed, ok := message["ciphertext"].([]byte)
	if !ok || kind != "SecretsRequest" {
		return "DecodingError"
	}
	s := r.session(key)
	if s == nil {
		return "MissingSession"
	}
	request, err := s.in.Decrypt(nil, nil, sealed)
	if err != nil {
		return "SessionError"
	}
	decoded, err := cbor.Decode(request)
	if err != nil {
		return "DecodingError"
	}
	reply := r.carryOut(key.user, decoded)
	if reply == nil {
		return "DecodingError"
	}
	out, err := s.out.Encrypt(nil, nil, pad(reply))
	if err != nil {
		return "SessionError"
	}
	r.keep(key, s)
	return cbor.Map{"Ok": cbor.Map{"Transport": cbor.Map{"ciphertext": out}}}
}

// session takes a session out, so that one request at a time uses it.
func (r *Realm) session(key sessionKey) *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.sessions[key]
	delete(r.sessions, key)
	if s == nil || time.Since(s.used) > r.lifetime() {
		return nil
	}
	return s
}

func (r *Realm) keep(key sessionKey, s *session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sessions) >= maxSessions {
		clear(r.sessions)
	}
	s.used = time.Now()
	r.sessions[key] = s
}

func (r *Realm) lifetime() time.Duration {
	if r.Lifetime > 0 {
		return r.Lifetime
	}
	return time.Minute
}

func pad(answer any) []byte {
	raw := cbor.Encode(answer)
	filled := make([]byte, max(paddedSize, len(raw)))
	copy(filled, raw)
	return cbor.Encode(cbor.Map{"unpadded_length": uint64(len(raw)), "padded_bytes": filled})
}
