package kernel

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Sums over up to 40 rows of products of about 1: at most 40 roundings of 6e-8 of a sum of terms of
// about 10 in size, rarely so many in one direction.
const sums = 4e-6

// byChannel makes a definition of one row's, channel by channel: x holds the row's values, then the
// channels'.
func byChannel(arrays int, f func(x []float64)) func(x [][]float64, rows, C int) {
	return func(x [][]float64, rows, C int) {
		one := make([]float64, len(x))
		at := func(j, r, c int) *float64 {
			if j < arrays {
				return &x[j][r*C+c]
			}
			return &x[j][c]
		}
		for r := range rows {
			for c := range C {
				for j := range x {
					one[j] = *at(j, r, c)
				}
				f(one)
				for j := range x {
					*at(j, r, c) = one[j]
				}
			}
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	checkAll(t, []trial{
		{name: "SumRows", sizes: rowsAnd(1, 1), tolerance: sums,
			run:   func(s Set, x [][]float32, _, C int) { s.SumRows(x[1], x[0], C) },
			exact: byChannel(1, func(x []float64) { x[1] += x[0] })},
		{name: "MomentRows", sizes: rowsAnd(1, 2), tolerance: sums,
			run:   func(s Set, x [][]float32, _, C int) { s.MomentRows(x[1], x[2], x[0], C) },
			exact: byChannel(1, func(x []float64) { x[1] += x[0]; x[2] += x[0] * x[0] })},
		{name: "AddRow", sizes: rowsAnd(1, 1), tolerance: few,
			run:   func(s Set, x [][]float32, _, C int) { s.AddRow(x[0], x[1], C) },
			exact: byChannel(1, func(x []float64) { x[0] += x[1] })},
		{name: "SpreadRows", sizes: rowsAnd(1, 1),
			run:   func(s Set, x [][]float32, _, C int) { s.SpreadRows(x[0], x[1], C) },
			exact: byChannel(1, func(x []float64) { x[0] = x[1] })},
		{name: "ScaleShiftRows", sizes: rowsAnd(2, 2), tolerance: few,
			run:   func(s Set, x [][]float32, _, C int) { s.ScaleShiftRows(x[0], x[1], x[2], x[3], C, false) },
			exact: byChannel(2, func(x []float64) { x[0] = x[1]*x[2] + x[3] })},
		{name: "ScaleShiftRowsReLU", sizes: rowsAnd(1, 2), tolerance: few,
			run:   func(s Set, x [][]float32, _, C int) { s.ScaleShiftRows(x[0], x[0], x[1], x[2], C, true) },
			exact: byChannel(1, func(x []float64) { x[0] = max(0, x[0]*x[1]+x[2]) })},
		{name: "ReLUBackSum", sizes: rowsAnd(2, 1), tolerance: sums,
			run: func(s Set, x [][]float32, _, C int) { s.ReLUBackSum(x[0], x[1], x[2], C) },
			exact: byChannel(2, func(x []float64) {
				x[0] *= bool01(x[1] > 0)
				x[2] += x[0]
			})},
		{name: "PoolBack", sizes: rowsAnd(2, 2), tolerance: sums,
			run: func(s Set, x [][]float32, _, C int) { s.PoolBack(x[0], x[1], x[2], x[3], C) },
			exact: byChannel(2, func(x []float64) {
				x[0] = x[2] * bool01(x[1] > 0)
				x[3] += x[0]
			})},
		{name: "PReLU", sizes: rowsAnd(2, 1), tolerance: few,
			run:   func(s Set, x [][]float32, _, C int) { s.PReLU(x[0], x[1], x[2], C) },
			exact: byChannel(2, func(x []float64) { x[0] = max(0, x[1]) + x[2]*min(0, x[1]) })},
		{name: "PReLUBack", sizes: rowsAnd(2, 2), tolerance: sums,
			run: func(s Set, x [][]float32, _, C int) { s.PReLUBack(x[0], x[1], x[2], x[3], C) },
			exact: byChannel(2, func(x []float64) {
				if x[1] <= 0 {
					x[3] += x[0] * x[1]
					x[0] *= x[2]
				}
			})},
	}, 6)
}

func TestMeanRows(t *testing.T) {
	t.Parallel()
	for _, s := range paths(t) {
		dst := []float32{7, 7}
		s.MeanRows(dst, []float32{1, 10, 2, 20, 6, 60}, 2)
		require.Equal(t, []float32{3, 30}, dst)
		s.MeanRows(dst, nil, 2)
		require.True(t, math.IsNaN(float64(dst[0])))
	}
}

func TestNormBack(t *testing.T) {
	t.Parallel()
	norm := func(x []float64, mean, inv int) float64 { return (x[1] - x[mean]) * x[inv] }
	checkAll(t, []trial{
		{name: "NormBackSums", sizes: rowsAnd(2, 4), tolerance: 2 * sums,
			run: func(s Set, x [][]float32, _, C int) { s.NormBackSums(x[2], x[3], x[0], nil, x[1], x[4], x[5], C) },
			exact: byChannel(2, func(x []float64) {
				x[2] += x[0]
				x[3] += x[0] * norm(x, 4, 5)
			})},
		{name: "NormBackSumsReLU", sizes: rowsAnd(3, 4), tolerance: 2 * sums,
			run: func(s Set, x [][]float32, _, C int) { s.NormBackSums(x[3], x[4], x[0], x[2], x[1], x[5], x[6], C) },
			exact: byChannel(3, func(x []float64) {
				x[0] *= bool01(x[2] > 0)
				x[3] += x[0]
				x[4] += x[0] * norm(x, 5, 6)
			})},
		{name: "NormBack", sizes: rowsAnd(2, 3), tolerance: 2 * few,
			run:   func(s Set, x [][]float32, _, C int) { s.NormBack(x[0], x[1], x[2], x[3], x[4], C) },
			exact: byChannel(2, func(x []float64) { x[0] = x[2]*x[0] + x[3]*x[1] + x[4] })},
	}, 7)
}

func TestChecksOfRows(t *testing.T) {
	t.Parallel()
	for _, s := range paths(t) {
		for name, call := range map[string]func(){
			"Add: a slice of 3 values where 2 are wanted":         func() { s.Add(make([]float32, 2), make([]float32, 3)) },
			"SumRows: 5 values are no rows of 2 channels":         func() { s.SumRows(make([]float32, 2), make([]float32, 5), 2) },
			"SumRows: 0 values are no rows of 0 channels":         func() { s.SumRows(nil, nil, 0) },
			"AddRow: a slice of 1 values where 2 are wanted":      func() { s.AddRow(make([]float32, 4), make([]float32, 1), 2) },
			"MaxPool: a window of 0 rows every 1":                 func() { s.MaxPool(nil, nil, 1, 0, 1) },
			"SoftmaxRows: the rows of the grid overlap":           func() { s.SoftmaxRows(Grid{make([]float32, 9), 2, 3, 2}, 1) },
			"SoftmaxRows: a slice of 5 values where 6 are wanted": func() { s.SoftmaxRows(Grid{make([]float32, 5), 2, 3, 3}, 1) },
			"LSTMStep: 7 values are no rows of 8 channels":        func() { s.LSTMStep(make([]float32, 7), nil, nil, nil, 2) },
		} {
			require.PanicsWithValue(t, "kernel: "+name, call, s.Path())
		}
	}
}
