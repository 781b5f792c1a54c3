package nntest

import (
	"math"
	"testing"
)

// near checks that two vectors differ by at most tolerance, relative to the largest value of want.
// Sums of float32 round relative to their largest terms, so a small value is not known any better.
func near(t testing.TB, what string, want, got []float32, tolerance float64) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	limit := tolerance * max(largest(want), 1e-3)
	for i, v := range want {
		if !(math.Abs(float64(got[i])-float64(v)) <= limit) {
			t.Errorf("%s: value %d is %v, want %v within %.2g; the largest is %.3g", what, i, got[i], v, limit, largest(want))
			return
		}
	}
}

// same checks that two vectors have the same bits.
func same(t testing.TB, what string, want, got []float32) {
	t.Helper()
	if len(want) != len(got) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i, v := range want {
		if math.Float32bits(v) != math.Float32bits(got[i]) {
			t.Errorf("%s: value %d is %v, want the bits of %v", what, i, got[i], v)
			return
		}
	}
}

// finite checks that a vector holds numbers only.
func finite(t testing.TB, what string, x []float32) {
	t.Helper()
	for i, v := range x {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			t.Fatalf("%s: value %d is %v", what, i, v)
		}
	}
}

func largest(x []float32) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(float64(v)))
	}
	return m
}
