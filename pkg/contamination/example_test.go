package contamination_test

import (
	"encoding/json"
	"fmt"

	"github.com/longmemory/hurst/pkg/contamination"
	"github.com/longmemory/hurst/pkg/process"
)

func ExampleNew() {
	var specs []process.Spec
	text := `[{"kind": "shift", "size": 1, "at": 0.5}, {"kind": "clipping", "limit": 2}]`
	if err := json.Unmarshal([]byte(text), &specs); err != nil {
		fmt.Println(err)
		return
	}
	chain, err := contamination.New(specs)
	if err != nil {
		fmt.Println(err)
		return
	}
	x := []float64{10, -10, 10, -10} // of deviation 10
	if err := chain.Apply(x, process.Source(1, "example", 0)); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(chain, chain.KeepsH(), x)
	// Output: shift(at=0.5, size=1) + clipping(limit=2) true [10 -10 20 0]
}
