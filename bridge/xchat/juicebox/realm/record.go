package realm

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"

	"perch/bridge/xchat/juicebox/internal/cbor"
	"perch/bridge/xchat/juicebox/internal/derive"
	"perch/bridge/xchat/juicebox/internal/oprf"
)

// record is what a realm keeps of a user.
type record struct {
	version    []byte
	key        oprf.Scalar // of the oblivious function
	signedKey  cbor.Map
	commitment []byte
	tag        []byte
	share      []byte
	sealed     []byte
	sealedMAC  []byte
	allowed    uint64
	used       uint64
	gone       bool // no guesses are left
}

// carryOut answers a SecretsRequest; nil for what is none.
func (r *Realm) carryOut(user string, request any) any {
	step, arguments, ok := variant(request)
	if !ok {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var reply any
	switch {
	case step == "Register1" && arguments == nil:
		reply = "Ok"
	case step == "Register2" && arguments != nil:
		reply = r.register(user, arguments)
	case step == "Recover1" && arguments == nil:
		reply = r.recover1(user)
	case step == "Recover2" && arguments != nil:
		reply = r.recover2(user, arguments)
	case step == "Recover3" && arguments != nil:
		reply = r.recover3(user, arguments)
	case step == "Delete" && arguments == nil:
		delete(r.records, user)
		reply = "Ok"
	}
	if reply == nil {
		return nil
	}
	r.asked[step]++
	var out any = cbor.Map{step: reply}
	if r.Answer != nil {
		out = r.Answer(step, out)
	}
	return out
}

func (r *Realm) recover1(user string) any {
	rec, refusal := r.record(user)
	if refusal != "" {
		return refusal
	}
	return cbor.Map{"Ok": cbor.Map{"version": rec.version}}
}

// recover2 counts the guess before it answers.
func (r *Realm) recover2(user string, arguments cbor.Map) any {
	version, ok1 := sized(arguments, "version", derive.VersionSize)
	raw, ok2 := sized(arguments, "oprf_blinded_input", oprf.Size)
	input, ok3 := oprf.DecodePoint(raw)
	if ok := ok1 && ok2 && ok3; !ok || len(arguments) != 2 {
		return nil
	}
	rec, refusal := r.record(user)
	switch {
	case refusal != "":
		return refusal
	case !bytes.Equal(version, rec.version):
		return "VersionMismatch"
	}
	rec.used++
	proof := oprf.Prove(rec.key, input)
	return cbor.Map{"Ok": cbor.Map{
		"oprf_signed_public_key": rec.signedKey,
		"oprf_blinded_result":    rec.key.Times(input).Bytes(),
		"oprf_proof":             cbor.Map{"c": proof.C.Bytes(), "beta_z": proof.Z.Bytes()},
		"unlock_key_commitment":  rec.commitment,
		"num_guesses":            rec.allowed,
		"guess_count":            rec.used,
	}}
}

// recover3 gives the guess back for a right tag. After the last guess a wrong one deletes the share.
func (r *Realm) recover3(user string, arguments cbor.Map) any {
	version, ok1 := sized(arguments, "version", derive.VersionSize)
	tag, ok2 := sized(arguments, "unlock_key_tag", derive.TagSize)
	if ok := ok1 && ok2; !ok || len(arguments) != 2 {
		return nil
	}
	rec := r.records[user]
	switch {
	case rec == nil:
		return "NotRegistered"
	case rec.gone:
		return "NoGuesses"
	case !bytes.Equal(version, rec.version):
		return "VersionMismatch"
	case !derive.Equal(tag, rec.tag):
		left := rec.allowed - rec.used
		if left == 0 {
			rec.wipe()
		}
		return cbor.Map{"BadUnlockKeyTag": cbor.Map{"guesses_remaining": left}}
	}
	rec.used = 0
	return cbor.Map{"Ok": cbor.Map{
		"encryption_key_scalar_share": rec.share, "encrypted_secret": rec.sealed, "encrypted_secret_commitment": rec.sealedMAC,
	}}
}

// record finds what may still be guessed, or the reason why nothing may.
func (r *Realm) record(user string) (*record, string) {
	rec := r.records[user]
	if rec == nil {
		return nil, "NotRegistered"
	}
	if !rec.gone && rec.used >= rec.allowed {
		rec.wipe()
	}
	if rec.gone {
		return nil, "NoGuesses"
	}
	return rec, ""
}

func (rec *record) wipe() { *rec = record{gone: true} }

// register takes a share over; a registration with wrong parts is refused.
func (r *Realm) register(user string, a cbor.Map) any {
	signed, ok1 := a["oprf_signed_public_key"].(cbor.Map)
	policy, ok2 := a["policy"].(cbor.Map)
	raw, ok3 := sized(a, "oprf_private_key", oprf.Size)
	key, ok4 := oprf.DecodeScalar(raw)
	if ok := ok1 && ok2 && ok3 && ok4; !ok || !r.isSigned(key, signed) || len(a) != 9 {
		return nil
	}
	rec := &record{key: key, signedKey: signed}
	for name, part := range map[string]struct {
		into *[]byte
		size int
	}{
		"version": {&rec.version, derive.VersionSize}, "unlock_key_commitment": {&rec.commitment, derive.KeySize},
		"unlock_key_tag": {&rec.tag, derive.TagSize}, "encryption_key_scalar_share": {&rec.share, oprf.Size},
		"encrypted_secret": {&rec.sealed, derive.SealedSize}, "encrypted_secret_commitment": {&rec.sealedMAC, derive.TagSize},
	} {
		value, ok := sized(a, name, part.size)
		if !ok {
			return nil
		}
		*part.into = bytes.Clone(value)
	}
	rec.allowed, _ = policy["num_guesses"].(uint64)
	if rec.allowed == 0 || rec.allowed > 0xffff {
		return nil
	}
	r.records[user] = rec
	return "Ok"
}

// isSigned reports whether a public key is that of the private one, and signed for this realm.
func (r *Realm) isSigned(key oprf.Scalar, signed cbor.Map) bool {
	public, ok1 := sized(signed, "public_key", oprf.Size)
	verifying, ok2 := sized(signed, "verifying_key", ed25519.PublicKeySize)
	signature, ok3 := sized(signed, "signature", ed25519.SignatureSize)
	return ok1 && ok2 && ok3 && bytes.Equal(public, key.PublicKey().Bytes()) &&
		ed25519.Verify(verifying, toSign(r.id[:], public), signature)
}

func toSign(id, public []byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, derive.RealmSize)
	out = binary.BigEndian.AppendUint16(append(out, id...), oprf.Size)
	return append(out, public...)
}

func sized(m cbor.Map, name string, size int) ([]byte, bool) {
	value, ok := m[name].([]byte)
	return value, ok && len(value) == size
}

// variant takes an enumeration apart.
func variant(value any) (string, cbor.Map, bool) {
	switch v := value.(type) {
	case string:
		return v, nil, true
	case cbor.Map:
		for name, inner := range v {
			arguments, isMap := inner.(cbor.Map)
			return name, arguments, isMap && len(v) == 1
		}
	}
	return "", nil, false
}
