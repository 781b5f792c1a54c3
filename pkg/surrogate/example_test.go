package surrogate_test

import (
	"fmt"
	"slices"

	"github.com/longmemory/hurst/pkg/process"
	"github.com/longmemory/hurst/pkg/surrogate"
)

// How often an order of chance gives neighbours that are as near to each other as in the series.
func ExampleMaker_Shuffle() {
	x := []float64{1, 2, 3, 5, 8, 9, 7, 6, 4, 2, 1, 0}
	roughness := func(x []float64) (sum float64) {
		for i := 1; i < len(x); i++ {
			sum += (x[i] - x[i-1]) * (x[i] - x[i-1])
		}
		return sum
	}
	m, err := surrogate.New(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	rng, y, as := process.Source(1, "example", 0), slices.Clone(x), 0
	for range 999 {
		m.Shuffle(y, rng)
		if roughness(y) <= roughness(x) {
			as++
		}
	}
	fmt.Printf("p = %.3f\n", float64(as+1)/1000)
	// Output: p = 0.001
}
