package model

import (
	"fmt"

	"github.com/longmemory/hurst/pkg/nn"
	"github.com/longmemory/hurst/pkg/nn/engine"
	"github.com/longmemory/hurst/pkg/nn/train"
	"github.com/longmemory/hurst/pkg/nn/zoo"
	"github.com/longmemory/hurst/pkg/search"
)

// networkLearner fits neural networks: "mlp" to features, the others to series.
type networkLearner struct{ kind string }

func (l networkLearner) Kind() string { return l.kind }

// networkNames says which network of the zoo a kind is.
func networkNames() map[string]string {
	return map[string]string{
		"mlp": zoo.NameMLP, "filterbank": zoo.NameFilterBank, "cnn": zoo.NameAdaptiveCNN,
		"transformer": zoo.NameAdaptiveTransformer, "lstm": zoo.NameLSTM,
	}
}

// spec returns the network that complete parameters ask for; features is how many a network on
// features reads.
func (l networkLearner) spec(p search.Params, features int) (nn.Spec, error) {
	o := zoo.Options{
		Features: features, Hidden: wholesOf(p, "hidden"), Activation: textOf(p, "activation"),
		Attention: truthOf(p, "use_attention"), Residual: truthOf(p, "use_residual"),
		Units: wholeOf(p, "units"), Layers: wholeOf(p, "layers"), Heads: wholeOf(p, "heads"),
		Kernel: wholeOf(p, "kernel"), Levels: wholeOf(p, "levels"), Length: wholeOf(p, "length"),
	}
	if _, has := p["dropout"]; has {
		dropout := numberOf(p, "dropout")
		o.Dropout = &dropout
	}
	switch head := nn.HeadKind(textOf(p, "head")); head {
	case nn.Gaussian:
		o.Head = &nn.Head{Kind: head}
	case nn.Quantiles:
		o.Head = &nn.Head{Kind: head, Levels: quantileLevels()}
	}
	return zoo.New(networkNames()[l.kind], o)
}

// quantileLevels are those of the head of that kind: the answer and the ends of the 90 % interval.
func quantileLevels() []float64 { return []float64{0.05, 0.25, 0.5, 0.75, 0.95} }

// networkFitted is one network, or several of one plan whose answers are averaged.
type networkFitted struct {
	kind    string
	plan    *nn.Plan
	inputs  train.Inputs
	members []nn.Weights
	window  int // points of a series that are read at once, at most; zero: features are read

	engine string         // that it was fitted with
	failed []engine.Tried // engines that failed meanwhile
}

func (f networkFitted) Kind() string         { return f.kind }
func (f networkFitted) Network() *nn.Spec    { s := f.plan.Spec; return &s }
func (f networkFitted) Predictor() Predictor { return f.predictorOn(nil) }

// The tensors of a network's inputs, for those that read features.
const (
	meanTensor  = "input.mean"
	scaleTensor = "input.scale"
)

// Tensors returns the inputs' mean and scale, and what the plan names.
func (f networkFitted) Tensors() []Tensor {
	all := wantedTensors(f.plan, len(f.members))
	at := 0
	if f.inputs.Mean != nil {
		all[0].F64, all[1].F64 = f.inputs.Mean, f.inputs.Scale
		at = 2
	}
	for _, w := range f.members {
		for _, p := range f.plan.Params {
			all[at].F32 = p.Of(w.Params)
			at++
		}
		for _, p := range f.plan.State {
			all[at].F32 = p.Of(w.State)
			at++
		}
	}
	return all
}

// wantedTensors returns the names, types and shapes of the tensors of so many members. The weights of
// several are told apart by their number before the name.
func wantedTensors(p *nn.Plan, members int) []Tensor {
	var all []Tensor
	if in := p.Spec.Input; !in.Series {
		all = append(all, Tensor{Name: meanTensor, Shape: []int{in.Channels}, F64: []float64{}},
			Tensor{Name: scaleTensor, Shape: []int{in.Channels}, F64: []float64{}})
	}
	for i := range members {
		prefix := ""
		if members > 1 {
			prefix = fmt.Sprintf("member%d.", i)
		}
		for _, list := range [][]nn.Param{p.Params, p.State} {
			for _, t := range list {
				all = append(all, Tensor{Name: prefix + t.Name, Shape: t.Shape})
			}
		}
	}
	return all
}

// networks returns the members.
func (f networkFitted) networks() []*train.Network {
	all := make([]*train.Network, len(f.members))
	for i, w := range f.members {
		all[i] = &train.Network{Plan: f.plan, Weights: w, Inputs: f.inputs}
	}
	return all
}

// Load checks the spec before it takes memory for it: all weights are in the bundle.
func (l networkLearner) Load(m Manifest, tensors []Tensor) (Fitted, error) {
	plan, err := m.plan()
	if err != nil {
		return nil, err
	}
	members := max(1, m.Members)
	t, err := pick(tensors, wantedTensors(plan, members))
	if err != nil {
		return nil, err
	}
	f := networkFitted{kind: l.kind, plan: plan, engine: m.Engine, failed: m.Failed}
	if plan.Spec.Input.Series {
		f.window = windowOf(plan, m.Lengths.Max)
	} else {
		f.inputs = train.Inputs{Mean: t[meanTensor].F64, Scale: t[scaleTensor].F64}
		if err := checkScale(f.inputs.Scale); err != nil {
			return nil, err
		}
	}
	for i := range members {
		w, prefix := nn.Weights{Params: make([]float32, 0, plan.Size), State: make([]float32, 0, plan.StateSize)}, ""
		if members > 1 {
			prefix = fmt.Sprintf("member%d.", i)
		}
		for _, p := range plan.Params {
			w.Params = append(w.Params, t[prefix+p.Name].F32...)
		}
		for _, p := range plan.State {
			w.State = append(w.State, t[prefix+p.Name].F32...)
		}
		f.members = append(f.members, w)
	}
	return f, f.check()
}

// check tells whether predictions can be made.
func (f networkFitted) check() error {
	for i, n := range f.networks() {
		if err := n.Check(); err != nil {
			return fmt.Errorf("network %d: %w", i, err)
		}
		w := n.Weights
		for _, node := range f.plan.Nodes {
			if node.Layer.Kind != nn.BatchNorm {
				continue
			}
			for _, v := range f.plan.State[node.State[1]].Of(w.State) {
				if v < 0 {
					return fmt.Errorf("network %d: %s has a variance of %v", i, node.Name, v)
				}
			}
		}
	}
	return nil
}

// plan lays out the network of a manifest, which may come from a stranger, and tells whether it reads
// what its kind does.
func (m Manifest) plan() (*nn.Plan, error) {
	if m.Network == nil {
		return nil, fmt.Errorf("the manifest describes no network")
	}
	plan, err := m.Network.Plan()
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	in := m.Network.Input
	switch {
	case in.Series != ReadsSeries(m.Kind):
		return nil, fmt.Errorf("network: it reads other inputs than a model of kind %s", m.Kind)
	case in.Series && (in.Channels != 1 || in.Length+in.MinLength < minSeries):
		return nil, fmt.Errorf("network: it reads %d values at %d points: want 1 at %d or more", in.Channels, in.Length+in.MinLength, minSeries)
	case !in.Series && in.Channels != len(m.Features.Names):
		return nil, fmt.Errorf("network of %d inputs for %d features", in.Channels, len(m.Features.Names))
	}
	return plan, checkWork(plan, m.Lengths.Max)
}

// maxWork bounds the values that one series makes in a network: 256 MiB.
const maxWork = 64 << 20

// checkWork refuses networks that would exhaust memory with a single series.
func checkWork(p *nn.Plan, longest int) error {
	length := windowOf(p, longest)
	points, values := make([]int, len(p.Nodes)), 0
	for i, n := range p.Nodes {
		in := length
		if n.Inputs[0] >= 0 {
			in = points[n.Inputs[0]]
		}
		points[i] = 1
		if n.Out.Series {
			points[i] = n.OutLength(in)
		}
		if values += points[i] * n.Out.Channels; values > maxWork {
			return fmt.Errorf("network: a series of %d points takes more than %d values in it", length, maxWork)
		}
	}
	return nil
}

// windowOf returns how many points a network reads at once: as many as it must, or as the longest
// series that it has learned from had. Longer ones are cut.
func windowOf(p *nn.Plan, longest int) int {
	in := p.Spec.Input
	if !in.Series || in.Length > 0 {
		return in.Length
	}
	return max(in.MinLength, longest)
}
