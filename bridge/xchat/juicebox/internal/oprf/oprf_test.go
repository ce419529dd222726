package oprf

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

type vector struct {
	Name   string
	Inputs struct {
		Input          text
		PrivateKeySeed text `json:"private_key_seed"`
		FactorSeed     text `json:"blinding_factor_seed"`
		ProofSeed      text `json:"beta_t_seed"`
	}
	Outputs struct {
		PrivateKey    text `json:"private_key"`
		PublicKey     text `json:"public_key"`
		Factor        text `json:"blinding_factor"`
		BlindedInput  text `json:"blinded_input"`
		BlindedOutput text `json:"blinded_output"`
		ProofC        text `json:"proof_c"`
		ProofZ        text `json:"proof_beta_z"`
		Output        text
	}
}

// text is bytes in hexadecimal.
type text []byte

func (t *text) UnmarshalText(raw []byte) (err error) {
	*t, err = hex.DecodeString(string(raw))
	return err
}

func vectors(t *testing.T) []vector {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(raw, &file); err != nil || len(file.Vectors) < 5 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	return file.Vectors
}

func TestReferenceVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		key := ScalarFromUniform((*[64]byte)(v.Inputs.PrivateKeySeed))
		factor := ScalarFromUniform((*[64]byte)(v.Inputs.FactorSeed))
		blinded := Blind(v.Inputs.Input, factor)
		result := key.Times(blinded)
		proof := proveWith(ScalarFromUniform((*[64]byte)(v.Inputs.ProofSeed)), key, blinded)
		final, direct := Finalize(v.Inputs.Input, factor, result), Evaluate(v.Inputs.Input, key)
		for what, pair := range map[string][2][]byte{
			"private key": {key.Bytes(), v.Outputs.PrivateKey}, "public key": {key.PublicKey().Bytes(), v.Outputs.PublicKey},
			"factor": {factor.Bytes(), v.Outputs.Factor}, "blinded input": {blinded.Bytes(), v.Outputs.BlindedInput},
			"blinded output": {result.Bytes(), v.Outputs.BlindedOutput}, "c": {proof.C.Bytes(), v.Outputs.ProofC},
			"z": {proof.Z.Bytes(), v.Outputs.ProofZ}, "output": {final[:], v.Outputs.Output}, "direct": {direct[:], v.Outputs.Output},
		} {
			if !bytes.Equal(pair[0], pair[1]) {
				t.Errorf("%s: %s: %x, want %x", v.Name, what, pair[0], pair[1])
			}
		}
		if !proof.Verify(blinded, key.PublicKey(), result) {
			t.Errorf("%s: the proof does not hold", v.Name)
		}
	}
}

func TestAnotherProofDoesNotHold(t *testing.T) {
	t.Parallel()
	key, input := RandomScalar(), Blind([]byte("input"), RandomScalar())
	public, result, good := key.PublicKey(), key.Times(input), Prove(key, input)
	other := RandomScalar().PublicKey()
	if !good.Verify(input, public, result) {
		t.Fatal("a good proof does not hold")
	}
	for name, ok := range map[string]bool{
		"input":  good.Verify(other, public, result),
		"public": good.Verify(input, other, result),
		"result": good.Verify(input, public, other),
		"c":      Proof{RandomScalar(), good.Z}.Verify(input, public, result),
		"z":      Proof{good.C, RandomScalar()}.Verify(input, public, result),
		"key":    Prove(RandomScalar(), input).Verify(input, public, result),
	} {
		if ok {
			t.Errorf("a proof with another %s holds", name)
		}
	}
}

func TestAnyThresholdOfSharesFindsTheSecret(t *testing.T) {
	t.Parallel()
	for count := 1; count <= 6; count++ {
		for threshold := 1; threshold <= count; threshold++ {
			secret := RandomScalar()
			shares := Split(secret, threshold, count)
			rand.Shuffle(count, func(i, k int) { shares[i], shares[k] = shares[k], shares[i] })
			got, ok := CombineScalars(shares[:threshold])
			if !ok || !bytes.Equal(got.Bytes(), secret.Bytes()) {
				t.Errorf("%d of %d: another secret", threshold, count)
			}
			inExponent, ok := CombinePoints(inExponent(shares[:threshold]))
			if !ok || !bytes.Equal(inExponent.Bytes(), secret.PublicKey().Bytes()) {
				t.Errorf("%d of %d: another point", threshold, count)
			}
			if less, _ := CombineScalars(shares[:threshold-1]); bytes.Equal(less.Bytes(), secret.Bytes()) {
				t.Errorf("%d of %d: found with one share less", threshold, count)
			}
		}
	}
}

func inExponent(shares []Share[Scalar]) []Share[Point] {
	out := make([]Share[Point], len(shares))
	for i, s := range shares {
		out[i] = Share[Point]{s.Index, s.Secret.PublicKey()}
	}
	return out
}

func TestSharesOfTheSameIndexAreRefused(t *testing.T) {
	t.Parallel()
	s := Share[Scalar]{Index: 2, Secret: RandomScalar()}
	if _, ok := CombineScalars([]Share[Scalar]{s, s}); ok {
		t.Error("scalars of one index were combined")
	}
	if _, ok := CombinePoints(inExponent([]Share[Scalar]{s, s})); ok {
		t.Error("points of one index were combined")
	}
}

// TestOnlyTheOneFormIsRead has the order of the group, values beyond it, and encodings that RFC 9496 calls bad.
func TestOnlyTheOneFormIsRead(t *testing.T) {
	t.Parallel()
	order := "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"
	for _, bad := range []string{"", "00", order, strings.Repeat("ff", 32), "ee" + order[2:], strings.Repeat("00", 33)} {
		if _, ok := DecodeScalar(unhex(t, bad)); ok {
			t.Errorf("scalar %s was read", bad)
		}
	}
	if s, ok := DecodeScalar(unhex(t, "ec"+order[2:])); !ok || hex.EncodeToString(s.Bytes()) != "ec"+order[2:] {
		t.Error("the largest scalar was not read")
	}
	for _, bad := range []string{
		"", "00",
		"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // not a field element in its one form
		"f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"0100000000000000000000000000000000000000000000000000000000000000", // negative
		"26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", // no square
		"3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e", // negative product
	} {
		if _, ok := DecodePoint(unhex(t, bad)); ok {
			t.Errorf("point %s was read", bad)
		}
	}
}

// TestTheMapIsThatOfTheStandard has an example of RFC 9496, A.3.
func TestTheMapIsThatOfTheStandard(t *testing.T) {
	t.Parallel()
	const label, want = "Ristretto is traditionally a short shot of espresso coffee",
		"3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
	if sha512.Sum512([]byte(label))[0] != 0x5d {
		t.Fatal("the label was changed")
	}
	if got := inputPoint([]byte(label)); hex.EncodeToString(got.Bytes()) != want {
		t.Errorf("%x", got.Bytes())
	}
}

func TestNoTextFormShowsAnything(t *testing.T) {
	t.Parallel()
	s := RandomScalar()
	p := s.PublicKey()
	type holder struct {
		s Scalar
		p Point
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		shown := fmt.Sprintf(verb+verb+verb+verb, s, p, &s, holder{s, p})
		for _, secret := range []string{hex.EncodeToString(s.Bytes()[:4]), fmt.Sprintf("%d", s.Bytes()[:3]), hex.EncodeToString(p.Bytes()[:4]), s.s().String()} {
			if strings.Contains(shown, strings.Trim(secret, "[]")) {
				t.Errorf("%s shows %s", verb, shown)
			}
		}
	}
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
