package engine

import (
	"errors"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/graph"
	"github.com/longmemory/hurst/pkg/nn/native"
)

// errNotBuilt says why there is no GPU.
var errNotBuilt = errors.New("not built into this program")

// known lists all engines. A new one joins here.
func known() []Candidate {
	return []Candidate{
		{CUDA, func() (nn.Engine, error) { return nil, errNotBuilt }},
		{Native, func() (nn.Engine, error) { return native.New(native.Options{}), nil }},
		{Gorgonia, func() (nn.Engine, error) { return graph.New(), nil }},
	}
}
