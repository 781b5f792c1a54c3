package tree

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/longmemory/hurst/pkg/process"
)

// checkBinning tells whether every value lies in the bin that the edges say, and bins are filled as
// promised.
func checkBinning(t *testing.T, x []float64, most int) {
	t.Helper()
	d := Data{X: x, Y: make([]float64, len(x)), Rows: len(x), Cols: 1}
	b := newBinned(d, most, 1)
	edge, column := b.edge[0], b.column[0]
	require.True(t, slices.IsSorted(edge))
	require.LessOrEqual(t, len(edge)+1, most)
	require.Len(t, slices.Compact(slices.Clone(edge)), len(edge))
	used := map[uint8]bool{}
	for i, v := range x {
		bin := column[i]
		used[bin] = true
		want, _ := slices.BinarySearch(edge, v)
		require.Equal(t, want, int(bin), "%v", v)
		require.True(t, b.low[0][bin] <= v && v <= b.high[0][bin])
	}
	require.Len(t, used, len(edge)+1, "no bin is empty")
	distinct := slices.Compact(slices.Sorted(slices.Values(x)))
	if len(distinct) <= most {
		require.Len(t, used, len(distinct))
	}
}

func TestBinning(t *testing.T) {
	t.Parallel()
	rng := process.Source(1, "binning", 0)
	for _, most := range []int{2, 3, 16, 255} {
		for _, n := range []int{1, 2, 5, 100, 256, 5000} {
			x := make([]float64, n)
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			checkBinning(t, x, most)
			for i := range x {
				x[i] = math.Round(3 * x[i]) // many equal ones
			}
			checkBinning(t, x, most)
		}
	}
}

// Of 10,000 values half of which are equal, the others still share 254 bins evenly.
func TestManyEqualValuesDoNotStarveTheOthers(t *testing.T) {
	t.Parallel()
	x := make([]float64, 10_000)
	for i := range x {
		x[i] = float64(max(0, i-5000))
	}
	b := newBinned(Data{X: x, Y: x, Rows: len(x), Cols: 1}, 255, 1)
	require.Len(t, b.edge[0], 254)
	count := map[uint8]int{}
	for _, bin := range b.column[0] {
		count[bin]++
	}
	for bin := uint8(1); bin < 254; bin++ {
		require.InDelta(t, 5000/254.0, count[bin], 1)
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]float64{
		{1, 2}, {-1e308, 1e308}, {1, math.Nextafter(1, 2)}, {0, 5e-324}, {-5e-324, 0}, {-5e-324, 5e-324}, {5e-324, 1e-323},
	} {
		m := between(p[0], p[1])
		require.True(t, p[0] <= m && m < p[1], "%v: %v", p, m)
	}
}

func FuzzBinning(f *testing.F) {
	f.Add([]byte("12345678abcdefgh"), uint8(3))
	f.Add(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 1<<63), 0), uint8(2)) // both zeros
	f.Fuzz(func(t *testing.T, data []byte, most uint8) {
		var x []float64
		for ; len(data) >= 8 && len(x) < 4096; data = data[8:] {
			v := math.Float64frombits(binary.LittleEndian.Uint64(data))
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			x = append(x, v)
		}
		if len(x) > 0 {
			checkBinning(t, x, int(max(2, most)))
		}
	})
}

// The best split of all, by the definition of the sum of squares.
func TestScanFindsTheBestSplit(t *testing.T) {
	t.Parallel()
	rng := process.Source(1, "scan", 0)
	for range 500 {
		n, least := 2+rng.IntN(30), 1+rng.IntN(3)
		l2 := float64(rng.IntN(2)) * 3
		list := make([]int64, n)
		total := int64(0)
		for i := range list {
			list[i] = pack(int64(rng.IntN(2001)-1000), int64(rng.IntN(4)))
			if countOf(list[i]) == 0 {
				list[i] = 0
			}
			total += list[i]
		}
		if countOf(total) == 0 {
			continue
		}
		r := rule{minLeaf: least, l2: l2, unit: 0.5}
		score := func(p int64) float64 {
			s := float64(sumOf(p)) * r.unit
			return s * s / (float64(countOf(p)) + l2)
		}
		best, left := 0.0, int64(0)
		for _, v := range list {
			left += v
			if countOf(left) < int64(least) || countOf(total-left) < int64(least) {
				continue
			}
			best = max(best, score(left)+score(total-left)-score(total))
		}
		c := r.contest(total)
		at, got := c.scan(list)
		if best <= 1e-9 {
			continue
		}
		require.GreaterOrEqual(t, at, 0)
		require.InEpsilon(t, best, r.gain(&c), 1e-9)
		require.InEpsilon(t, best, score(got)+score(total-got)-score(total), 1e-9)
	}
}

// Subtracted cells and cells that were summed afresh are the same whole numbers, so that the limit on
// memory does not show in the result.
func TestCellsThatAreNotKeptChangeNothing(t *testing.T) {
	t.Parallel()
	const rows, cols = 2000, 6
	rng := process.Source(1, "cells", 0)
	d := Data{X: make([]float64, rows*cols), Y: make([]float64, rows), Rows: rows, Cols: cols}
	for i := range d.X {
		d.X[i] = rng.NormFloat64()
	}
	for i := range d.Y {
		d.Y[i] = d.X[i*cols]*d.X[i*cols+1] + rng.NormFloat64()
	}
	fit := func(most int) *Model {
		s, err := Boost{Trees: 5, LearningRate: 0.5, MaxLeaves: 60, Workers: 1}.begin(d, Data{})
		require.NoError(t, err)
		s.splitter.most = most
		for k := range 5 {
			s.step(k)
		}
		return s.model()
	}
	for _, most := range []int{0, 1, 5} {
		require.Equal(t, fit(1000), fit(most))
	}
}
