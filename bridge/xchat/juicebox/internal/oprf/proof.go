package oprf

import (
	"crypto/sha512"

	"github.com/bwesterb/go-ristretto"
)

const labelProof = "Juicebox_DLEQ_2023_1;"

// Proof shows that a result was made of an input with the private key of a public key.
type Proof struct{ C, Z Scalar }

// Prove makes a proof for the result of a blinded input.
func Prove(key Scalar, input Point) Proof { return proveWith(RandomScalar(), key, input) }

func proveWith(t, key Scalar, input Point) Proof {
	public, result := key.PublicKey(), key.Times(input)
	c := challenge(input, public, result, t.PublicKey(), t.Times(input))
	var z ristretto.Scalar
	z.MulAdd(key.s(), c.s(), t.s())
	return Proof{C: c, Z: scalar(&z)}
}

// Verify reports whether a realm made result of input with the key of public. All of it has been on the wire, but its time
// does not depend on any of it.
func (p Proof) Verify(input, public, result Point) bool {
	t := difference(p.Z.PublicKey(), p.C.Times(public))
	w := difference(p.Z.Times(input), p.C.Times(result))
	return challenge(input, public, result, t, w).s().EqualsI(p.C.s()) == 1
}

func difference(a, b Point) Point {
	var out ristretto.Point
	return point(out.Sub(a.p(), b.p()))
}

func challenge(points ...Point) Scalar {
	h := sha512.New()
	h.Write([]byte(labelProof))
	for _, p := range points {
		h.Write(p.Bytes())
	}
	return ScalarFromUniform((*[64]byte)(h.Sum(nil)))
}
