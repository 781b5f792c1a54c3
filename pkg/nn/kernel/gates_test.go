package kernel

import (
	"math"
	"testing"
)

// gateSizes gives slices of so many values for each unit.
func gateSizes(each ...int) func(rows, C int) []int {
	return func(rows, C int) []int {
		var sizes []int
		for _, e := range each {
			sizes = append(sizes, e*rows*C)
		}
		return sizes
	}
}

// unitwise makes a definition of one unit's: at gives gate g of a slice that has n gates.
func unitwise(f func(at func(slice, n, g int) *float64)) func(x [][]float64, rows, H int) {
	return func(x [][]float64, rows, H int) {
		for r := range rows {
			for j := range H {
				f(func(slice, n, g int) *float64 { return &x[slice][(r*n+g)*H+j] })
			}
		}
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	const tolerance = 2e-6 // of chains of about ten roundings
	checkAll(t, []trial{
		{name: "LSTMStep", sizes: gateSizes(4, 1, 1, 1), tolerance: tolerance,
			run: func(s Set, x [][]float32, _, H int) { s.LSTMStep(x[0], x[1], x[2], x[3], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) {
				z := [4]*float64{at(0, 4, 0), at(0, 4, 1), at(0, 4, 2), at(0, 4, 3)}
				*z[0], *z[1], *z[2], *z[3] = logistic(*z[0]), logistic(*z[1]), math.Tanh(*z[2]), logistic(*z[3])
				*at(2, 1, 0) = *z[1]**at(1, 1, 0) + *z[0]**z[2]
				*at(3, 1, 0) = *z[3] * math.Tanh(*at(2, 1, 0))
			})},
		{name: "LSTMBack", sizes: gateSizes(4, 4, 1, 1, 1, 1), tolerance: tolerance, inside: []int{1},
			run:   func(s Set, x [][]float32, _, H int) { s.LSTMBack(x[0], x[1], x[2], x[3], x[4], x[5], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) { lstmBack(at, 0, 1) })},
		{name: "LSTMBackInPlace", sizes: gateSizes(0, 4, 1, 1, 1, 1), tolerance: tolerance, inside: []int{1},
			run:   func(s Set, x [][]float32, _, H int) { s.LSTMBack(x[1], x[1], x[2], x[3], x[4], x[5], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) { lstmBack(at, 1, 1) })},
		{name: "GRUStep", sizes: gateSizes(3, 3, 1, 1), tolerance: tolerance,
			run: func(s Set, x [][]float32, _, H int) { s.GRUStep(x[0], x[1], x[2], x[3], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) {
				r, z, n := at(0, 3, 0), at(0, 3, 1), at(0, 3, 2)
				*r, *z = logistic(*r+*at(1, 3, 0)), logistic(*z+*at(1, 3, 1))
				*n = math.Tanh(*n + *r**at(1, 3, 2))
				*at(3, 1, 0) = (1-*z)**n + *z**at(2, 1, 0)
			})},
		{name: "GRUBack", sizes: gateSizes(3, 3, 3, 3, 1, 1), tolerance: tolerance, inside: []int{2},
			run:   func(s Set, x [][]float32, _, H int) { s.GRUBack(x[0], x[1], x[2], x[3], x[4], x[5], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) { gruBack(at, 0, 1, 2, 3) })},
		{name: "GRUBackInPlace", sizes: gateSizes(0, 0, 3, 3, 1, 1), tolerance: tolerance, inside: []int{2},
			run:   func(s Set, x [][]float32, _, H int) { s.GRUBack(x[2], x[3], x[2], x[3], x[4], x[5], H) },
			exact: unitwise(func(at func(slice, n, g int) *float64) { gruBack(at, 2, 3, 2, 3) })},
	}, 14)
}

// lstmBack differentiates h = o tanh(c), c = f·before + i·g by hand.
func lstmBack(at func(slice, n, g int) *float64, to, from int) {
	i, f, g, o := *at(from, 4, 0), *at(from, 4, 1), *at(from, 4, 2), *at(from, 4, 3)
	before, tc, dh := *at(2, 1, 0), math.Tanh(*at(3, 1, 0)), *at(4, 1, 0)
	dc := *at(5, 1, 0) + dh*o*(1-tc*tc)
	*at(to, 4, 0), *at(to, 4, 1) = dc*g*i*(1-i), dc*before*f*(1-f)
	*at(to, 4, 2), *at(to, 4, 3) = dc*i*(1-g*g), dh*tc*o*(1-o)
	*at(5, 1, 0) = dc * f
}

// gruBack differentiates h = (1-z) n + z before, n = tanh(x + r u) by hand.
func gruBack(at func(slice, n, g int) *float64, dx, du, x, u int) {
	r, z, n, un := *at(x, 3, 0), *at(x, 3, 1), *at(x, 3, 2), *at(u, 3, 2)
	before, dh := *at(4, 1, 0), *at(5, 1, 0)
	dn := dh * (1 - z) * (1 - n*n)
	dz := dh * (before - n) * z * (1 - z)
	dr := dn * un * r * (1 - r)
	for i, d := range []float64{dr, dz, dn} {
		*at(dx, 3, i) = d
	}
	for i, d := range []float64{dr, dz, dn * r} {
		*at(du, 3, i) = d
	}
	*at(5, 1, 0) = dh * z
}
