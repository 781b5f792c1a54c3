package feature_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/longmemory/hurst/pkg/feature"
)

// FuzzExtract gives every set series of 0 to 200 values of any bits: an error, or finite features.
func FuzzExtract(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(encode(seed))
	}
	type one struct {
		name string
		*feature.Extractor
		dst []float64
	}
	var all []one
	for _, name := range feature.Sets() {
		e, dst := extractor(f, name)
		all = append(all, one{name, e, dst})
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		x := make([]float64, min(len(data)/8, 200))
		for i := range x {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
		}
		for _, e := range all {
			if e.Extract(e.dst, x) != nil {
				continue
			}
			for i, v := range e.dst {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					t.Fatalf("%s: feature %d is %v", e.name, i, v)
				}
			}
		}
	})
}

// seeds are series that arithmetic dislikes.
func seeds() [][]float64 {
	of := func(n int, f func(i int) float64) []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = f(i)
		}
		return x
	}
	return [][]float64{
		nil,
		of(63, func(i int) float64 { return float64(i) }),
		of(64, func(int) float64 { return 7 }),
		of(64, func(i int) float64 { return float64(i & 1) }),
		of(65, func(i int) float64 { return math.Sin(float64(i * i)) }),
		of(67, func(i int) float64 { return math.MaxFloat64 * float64(i%3-1) }),
		of(70, func(i int) float64 { return 1e308 + 1e292*float64(i%5) }),
		of(97, func(i int) float64 { return math.SmallestNonzeroFloat64 * float64(i%4) }),
		of(100, func(i int) float64 { return math.Log(float64(i)) }), // -Inf first
		of(101, func(i int) float64 { return math.Sqrt(float64(50 - i)) }),
		of(128, func(i int) float64 { return math.Max(0, float64(i-126)) }),
		of(200, func(i int) float64 { return math.Exp(float64(i)*7 - 700) }),
		of(200, func(i int) float64 { return 1 + 2e-16*float64(i%2) }),
	}
}

func encode(x []float64) []byte {
	var data []byte
	for _, v := range x {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return data
}
