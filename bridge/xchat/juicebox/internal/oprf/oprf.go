// Package oprf is the arithmetic of Juicebox in the group Ristretto255 (RFC 9496): the oblivious function that turns an
// access key into a result which neither side could have made alone, the proof that a realm did its part with the key that
// it was given, and the sharing of secrets between realms.
//
// Everything from outside is decoded strictly: a point or scalar that is not written in its one way is refused. Values
// show nothing of themselves in any text form.
package oprf

import (
	"crypto/rand"
	"crypto/sha512"

	"github.com/bwesterb/go-ristretto"
)

// Size is how many bytes a point or a scalar has.
const Size = 32

const labelOutput = "Juicebox_OPRF_2023_1;"

// Scalar is a number modulo the group's order. It may be a secret.
type Scalar struct{ s func() *ristretto.Scalar } // behind a function: its own text form is the number

// Point is an element of the group. It may be a secret.
type Point struct{ p func() *ristretto.Point }

func scalar(s *ristretto.Scalar) Scalar { return Scalar{func() *ristretto.Scalar { return s }} }

func point(p *ristretto.Point) Point { return Point{func() *ristretto.Point { return p }} }

// RandomScalar is uniform.
func RandomScalar() Scalar {
	var wide [64]byte
	_, _ = rand.Read(wide[:]) // it never fails
	return ScalarFromUniform(&wide)
}

// ScalarFromUniform reduces 64 uniform bytes.
func ScalarFromUniform(wide *[64]byte) Scalar {
	var s ristretto.Scalar
	return scalar(s.SetReduced(wide))
}

// DecodeScalar reads the canonical form of a scalar.
func DecodeScalar(raw []byte) (Scalar, bool) {
	var s ristretto.Scalar
	if len(raw) != Size || !s.SetBytesStrict((*[Size]byte)(raw)) {
		return Scalar{}, false
	}
	return scalar(&s), true
}

// DecodePoint reads the canonical form of a point.
func DecodePoint(raw []byte) (Point, bool) {
	var p ristretto.Point
	if len(raw) != Size || !p.SetBytes((*[Size]byte)(raw)) {
		return Point{}, false
	}
	return point(&p), true
}

// Bytes is the canonical form.
func (s Scalar) Bytes() []byte { return s.s().Bytes() }

// Bytes is the canonical form.
func (p Point) Bytes() []byte { return p.p().Bytes() }

// PublicKey is the point that belongs to a private key.
func (s Scalar) PublicKey() Point {
	var p ristretto.Point
	return point(p.ScalarMultBase(s.s()))
}

// Times is the scalar's multiple of a point.
func (s Scalar) Times(p Point) Point {
	var out ristretto.Point
	return point(out.ScalarMult(p.p(), s.s()))
}

// inputPoint is the point that an access key stands for.
func inputPoint(input []byte) Point {
	var p ristretto.Point
	return point(p.DeriveDalek(input)) // the map of RFC 9496 over SHA-512
}

// Blind returns what a realm gets to see of an input under a random factor.
func Blind(input []byte, factor Scalar) Point { return factor.Times(inputPoint(input)) }

// Finalize takes the factor off a realm's result and hashes it with the input.
func Finalize(input []byte, factor Scalar, result Point) [64]byte {
	var inverse ristretto.Scalar
	inverse.Inverse(factor.s())
	return output(input, scalar(&inverse).Times(result))
}

// Evaluate is what Blind, a realm and Finalize make together, by one who has the private key.
func Evaluate(input []byte, key Scalar) [64]byte { return output(input, key.Times(inputPoint(input))) }

func output(input []byte, result Point) [64]byte {
	h := sha512.New()
	h.Write([]byte(labelOutput))
	h.Write(input)
	h.Write(result.Bytes())
	return [64]byte(h.Sum(nil))
}
