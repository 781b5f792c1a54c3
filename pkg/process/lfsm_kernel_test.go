package process

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// For α = 2 the noise is fractional Gaussian noise, whose autocorrelations the weights give without
// drawing anything. The tolerances are what the cells leave.
func TestStepKernelOfTwoIsGaussian(t *testing.T) {
	t.Parallel()
	for cells, tolerance := range map[int]float64{lfsnCells: 0.001, lfsnFewCells: 0.004} {
		for _, h := range []float64{0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97} {
			g, total := weightsOf(cells, 2, h, 3000)
			for _, lag := range []int{1, 2, 5, 20, 100} {
				c := total - sumOf(g, func(w []float64, q int) float64 { return w[q] * w[q] }, 0)
				c += sumOf(g, func(w []float64, q int) float64 { return w[q] * w[q-lag] }, lag)
				require.InDelta(t, Autocovariance(h, lag), c/total, tolerance, "cells=%d h=%v lag=%d", cells, h, lag)
			}
		}
	}
}

// The scale of sums over l points is l^H. The lattice ends 3,000 steps before, where the kernel of the
// sums is l times that of one point but for 2 %.
func TestStepKernelIsSelfSimilar(t *testing.T) {
	t.Parallel()
	for _, alpha := range []float64{0.6, 1, 1.5, 1.9} {
		for _, h := range []float64{0.05, 0.2, 0.5, 0.7, 0.95} {
			g, total := weightsOf(lfsnCells, alpha, h, 3000)
			own := sumOf(g, func(w []float64, q int) float64 { return math.Pow(math.Abs(w[q]), alpha) }, 0)
			for _, l := range []int{2, 10, 50} {
				scale := (total - own) * math.Pow(float64(l), alpha) // before the lattice
				scale += sumOf(g, func(w []float64, q int) float64 {
					v := 0.0
					for k := range l {
						if q-k >= 0 {
							v += w[q-k]
						}
					}
					return math.Pow(math.Abs(v), alpha)
				}, 0)
				got := math.Log(scale/total) / alpha / math.Log(float64(l))
				require.InDelta(t, h, got, 0.001, "alpha=%v h=%v l=%d", alpha, h, l)
			}
		}
	}
}

// weightsOf returns the weights of each cell of a step, and the whole scale to the power α.
func weightsOf(cells int, alpha, h float64, steps int) ([][]float64, float64) {
	k := newStepKernel(cells, alpha)
	k.set(h)
	total := k.beyond(nearSteps)
	g := make([][]float64, cells)
	for i := range g {
		g[i] = make([]float64, steps)
		total += k.fill(g[i], i)
	}
	return g, total
}

func sumOf(g [][]float64, f func(w []float64, q int) float64, from int) float64 {
	sum := 0.0
	for _, w := range g {
		for q := from; q < len(w); q++ {
			sum += f(w, q)
		}
	}
	return sum
}
