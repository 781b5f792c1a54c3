package onnx_test

import (
	"fmt"
	"testing"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/onnx"
)

func ExampleEncode() {
	spec, err := zoo.New(zoo.NameMLP, zoo.Options{Features: 3, Hidden: []int{4}})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := spec.Plan()
	if err != nil {
		fmt.Println(err)
		return
	}
	weights := plan.NewWeights(1) // or those of a training
	model, err := onnx.Encode(plan, weights, map[string]string{
		onnx.KeyFeatures: "dfa,whittle,variance",
		"model":          "features-7",
	})
	fmt.Println(len(model) > 4*plan.Size, err)
	// Output: true <nil>
}

func BenchmarkEncode(b *testing.B) {
	for _, units := range []int{64, 4096} {
		layers := []nn.Layer{{Kind: nn.Dense, Units: units}, {Kind: nn.Tanh}, {Kind: nn.Dense, Units: units}}
		p, err := nn.Spec{Input: nn.Input{Channels: 29}, Layers: layers, Head: nn.Head{Kind: nn.Point}}.Plan()
		if err != nil {
			b.Fatal(err)
		}
		w := p.NewWeights(1)
		b.Run(fmt.Sprintf("parameters=%d", p.Size), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(4 * p.Size))
			for b.Loop() {
				if _, err := onnx.Encode(p, w, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
