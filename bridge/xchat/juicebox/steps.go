package juicebox

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"

	"perch/bridge/xchat/juicebox/internal/cbor"
	"perch/bridge/xchat/juicebox/internal/derive"
	"perch/bridge/xchat/juicebox/internal/oprf"
)

// guessed is a realm's part in step 2, verified.
type guessed struct {
	result       oprf.Point
	commitment   []byte
	verifyingKey []byte
	left         int
}

// stored is a realm's part in step 3, verified.
type stored struct {
	share  oprf.Scalar
	sealed []byte
}

// recover1 asks for the version of what a realm holds.
func (re *realm) recover1(ctx context.Context) ([]byte, *failure) {
	fields, f := re.twice(ctx, "Recover1", nil)
	if f != nil {
		return nil, f
	}
	version, ok := fields.bytes("version", derive.VersionSize)
	if !ok {
		return nil, failed(Garbage)
	}
	return version, nil
}

// recover2 spends a guess. It is sent once, whatever happens; in a new session, since one that the realm has forgotten
// would lose it.
func (re *realm) recover2(ctx context.Context, version []byte, blinded oprf.Point) (guessed, *failure) {
	re.session = nil
	fields, f := re.step(ctx, "Recover2", cbor.Map{"version": version, "oprf_blinded_input": blinded.Bytes()})
	if f != nil {
		return guessed{}, f
	}
	g, public, proof, f := readGuess(fields, re.ID[:])
	switch {
	case f != nil:
		return guessed{}, f
	case !proof.Verify(blinded, public, g.result):
		return guessed{}, failed(BadProof)
	}
	return g, nil
}

func readGuess(fields fields, id []byte) (guessed, oprf.Point, oprf.Proof, *failure) {
	signed, ok1 := fields.fields("oprf_signed_public_key")
	raw, ok2 := signed.bytes("public_key", oprf.Size)
	key, ok3 := signed.bytes("verifying_key", ed25519.PublicKeySize)
	signature, ok4 := signed.bytes("signature", ed25519.SignatureSize)
	proof, ok5 := readProof(fields)
	result, ok6 := fields.point("oprf_blinded_result")
	commitment, ok7 := fields.bytes("unlock_key_commitment", derive.KeySize)
	left, ok8 := readLeft(fields)
	if ok := ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7 && ok8; !ok {
		return guessed{}, oprf.Point{}, oprf.Proof{}, failed(Garbage)
	}
	public, ok := oprf.DecodePoint(raw)
	if !ok || !ed25519.Verify(key, signedKey(id, raw), signature) {
		return guessed{}, oprf.Point{}, oprf.Proof{}, failed(BadSignature)
	}
	return guessed{result: result, commitment: commitment, verifyingKey: key, left: left}, public, proof, nil
}

func readProof(fields fields) (oprf.Proof, bool) {
	proof, ok1 := fields.fields("oprf_proof")
	c, ok2 := proof.scalar("c")
	z, ok3 := proof.scalar("beta_z")
	return oprf.Proof{C: c, Z: z}, ok1 && ok2 && ok3
}

func readLeft(fields fields) (int, bool) {
	allowed, ok1 := fields.count("num_guesses")
	used, ok2 := fields.count("guess_count")
	return allowed - used, ok1 && ok2 && used <= allowed
}

// signedKey is what the one who registered has signed for each realm.
func signedKey(id, public []byte) []byte {
	out := binary.BigEndian.AppendUint16(nil, derive.RealmSize)
	out = binary.BigEndian.AppendUint16(append(out, id...), oprf.Size)
	return append(out, public...)
}

// recover3 gets a realm's share. It costs nothing, and gives back the guess.
func (re *realm) recover3(ctx context.Context, version, unlock []byte) (stored, *failure) {
	fields, f := re.twice(ctx, "Recover3", cbor.Map{"version": version, "unlock_key_tag": derive.Tag(unlock, re.ID[:])})
	if f != nil {
		return stored{}, f
	}
	share, ok1 := fields.scalar("encryption_key_scalar_share")
	sealed, ok2 := fields.bytes("encrypted_secret", derive.SealedSize)
	commitment, ok3 := fields.bytes("encrypted_secret_commitment", derive.TagSize)
	switch ok := ok1 && ok2 && ok3; {
	case !ok:
		return stored{}, failed(Garbage)
	case !derive.Equal(commitment, derive.Commitment(unlock, re.ID[:], share.Bytes(), sealed)):
		return stored{}, failed(BadCommitment)
	}
	return stored{share: share, sealed: sealed}, nil
}

// twice is step, and once more if the request may not have come through.
func (re *realm) twice(ctx context.Context, name string, arguments cbor.Map) (fields, *failure) {
	out, f := re.step(ctx, name, arguments)
	if f != nil && f.kind == Unreachable && ctx.Err() == nil {
		return re.step(ctx, name, arguments)
	}
	return out, f
}

// step sends a request and returns what is in its Ok.
func (re *realm) step(ctx context.Context, name string, arguments cbor.Map) (fields, *failure) {
	var request any = name
	if arguments != nil {
		request = cbor.Map{name: arguments}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	reply, f := re.send(ctx, request, arguments != nil)
	if f != nil {
		return nil, f
	}
	return readReply(name, reply)
}

// readReply looks into a SecretsResponse.
func readReply(name string, reply any) (fields, *failure) {
	which, inner := variant(reply)
	if which != name {
		return nil, failed(Garbage)
	}
	result, arguments := variant(inner)
	out, isMap := arguments.(cbor.Map)
	switch {
	case result == "Ok" && isMap:
		return fields(out), nil
	case result == "NotRegistered":
		return nil, failed(NotRegistered)
	case result == "NoGuesses":
		return nil, failed(NoGuesses)
	case result == "VersionMismatch" && name != "Recover1":
		return nil, failed(VersionMismatch)
	case result == "BadUnlockKeyTag" && name == "Recover3":
		return nil, failed(BadTag)
	}
	return nil, failed(Garbage)
}
