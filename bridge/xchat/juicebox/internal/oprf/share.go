package oprf

import "github.com/bwesterb/go-ristretto"

// Share is one realm's part of a secret; its index is the realm's place, from 1 on.
type Share[T Scalar | Point] struct {
	Index  uint64
	Secret T
}

// CombineScalars finds a shared scalar, and false for shares of the same index. Too few shares give another scalar.
func CombineScalars(shares []Share[Scalar]) (Scalar, bool) {
	var sum ristretto.Scalar
	sum.SetZero()
	factors, ok := coefficients(shares)
	for i, factor := range factors {
		sum.MulAdd(factor, shares[i].Secret.s(), &sum)
	}
	return scalar(&sum), ok
}

// CombinePoints is CombineScalars in the exponent.
func CombinePoints(shares []Share[Point]) (Point, bool) {
	var sum ristretto.Point
	sum.SetZero()
	factors, ok := coefficients(shares)
	for i, factor := range factors {
		sum.Add(&sum, scalar(factor).Times(shares[i].Secret).p())
	}
	return point(&sum), ok
}

// Split shares a secret so that any threshold of count shares find it.
func Split(secret Scalar, threshold, count int) []Share[Scalar] {
	higher := make([]Scalar, max(threshold-1, 0))
	for i := range higher {
		higher[i] = RandomScalar()
	}
	shares := make([]Share[Scalar], count)
	for i := range shares {
		var x, y ristretto.Scalar
		x.SetUint64(uint64(i) + 1)
		y.SetZero()
		for _, c := range higher {
			y.Add(&y, c.s())
			y.Mul(&y, &x)
		}
		shares[i] = Share[Scalar]{Index: uint64(i) + 1, Secret: scalar(y.Add(&y, secret.s()))}
	}
	return shares
}

// coefficients are those of Lagrange at 0.
func coefficients[T Scalar | Point](shares []Share[T]) ([]*ristretto.Scalar, bool) {
	out := make([]*ristretto.Scalar, len(shares))
	for i, mine := range shares {
		var over, under ristretto.Scalar
		over.SetOne()
		under.SetOne()
		for k, other := range shares {
			if k == i {
				continue
			}
			var theirs, own ristretto.Scalar
			theirs.SetUint64(other.Index)
			own.SetUint64(mine.Index)
			over.Mul(&over, &theirs)
			under.Mul(&under, own.Sub(&theirs, &own))
		}
		if under.IsNonZeroI() == 0 {
			return nil, false
		}
		under.Inverse(&under)
		out[i] = over.Mul(&over, &under)
	}
	return out, true
}
